"""Standing: the sets and plans there are, and where hosts and services are to stand next.

A set may change in place: of the contents its members are to have, the one that most need stays with it, and none of
their rows is written. The others go to a set that holds what they need and keeps it, or to a new one.
"""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from ...database import uuid7
from ..sets import ContactSet, ContactSetGroup
from .deciding import Groups, Plan
from .models import ContactPlan

SERVICES_OF_A_HOST = 64
"""How much more it weighs to move the services of a host than the host."""
MOST_ALIKE = 50
"""How many sets more than twice their contents there may be, before those that hold the same become one."""


class Content(NamedTuple):
    """What a set holds: the groups of hosts; or of services, with those they were given explicitly, if any."""

    host: Groups
    own: Groups | None = None
    is_of_services: bool = False

    @property
    def groups(self) -> Groups:
        """Return the groups that are responsible."""
        return self.host if self.own is None else self.own

    @property
    def of_host(self) -> Groups:
        """Return the groups that are responsible for the services' host alone."""
        return self.host - self.groups


class Place(NamedTuple):
    """A plan: the set of a host, that of its services, and of those that stand elsewhere, by description."""

    host: uuid.UUID
    service: uuid.UUID
    services: tuple[tuple[str, uuid.UUID], ...]


Weighed = Mapping[tuple[uuid.UUID | None, Plan], int]
"""How many hosts of a plan are to have what was decided."""


def of_host(plan: Plan) -> Content:
    """Return what the set of a host is to hold."""
    return Content(plan.host)


def of_services(plan: Plan, own: Groups | None) -> Content:
    """Return what the set of a host's services is to hold; `own`: their explicit groups."""
    return Content(plan.host, own, is_of_services=True)


@dataclass
class Standing:
    """The sets and plans there are, with what they are to be; `made` and `planned` are new, `edited` change.

    `host_sets`: of sets of services, a set that holds what their hosts have.
    """

    sets: dict[uuid.UUID, Content]
    host_sets: dict[uuid.UUID, uuid.UUID]
    plans: dict[uuid.UUID, Place]
    made: dict[uuid.UUID, Content] = field(default_factory=dict)
    planned: dict[uuid.UUID, Place] = field(default_factory=dict)
    edited: dict[uuid.UUID, Content] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Let every set stay as it is, until `settle` says otherwise."""
        self._stays: dict[uuid.UUID, Content] = dict(self.sets)
        self._by_content = {content: id for id, content in self.sets.items()}
        self._by_place = {place: id for id, place in self.plans.items()}

    def settle(self, weighed: Weighed) -> None:
        """Decide which sets change in place; `weighed` are all hosts there are."""
        votes: defaultdict[uuid.UUID, Counter[Content]] = defaultdict(Counter)
        for (plan_id, plan), number in weighed.items():
            if plan_id is None:
                continue
            place, wanted = self.plans[plan_id], dict(plan.services)
            votes[place.host][of_host(plan)] += number
            votes[place.service][of_services(plan, plan.own)] += number * SERVICES_OF_A_HOST
            elsewhere = dict(place.services)
            for description in elsewhere.keys() | wanted.keys():
                content = of_services(plan, wanted.get(description, plan.own))
                votes[elsewhere.get(description, place.service)][content] += number
        chosen = {id: max(found, key=lambda content: (found[content], sorted(map(str, content.groups))))
                  for id, found in votes.items()}  # fmt: skip
        self._stays.update(chosen)
        self.edited = {id: content for id, content in chosen.items() if content != self.sets[id]}
        kept = {id: content for id, content in self._stays.items() if id not in self.edited}
        weights = {id: sum(found.values()) for id, found in votes.items()}
        heaviest = sorted(kept, key=lambda id: weights.get(id, 0))
        self._by_content = {kept[id]: id for id in heaviest}
        if len(chosen) > 2 * len(set(chosen.values())) + MOST_ALIKE:
            for id, content in chosen.items():
                if self._by_content.get(content, id) != id:
                    del self._stays[id]
                    self.edited.pop(id, None)

    def next(self, plan_id: uuid.UUID | None, plan: Plan) -> uuid.UUID:
        """Return the plan that hosts of a plan are to get for what was decided: the same where no row moves."""
        place = self.plans.get(plan_id) if plan_id else None
        host = self._set(place and place.host, of_host(plan))
        usual = of_services(plan, plan.own)
        service = self._set(place and place.service, usual)
        wanted, elsewhere = dict(plan.services), dict(place.services) if place else {}
        services = {}
        for description in elsewhere.keys() | wanted.keys():
            content = of_services(plan, wanted.get(description, plan.own))
            present = elsewhere.get(description, place and place.service)
            stays = present is not None and self._stays.get(present) == content
            found = service if content == usual and not stays else self._set(present, content)
            if found != service:
                services[description] = found
        following = Place(host, service, tuple(sorted(services.items())))
        if following == place and plan_id:
            return plan_id
        if following not in self._by_place:
            id = self._by_place[following] = uuid7()
            self.plans[id] = self.planned[id] = following
        return self._by_place[following]

    def hosts_of(self, id: uuid.UUID) -> uuid.UUID | None:
        """Return the set of hosts that a set of services is to name; None for one of hosts."""
        content = self.made.get(id) or self._stays.get(id) or self.sets[id]
        if not content.is_of_services:
            return None
        present = self.host_sets.get(id)
        if present is not None and self._stays.get(present) == Content(content.host):
            return present
        return self._host_sets.get(content.host, present)

    @cached_property
    def _host_sets(self) -> dict[Groups, uuid.UUID]:
        """Return a set of hosts by what it is going to hold."""
        return {content.host: id for id, content in self._stays.items() if not content.is_of_services}

    @property
    def renamed(self) -> dict[uuid.UUID, uuid.UUID]:
        """Return the sets of services that are to name another set of hosts."""
        found = {id: self.hosts_of(id) for id in self.host_sets}
        return {id: other for id, other in found.items() if other and other != self.host_sets[id]}

    def _set(self, present: uuid.UUID | None, content: Content) -> uuid.UUID:
        if present is not None and self._stays.get(present) == content:
            return present
        if content not in self._by_content:
            id = self._by_content[content] = uuid7()
            self.made[id] = self._stays[id] = content
        return self._by_content[content]


def read(session: Session) -> Standing:
    """Return the sets and plans there are."""
    rows = session.execute(select(ContactSet.id, ContactSet.host_set_id).where(ContactSet.host_set_id.is_not(None)))
    return Standing(contents(session), {id: host for id, host in rows if host}, plans(session))


def contents(session: Session) -> dict[uuid.UUID, Content]:
    """Return what the sets hold."""
    groups: defaultdict[uuid.UUID, tuple[set[uuid.UUID], set[uuid.UUID]]] = defaultdict(lambda: (set(), set()))
    columns = ContactSetGroup.set_id, ContactSetGroup.group_id, ContactSetGroup.is_of_host
    for set_id, group_id, is_of_host in session.execute(select(*columns)):
        groups[set_id][is_of_host].add(group_id)
    found = {}
    for id, host_set_id, has_own in session.execute(select(ContactSet.id, ContactSet.host_set_id, ContactSet.has_own)):
        responsible, of_host = groups[id]
        host = responsible & groups[host_set_id][0] | of_host if has_own and host_set_id else responsible
        own = frozenset(responsible) if has_own else None
        found[id] = Content(frozenset(host), own, is_of_services=host_set_id is not None)
    return found


def plans(session: Session, ids: Iterable[uuid.UUID] | None = None) -> dict[uuid.UUID, Place]:
    """Return the plans there are, or some."""
    columns = ContactPlan.id, ContactPlan.host_set_id, ContactPlan.service_set_id, ContactPlan.services
    statement = select(*columns) if ids is None else select(*columns).where(ContactPlan.id.in_(ids))
    return {
        id: Place(host, service, tuple(sorted((name, uuid.UUID(set_id)) for name, set_id in services.items())))
        for id, host, service, services in session.execute(statement)
    }
