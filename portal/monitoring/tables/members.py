"""Members: groups of hosts and services counted by those members that somebody sees (seed "User management", 4.3).

A core's own numbers of a group count all its members; who sees a part of a site gets them from the members' rows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from .. import conditions
from ..livestatus.query import Any as OneOf
from ..livestatus.query import Is, Query
from ..scope import Scope
from ..sight import Seen
from . import asking
from .asking import Told
from .counts import HOSTS, SERVICES
from .table import Table

Numbers = dict[str, int]
SIZE = {"hostgroups": "num_hosts", "servicegroups": "num_services"}
"""How many members a group has in all."""
_STATES = {"hosts": HOSTS, "services": SERVICES}


def told(table: Table, sites: Sequence[Seen], limit: int) -> list[Told]:
    """Ask each site for its groups, with the numbers of what is seen of them; raises BadFilter."""
    size = SIZE[table.source.table]
    needs = tuple(dict.fromkeys((*table.needs, size)))
    query = Query(table.source.table, needs, table.where(), limit=limit)
    plain = [seen for seen in sites if asking.scope_of(seen).is_whole]
    found = {one.seen.target.site_id: one for one in asking.ask(plain, query)}
    for seen in sites:
        scope = asking.scope_of(seen)
        if not scope.is_whole and scope:
            found[seen.target.site_id] = _counted(table, seen, scope, query)
    return [
        _as_contact(found[seen.target.site_id], size) for seen in sites if seen.target.site_id in found
    ]  # fmt: skip


def _as_contact(one: Told, size: str) -> Told:
    """Return the groups as a contact sees them: an empty one only where all members of a group have to be theirs."""
    scope = asking.scope_of(one.seen)
    if not scope.is_whole or not scope.is_of_contact or scope.is_strict:
        return one
    return replace(one, tables=[[row for row in rows if row.get(size)] for rows in one.tables])


def _counted(table: Table, seen: Seen, scope: Scope, query: Query) -> Told:
    count = _of_hosts if table.source.table == "hostgroups" else _of_services
    # The names of groups are no secret to the portal, which leaves out those nobody may see.
    [groups] = asking.ask([replace(seen, scope=Scope(is_whole=True))], query)
    if not groups.answer.is_online:
        return replace(groups, seen=seen)
    counted, numbers = count(seen, scope)
    if not counted.answer.is_online:
        return replace(counted, tables=[[]])
    rows = list(_shown(groups.tables[0], numbers, SIZE[table.source.table], is_strict=scope.is_strict))
    is_cut = [any(groups.answer.is_cut) or any(counted.answer.is_cut)]
    answer = replace(groups.answer, is_cut=is_cut, as_of=counted.answer.as_of)
    return Told(seen, answer, [rows])


def _shown(
    rows: Sequence[dict[str, Any]], numbers: dict[str, Numbers], size: str, *, is_strict: bool
) -> Iterator[dict[str, Any]]:
    """Yield loosely the groups with a member that is seen; strictly those with none that is not."""
    for row in rows:
        own = numbers[str(row.get("name"))]
        is_shown = own[size] == row.get(size) if is_strict else own[size] > 0
        if is_shown:
            yield {name: own[name] if name.startswith("num_") else value for name, value in row.items()}


def _of_hosts(seen: Seen, scope: Scope) -> tuple[Told, dict[str, Numbers]]:
    """Return the numbers of host groups: of hosts that are seen, and of services that are, whosever host it is."""
    others = sorted({host for host, _description in scope.services} - scope.hosts)
    states = ("name", "groups", "state", "has_been_checked")
    [told] = asking.ask(
        [seen],
        Query("hosts", states),
        Query("services", ("host_name",), stats=tuple(_stats("services").values())),
    )
    groups = _groups_of(seen, others)
    found: dict[str, Numbers] = defaultdict(lambda: defaultdict(int))
    for row in told.tables[0]:
        groups[str(row["name"])] = row.get("groups") or []
        for group in groups[str(row["name"])]:
            found[group]["num_hosts"] += 1
            found[group][_word("hosts", row)] += 1
    for row in told.tables[1]:
        for group in groups.get(str(row["host_name"]), ()):
            for at, need in enumerate(_stats("services")):
                number = int(row[f"stats_{at}"])
                found[group][need] += number
                found[group]["num_services"] += number
    return told, found


def _groups_of(seen: Seen, hosts: Sequence[str]) -> dict[str, list[str]]:
    """Return the groups of hosts that are not seen and have services that are."""
    if not hosts:
        return {}
    query = Query("hosts", ("name", "groups"), (OneOf(*(Is("name", "=", name) for name in hosts)),))
    [told] = asking.ask([replace(seen, scope=Scope(is_whole=True))], query)
    return {str(row["name"]): row.get("groups") or [] for row in told.tables[0]}


def _of_services(seen: Seen, _scope: Scope) -> tuple[Told, dict[str, Numbers]]:
    """Return the numbers of service groups: of services that are seen."""
    query = Query("services", ("host_name", "description", "groups", "state", "has_been_checked"),
                  (Is("groups", "!=", ""),))  # fmt: skip
    [told] = asking.ask([seen], query)
    found: dict[str, Numbers] = defaultdict(lambda: defaultdict(int))
    for row in told.tables[0]:
        for group in row.get("groups") or []:
            found[group]["num_services"] += 1
            found[group][_word("services", row)] += 1
    return told, found


def _stats(table: str) -> dict[str, Any]:
    """Return the conditions of the states by the name of their number."""
    return {need: conditions.of(table)[word] for word, _title, need, _tone in _STATES[table]}


def _word(table: str, row: dict[str, Any]) -> str:
    """Return the name of the number in which a row counts."""
    needs = [need for _word, _title, need, _tone in _STATES[table]]
    state = row.get("state")
    if not row.get("has_been_checked"):
        return needs[-1]
    return needs[state] if isinstance(state, int) and 0 <= state < len(needs) - 1 else needs[-2]
