"""The report of a run: what came and what did not, and that both sides agree, model by model."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from .models import ErpRun

REASONS = {
    "archived": _l("archived in the ERP"),
    "bookkeeping": _l("bookkeeping"),
    "cancelled": _l("cancelled before it was ever shown"),
    "contact": _l("contact of a company"),
    "deleted_here": _l("deleted in the portal"),
    "document_hidden": _l("of a record that is not shown"),
    "document_refused": _l("of a record that was refused"),
    "draft": _l("draft"),
    "entry": _l("journal entry"),
    "inactive": _l("inactive"),
    "internal": _l("the provider's own person"),
    "no_owner": _l("belongs to no company"),
    "not_portal": _l("not shared with the customer"),
    "nothing_shown": _l("owns nothing that is shown"),
    "own": _l("the provider's own"),
    "private": _l("without a project"),
    "project_hidden": _l("of a project that is not shared"),
    "receipt": _l("receipt"),
    "to_approve": _l("waits for approval"),
}
"""Why a record is never shown."""


NUMBERS = ("read", "shown", "refused", "new", "changed", "unchanged", "archived", "stored", "kept")


@dataclass(frozen=True)
class Count:
    """One model: what was read of it, and what became of that. `stored` is None where the portal keeps no such rows."""

    model: str
    read: int
    shown: int
    refused: int
    hidden: list[tuple[str, int]]
    new: int
    changed: int
    unchanged: int
    archived: int
    stored: int | None
    kept: int

    @property
    def never(self) -> int:
        """Return how many are never shown."""
        return sum(count for _reason, count in self.hidden)

    @property
    def changes(self) -> list[str]:
        """Return what the import changed, in words; empty when nothing."""
        said = (
            (self.new, _("%(number)s new", number=self.new)),
            (self.changed, _("%(number)s changed", number=self.changed)),
            (self.archived, _("%(number)s archived", number=self.archived)),
        )
        return [text for number, text in said if number]

    @property
    def agrees(self) -> bool:
        """Tell whether every record is accounted for, and the portal holds what was shown and what was kept."""
        if self.read != self.shown + self.never + self.refused:
            return False
        return self.stored is None or self.stored == self.shown + self.kept


@dataclass(frozen=True)
class Sum:
    """One sum of a model, such as its totals in EUR: on the source's side, and on the portal's."""

    model: str
    label: str
    hidden: Decimal
    refused: Decimal
    shown: Decimal
    kept: Decimal
    portal: Decimal

    @property
    def source(self) -> Decimal:
        """Return the sum of all that was read."""
        return self.hidden + self.refused + self.shown

    @property
    def agrees(self) -> bool:
        """Tell whether the portal's sum is that of what was shown and what was kept."""
        return self.portal == self.shown + self.kept


def counts(run: ErpRun) -> list[Count]:
    """Return the counts, model by model."""
    return [
        Count(
            model=model,
            hidden=[(str(REASONS.get(reason, reason)), count) for reason, count in one["hidden"].items()],
            **{name: one[name] for name in NUMBERS},
        )
        for model, one in run.counts.items()
    ]


def sums(run: ErpRun) -> list[Sum]:
    """Return the sums."""
    return [
        Sum(model, label, *(Decimal(sides.get(side, "0")) for side in ("hidden", "refused", "shown", "kept", "portal")))
        for model, one in run.counts.items()
        for label, sides in sorted(one["sums"].items())
    ]


def reconciles(run: ErpRun) -> bool:
    """Tell whether all counts and sums agree."""
    return all(one.agrees for one in counts(run)) and all(one.agrees for one in sums(run))


def text(run: ErpRun, findings: list[Any], *, most: int = 200) -> Iterator[str]:
    """Yield the report line by line, for a terminal."""
    yield f"{'':24}   read  never  refused  shown    new  changed   same  gone  portal"
    for one in counts(run):
        portal = "" if one.stored is None else str(one.stored)
        yield (
            f"{one.model:24}{one.read:7}{one.never:7}{one.refused:9}{one.shown:7}{one.new:7}{one.changed:9}"
            f"{one.unchanged:7}{one.archived:6}{portal:>8}{'' if one.agrees else '  DIFFERS'}"
        )
        for reason, count in one.hidden:
            yield f"    {count:5}  {reason}"
        if one.kept:
            yield f"    {one.kept:5}  {_('kept as they were before')}"
    yield ""
    for each in sums(run):
        yield (
            f"{each.model} {each.label}: {_plain(each.source)} read − {_plain(each.hidden)} never shown"
            f" − {_plain(each.refused)} refused + {_plain(each.kept)} kept = {_plain(each.shown + each.kept)};"
            f" portal {_plain(each.portal)}"
            f"{'' if each.agrees else '  DIFFERS'}"
        )
    yield _("Source and portal agree.") if reconciles(run) else _("Source and portal differ.")
    yield _("%(number)s findings.", number=run.findings)
    for finding in findings[:most]:
        place = f"{finding.file}:{finding.line}" if finding.line else finding.file
        yield f"  {place}  {finding.record}  {finding.customer_id or '-'}  {finding.sentence}"
    if run.findings > most:
        yield _("  … and %(number)s more; the page of the import has them.", number=run.findings - most)


def _plain(amount: Decimal) -> str:
    return f"{amount.quantize(Decimal('0.01')).normalize():,f}"
