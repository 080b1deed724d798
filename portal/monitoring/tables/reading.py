"""Reading: the rows of a table, asked of the sites now, merged, sorted and grouped.

A site that does not answer is named with its reason, and the rows of the others are there. Each site is asked for so
many rows at most, and one that has more is named too.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from ...database import now
from .. import poller
from ..livestatus.answers import STATES
from ..livestatus.query import Query
from ..sight import Seen
from . import asking, members, sums
from .asking import Told
from .row import Row
from .table import Table

AT_ONCE = 20_000
"""How many rows all sites together are asked for."""
LEAST, MOST = 100, 5_000
"""How few and how many rows one site is asked for."""


@dataclass(frozen=True)
class Silent:
    """A site that did not answer, and why."""

    seen: Seen
    word: Any
    reason: str


@dataclass
class Reading:
    """Rows as they were read, and what is missing from them.

    `as_of` is None for rows that are live; else the moment at which the oldest of the inventories was read.
    """

    rows: list[Row]
    at: datetime
    silent: list[Silent] = field(default_factory=list)
    disabled: list[Seen] = field(default_factory=list)
    """Sites that somebody disconnected on purpose."""
    cut: list[Seen] = field(default_factory=list)
    as_of: datetime | None = None
    stood_in: list[Seen] = field(default_factory=list)
    """Sites for which the inventory answered: too much of them is the reader's to ask for it by name."""


def most_per_site(sites: Sequence[Seen]) -> int:
    """Return for how many rows each site is asked."""
    return max(LEAST, min(MOST, AT_ONCE // max(len(sites), 1)))


def live(table: Table, sites: Sequence[Seen]) -> Reading:
    """Ask the sites for a table's rows; raises BadFilter."""
    if table.source.rows == "customers":
        told = asking.ask(sites, *sums.queries(table))
        return _reading(table, told, sums.customers(told))
    if table.source.rows == "groups":
        told = members.told(table, sites, most_per_site(sites))
        return _reading(table, told, sums.groups(told))
    told = asking.ask(sites, Query(table.source.table, table.needs, table.where(), limit=most_per_site(sites)))
    return _reading(table, told, (Row(one.seen, row, one.answer.as_of) for one in told for row in one.tables[0]))


def _reading(table: Table, told: Sequence[Told], rows: Iterable[Row]) -> Reading:
    missing = [one for one in told if not one.answer.is_online]
    if table.source.is_optional:
        missing = [one for one in missing if not has_refused(one)]
    return Reading(
        in_order(table, rows),
        now(),
        *gaps(missing),
        [one.seen for one in told if any(one.answer.is_cut)],
        min((one.answer.as_of for one in told if one.answer.as_of), default=None),
        [one.seen for one in told if one.answer.as_of],
    )


def gaps(told: Sequence[Told]) -> tuple[list[Silent], list[Seen]]:
    """Return the sites that should have answered and did not, and those disconnected on purpose."""
    missing = [one for one in told if not one.answer.is_online]
    disabled = [one.seen for one in missing if one.seen.target.is_disabled]
    return [silent(one) for one in missing if not one.seen.target.is_disabled], disabled


def silent(told: Told) -> Silent:
    """Return how a site stands that did not answer."""
    word = _("refuses the question") if has_refused(told) else STATES[told.answer.state]
    return Silent(told.seen, word, str(told.answer.reason))


def has_refused(told: Told) -> bool:
    """Tell whether a site that is well did not answer this one question: its core does not know what it is about."""
    return not told.answer.is_online and poller.known(told.seen.target).is_online


def in_order(table: Table, rows: Iterable[Row]) -> list[Row]:
    """Return rows sorted as the table says; those of a group stand together, and equal ones by name and site."""
    found = list(rows)
    found.sort(key=lambda row: (row.seen.alias, row.seen.target.site_id))
    for key in reversed(table.source.keys):
        found.sort(key=lambda row: str(row.get(key)))
    for column, descends in reversed(table.ordering):
        found.sort(key=column.key, reverse=descends)
    if table.group_column:
        found.sort(key=table.group_column.key, reverse=table.group_column.starts_down)
    return found
