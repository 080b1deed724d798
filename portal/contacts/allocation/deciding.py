"""Deciding: the groups of a host and of its services, as the sum of folders, assignments and all rules that match.

Seed "User management", 3.2: folders and rules add up; those of folders are cumulative from the root down, and one above
counts only where its groups are contacts in all subfolders. 3.3: a service without an explicit group has exactly those
of its host; with one it inherits none. A group counts where it is released to: Global everywhere, else its customer's.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from .folders import lineage
from .matching import Facts, Lines, Matcher, places
from .reading import Group, Source, Sources

Groups = frozenset[uuid.UUID]


class Plan(NamedTuple):
    """Who is responsible for a host and for its services; `own`: None where they have the host's."""

    host: Groups
    own: Groups | None
    services: tuple[tuple[str, Groups], ...]
    """Descriptions whose explicit groups are others than `own`."""

    def of(self, description: str) -> Groups | None:
        """Return the explicit groups of a service."""
        return dict(self.services).get(description, self.own)


@dataclass(frozen=True)
class Gift:
    """That an element gives its groups; `description`: to one service alone, `lines`: to those that fit."""

    source: Source
    description: str = ""
    lines: Lines | None = None

    def reaches(self, description: str) -> bool:
        """Tell whether a service is among those it is given to."""
        if self.description:
            return self.description == description
        return not self.lines or self.lines.fit(description)


class Decider:
    """All that gives groups, asked host by host; hosts of which the same is said share a plan.

    `descriptions` tells of a customer which services its sites have: asked only where a rule has patterns for them.
    """

    def __init__(self, sources: Sources, descriptions: Callable[[str], Iterable[str]] = lambda _customer: ()) -> None:
        self.sources, self._matcher, self._descriptions = sources, Matcher(sources.conditions), descriptions
        self._plans: dict[tuple[int, str, str, tuple[str, str] | None], Plan] = {}
        self._same: dict[Plan, Plan] = {}
        self._fitting: dict[tuple[Lines, str], frozenset[str]] = {}

    def plan(self, host: Facts) -> Plan:
        """Return who is responsible for a host and its services."""
        bits = self._matcher.of(host)
        place = host.site_id, host.name
        key = (bits, host.folder, host.customer_id, place if place in self.sources.assignments else None)
        plan = self._plans.get(key)
        if plan is None:
            plan = self._decide(host, bits)
            plan = self._plans[key] = self._same.setdefault(plan, plan)
        return plan

    def gifts(self, host: Facts) -> list[Gift]:
        """Return what gives the host groups."""
        return list(self._of_host(host, self._matcher.of(host)))

    def service_gifts(self, host: Facts) -> list[Gift]:
        """Return what gives services of the host groups of their own."""
        return list(self._of_services(host, self._matcher.of(host)))

    def granted(self, gift: Gift, host: Facts) -> list[Group]:
        """Return the groups of a gift that count at the host's customer."""
        there = (self.sources.groups.get(key) for key in gift.source.groups)
        return [group for group in there if group and group.customer_id in (None, host.customer_id)]

    def _decide(self, host: Facts, bits: int) -> Plan:
        own = set[uuid.UUID]()
        more: dict[str, set[uuid.UUID]] = {}
        for gift in self._of_services(host, bits):
            ids = self._ids(gift, host)
            if not ids:
                continue
            if gift.description or gift.lines:
                for description in self._reached(gift, host.customer_id):
                    more.setdefault(description, set()).update(ids)
            else:
                own |= ids
        services = ((description, frozenset(own | ids)) for description, ids in sorted(more.items()) if ids - own)
        hosts = frozenset[uuid.UUID]().union(*(self._ids(gift, host) for gift in self._of_host(host, bits)))
        return Plan(hosts, frozenset(own) or None, tuple(services))

    def _ids(self, gift: Gift, host: Facts) -> set[uuid.UUID]:
        return {group.id for group in self.granted(gift, host)}

    def _reached(self, gift: Gift, customer_id: str) -> Iterable[str]:
        if gift.description or gift.lines is None:
            return (gift.description,)
        key = gift.lines, customer_id
        if key not in self._fitting:
            known = self._descriptions(customer_id) if gift.lines.patterns else ()
            self._fitting[key] = gift.lines.names | {one for one in known if gift.lines.fit(one)}
        return self._fitting[key]

    def _of_host(self, host: Facts, bits: int) -> Iterator[Gift]:
        for source, _is_above in self._folders(host):
            yield Gift(source)
        for source in self._assignments(host):
            if not source.body.get("service"):
                yield Gift(source)
        for place in places(bits):
            if not self.sources.rules[place].is_for_services:
                yield Gift(self.sources.rules[place])

    def _of_services(self, host: Facts, bits: int) -> Iterator[Gift]:
        for source, _is_above in self._folders(host):
            if source.body.get("for_services"):
                yield Gift(source)
        for source in self._assignments(host):
            if source.body.get("service"):
                yield Gift(source, description=source.body["service"])
        for place in places(bits):
            if self.sources.rules[place].is_for_services:
                yield Gift(self.sources.rules[place], lines=self.sources.conditions[place].services)

    def _folders(self, host: Facts) -> Iterator[tuple[Source, bool]]:
        if not self.sources.folders:
            return
        for path in lineage(host.folder):
            is_above = path != host.folder
            for source in self.sources.folders.get(path, ()):
                counts = source.body.get("as_contacts_below" if is_above else "as_contacts")
                if counts and source.customer_id in (None, host.customer_id):
                    yield source, is_above

    def _assignments(self, host: Facts) -> Iterator[Source]:
        for source in self.sources.assignments.get((host.site_id, host.name), ()):
            if source.customer_id == host.customer_id:
                yield source


def keys(groups: Iterable[uuid.UUID], by_id: Mapping[uuid.UUID, Group]) -> list[str]:
    """Return the keys of groups, in order."""
    return sorted(by_id[id].key for id in groups if id in by_id)
