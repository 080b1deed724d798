"""Tally: what became of the records of one model, and their sums on both sides."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import Any


class Tally:
    """Counts of one model. read = shown + hidden + refused; shown = new + changed + unchanged.

    `keys` are all ids the source speaks of, `shown_keys` those the portal shows, `refused_keys` those whose earlier
    row stays as it is. It is `complete` unless a broken place may hide records nobody can name.
    """

    def __init__(self, model: str) -> None:
        self.model = model
        self.complete = True
        self.read = self.shown = self.refused = 0
        self.new = self.changed = self.unchanged = self.archived = 0
        self.hidden: Counter[str] = Counter()
        self.keys: set[int] = set()
        self.shown_keys: set[int] = set()
        self.refused_keys: set[int] = set()
        self.hidden_keys: set[int] = set()
        self.stored: int | None = None
        self.kept = 0
        self.sums: dict[str, dict[str, Decimal]] = {}

    def hide(self, key: int, reason: str) -> None:
        """Count a record that is never shown, and why."""
        self.hidden[reason] += 1
        self.hidden_keys.add(key)

    def refuse(self, key: int | None) -> None:
        """Count a record that could not be imported; without a key nobody knows which one it was."""
        self.refused += 1
        if key is None:
            self.complete = False
        else:
            self.refused_keys.add(key)

    def show(self, key: int) -> None:
        """Count a record the portal shows."""
        self.shown += 1
        self.shown_keys.add(key)

    def add(self, side: str, label: str, amount: Decimal) -> None:
        """Add to a sum; sides: "shown", "hidden" and "refused" of the source, "portal" and "kept" of the portal."""
        sums = self.sums.setdefault(label, {})
        sums[side] = sums.get(side, Decimal(0)) + amount

    def gone(self, key: int) -> bool:
        """Tell whether a row the portal has is no longer to be shown."""
        if key in self.shown_keys or key in self.refused_keys:
            return False
        return self.complete or key in self.hidden_keys

    def as_json(self) -> dict[str, Any]:
        """Return the counts for `ErpRun.counts`."""
        return {
            "read": self.read, "shown": self.shown, "refused": self.refused,
            "hidden": dict(sorted(self.hidden.items())), "new": self.new, "changed": self.changed,
            "unchanged": self.unchanged, "archived": self.archived,
            "stored": self.stored, "kept": self.kept, "complete": self.complete,
            "sums": {label: {side: str(amount) for side, amount in sums.items()} for label, sums in self.sums.items()},
        }  # fmt: skip
