"""Own numbers: where some services of a host are not to be seen, its numbers of services are of those that are.

Only strict visibility hides services of a host that somebody sees (seed "User management", 4.2). A core counts all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ...contacts import numbers
from .. import conditions, poller
from ..livestatus.query import Any as OneOf
from ..livestatus.query import Is, Query
from ..scope import Scope
from ..sight import Seen
from .counts import SERVICES

PREFIX = "num_services"
Rows = Sequence[dict[str, Any]]


def mended(seen: Seen, scope: Scope, queries: Sequence[Query], tables: Sequence[Rows]) -> Sequence[Rows]:
    """Return what a site told, with the numbers of services that are seen; None where it says nothing more."""
    if not scope.without or not any(map(_counts, queries)):
        return tables
    own = _own(seen, scope)
    return [
        [_row(row, own) for row in rows] if _counts(query) else rows
        for query, rows in zip(queries, tables, strict=False)
    ]  # fmt: skip


def as_values(counted: Sequence[int]) -> dict[str, int]:
    """Return numbers of services by state, in the inventory's order, under the names that a core gives them."""
    found = {f"{PREFIX}_{word}": number for word, number in zip(numbers.STATES, counted, strict=False)}
    return {PREFIX: sum(counted), **found}


def of(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return what of a row are numbers of services."""
    return {name: value for name, value in values.items() if name.startswith(PREFIX)}


def _counts(query: Query) -> bool:
    return query.table == "hosts" and any(column.startswith(PREFIX) for column in query.columns)


def _own(seen: Seen, scope: Scope) -> dict[str, dict[str, int] | None]:
    """Ask how many services are seen of the hosts that have others; a host of which none is has zeros."""
    hosts = sorted({host for host, _description in scope.without})
    stats = {need: conditions.of("services")[word] for word, _title, need, _tone in SERVICES}
    theirs = OneOf(*(Is("host_name", "=", name) for name in hosts))
    query = Query("services", ("host_name",), (theirs,), tuple(stats.values()))
    [answer] = poller.ask_each([(seen.target, [scope.narrowed(query)])])
    if not answer.is_online:
        return dict.fromkeys(hosts)
    found: dict[str, dict[str, int] | None] = {host: dict.fromkeys(stats, 0) for host in hosts}
    for host, *counted in answer.tables[0]:
        found[host] = dict(zip(stats, map(int, counted), strict=True))
    return found


def _row(row: dict[str, Any], own: Mapping[str, dict[str, int] | None]) -> dict[str, Any]:
    name = str(row.get("name"))
    if name not in own:
        return row
    counted = own[name]
    if counted is None:
        return {name: value for name, value in row.items() if not name.startswith(PREFIX)}
    whole = {PREFIX: sum(counted.values()), **counted}
    return {name: whole.get(name) if name.startswith(PREFIX) else value for name, value in row.items()}
