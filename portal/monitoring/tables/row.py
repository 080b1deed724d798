"""Row: a host, service, group or customer as a table shows it, by the names its core gave the values."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from ..sight import Seen


@dataclass(frozen=True, slots=True)
class Row:
    """One line: `seen` is its site, or the first of them; None stands for what its core does not know.

    `seen_at` is when the portal last saw it, where the row comes from the inventory and not from the site.
    """

    seen: Seen
    values: Mapping[str, Any]
    seen_at: datetime | None = None

    def get(self, name: str) -> Any:
        """Return a value, None when there is none."""
        return self.values.get(name)

    def number(self, name: str) -> int | float | None:
        """Return a value that is a finite number."""
        value = self.values.get(name)
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
            return None
        return value

    def words(self, name: str) -> list[str]:
        """Return a value that is a list of names."""
        value = self.values.get(name)
        return [str(word) for word in value] if isinstance(value, list) else []

    def pairs(self, name: str) -> list[tuple[str, str]]:
        """Return a value that is a dictionary, as pairs in order; lists of pairs stand for one in older cores."""
        value = self.values.get(name)
        if isinstance(value, dict):
            return sorted((str(key), str(word)) for key, word in value.items())
        if isinstance(value, list):
            return sorted((str(pair[0]), str(pair[1])) for pair in value if isinstance(pair, list) and len(pair) == 2)
        return []

    def moment(self, name: str) -> datetime | None:
        """Return a value that is a time; cores write 0 for never."""
        seconds = self.number(name)
        if seconds is None or not 0 < seconds < 1e11:
            return None
        return datetime.fromtimestamp(seconds, UTC)
