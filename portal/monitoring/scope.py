"""Scope: what of a site somebody sees, as conditions on each question that is put to it.

Sites do not know the portal's contacts. What a restricted reader may see comes from the inventory: a site all of whose
hosts are theirs is asked without a condition, one of which they see a part by names, and one with nothing of theirs is
not asked at all. Where the names would be too many, the inventory itself answers.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any as Anything

from ..customers.ownership import Reader
from .livestatus.query import All, Any, BadValue, Condition, Is, Not, Query, checked

MOST_NAMES = 2_000
"""Hosts and single services by whose names a site is asked; with more of them the inventory answers."""
Pair = tuple[str, str]
_HOST = {
    "hosts": "name", "services": "host_name", "comments": "host_name", "downtimes": "host_name",
    "eventconsoleevents": "event_host",
}  # fmt: skip
_SERVICE = {"services": "description", "comments": "service_description", "downtimes": "service_description"}
"""The columns that name a host, and a service, in the tables that can be narrowed; no other table is asked."""


@dataclass(frozen=True)
class Scope:
    """What somebody sees of a site: all of it; or `hosts` with their services but `without`, and single `services`.

    `stand_in` is the reader for whom the inventory answers, because the names were too many. `is_of_contact`: they do
    not see all, even where all of the site happens to be theirs; `is_strict`: then groups only with all their members.
    """

    is_whole: bool = False
    is_of_contact: bool = False
    is_strict: bool = False
    hosts: frozenset[str] = frozenset()
    services: frozenset[Pair] = frozenset()
    without: frozenset[Pair] = frozenset()
    stand_in: Reader | None = field(default=None, compare=False)

    def __bool__(self) -> bool:
        """Tell whether there is anything at all to see: no site is asked in vain."""
        return self.is_whole or self.stand_in is not None or bool(self.hosts or self.services)

    def narrowed(self, query: Query) -> Query:
        """Return a question that finds only what may be seen; raises BadValue for a table that knows no hosts."""
        if self.is_whole:
            return query
        if query.table not in _HOST:
            raise BadValue(f"no table of hosts or services: {query.table}")
        return replace(query, where=(*query.where, *self._conditions(query.table)))

    def sees_host(self, name: str) -> bool:
        """Tell whether a host may be seen."""
        return self.is_whole or name in self.hosts

    def sees_service(self, host: str, description: str) -> bool:
        """Tell whether a service may be seen."""
        pair = host, description
        return self.is_whole or pair in self.services or (host in self.hosts and pair not in self.without)

    def trimmed(self, row: dict[str, Anything]) -> dict[str, Anything]:
        """Return a row that names no other hosts than those that may be seen."""
        for name in ("parents", "childs"):
            if not self.is_whole and isinstance(row.get(name), list):
                row[name] = [host for host in row[name] if host in self.hosts]
        return row

    def _conditions(self, table: str) -> Iterator[Condition]:
        host, service = _HOST[table], _SERVICE.get(table)
        found: list[Condition] = [Is(host, "=", name) for name in sorted(self.hosts)]
        if service:
            found += _pairs(host, service, self.services)
            if self.without:
                yield Not(Any(*_pairs(host, service, self.without)))
        yield Any(*found) if found else Is(host, "=", "")  # no host has no name


WHOLE = Scope(is_whole=True)


def _pairs(host: str, service: str, pairs: Iterable[Pair]) -> list[Condition]:
    """Return conditions on services, those of one host together."""
    of: dict[str, list[Condition]] = defaultdict(list)
    for name, description in sorted(pairs):
        of[name].append(Is(service, "=", description))
    return [All(Is(host, "=", name), Any(*found)) for name, found in of.items()]


def can_be_asked(*names: str) -> bool:
    """Tell whether names, which a site said once, can stand in a question."""
    try:
        return all(checked(name) == name for name in names)
    except BadValue:
        return False


def named(hosts: Collection[str], services: Collection[Pair], without: Collection[Pair], *, is_strict: bool) -> Scope:
    """Return the scope of what has names that can be asked for; a host with something unspeakable to hide is none."""
    unspeakable = {host for host, description in without if not can_be_asked(description)}
    return Scope(
        is_of_contact=True,
        is_strict=is_strict,
        hosts=frozenset(name for name in hosts if can_be_asked(name) and name not in unspeakable),
        services=frozenset(pair for pair in services if can_be_asked(*pair)),
        without=frozenset(pair for pair in without if can_be_asked(*pair)),
    )
