"""Moving: rows of the inventory go from set to set, a portion at a time, so that nobody waits for them.

Rows that move go first, then sets change in place: until then whoever stays has the groups of before, never others'.
"""

from __future__ import annotations

import time
import uuid
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, case, delete, exists, insert, or_, select, update
from sqlalchemy.orm import Session

from ...database import db, reading, separate
from ..inventory import Host, Service
from ..sets import ContactSet, ContactSetGroup
from . import standing
from .models import ContactPlan
from .reading import with_new_services
from .standing import Content, Place, Standing

SERVICES_AT_ONCE, HOSTS_AT_ONCE, HOSTS_WITH_SERVICES_AT_ONCE = 5_000, 500, 50
"""Rows written in one transaction: services, hosts of which some services move, hosts with all of theirs."""
MOST_NAMED = 200
"""How many descriptions a statement names; more are looked at row by row."""

Deed = Callable[[Session], None]
"""A few rows to be written."""
MOMENT = 0.2
"""Seconds after which a transaction ends, so that others may write."""


class Moved(NamedTuple):
    """A host that gets another plan."""

    id: uuid.UUID
    site_id: str
    name: str


def write_new(found: Standing) -> None:
    """Write the sets and plans that rows are to move to."""
    if not found.made and not found.planned:
        return
    with separate() as session:
        if found.made:
            rows = [_row(found, id, content) for id, content in found.made.items()]
            session.execute(insert(ContactSet), sorted(rows, key=lambda row: row["host_set_id"] is not None))
            _fill(session, found.made)
        if found.planned:
            session.execute(insert(ContactPlan), [
                {"id": id, "host_set_id": place.host, "service_set_id": place.service,
                 "services": {description: str(set_id) for description, set_id in place.services}}
                for id, place in found.planned.items()
            ])  # fmt: skip


def edit(found: Standing) -> None:
    """Let sets hold something else, all in one transaction."""
    edited, renamed = found.edited, found.renamed
    if not edited and not renamed:
        return
    with separate() as session:
        session.execute(delete(ContactSetGroup).where(ContactSetGroup.set_id.in_(edited)))
        _fill(session, edited)
        if edited:
            session.execute(update(ContactSet), [_row(found, id, content) for id, content in edited.items()])
        if renamed:
            session.execute(update(ContactSet), [{"id": id, "host_set_id": to} for id, to in renamed.items()])


def _row(found: Standing, id: uuid.UUID, content: Content) -> dict[str, Any]:
    return {"id": id, "host_set_id": found.hosts_of(id), "has_own": content.own is not None}


def _fill(session: Session, contents: Mapping[uuid.UUID, Content]) -> None:
    rows = [
        {"set_id": id, "group_id": group_id, "is_of_host": is_of_host}
        for id, content in contents.items()
        for is_of_host, groups in ((False, content.groups), (True, content.of_host))
        for group_id in groups
    ]
    if rows:
        session.execute(insert(ContactSetGroup), rows)


def move(hosts: Iterable[Moved], before: Place | None, plan_id: uuid.UUID, place: Place) -> Iterator[Deed]:
    """Yield what gives hosts of one plan another and moves their rows; new services are `put` later."""
    steps = _steps(before, place) if before else [_Step(None, None)]
    moves_all = before is None or before.service != place.service
    for site_id, some in _together(hosts, HOSTS_WITH_SERVICES_AT_ONCE if moves_all else HOSTS_AT_ONCE):
        yield partial(_move, site_id, some, steps, {"contact_set_id": place.host, "contact_plan_id": plan_id})


def do(deeds: Iterable[Deed]) -> None:
    """Do all that, in transactions that are short: nobody waits for longer than one deed and a moment."""
    left = iter(deeds)
    deed = next(left, None)
    while deed is not None:
        with separate() as session:
            end = time.monotonic() + MOMENT
            while deed is not None and time.monotonic() < end:
                deed(session)
                deed = next(left, None)


def _move(
    site_id: str, hosts: Sequence[Moved], steps: Sequence[_Step], values: dict[str, Any], session: Session
) -> None:
    _run(session, update(Host).where(Host.id.in_([host.id for host in hosts])).values(values))
    if steps:
        names = [host.name for host in hosts]
        _move_services(session, and_(Service.site_id == site_id, Service.host_name.in_(names)), steps)


def _together(hosts: Iterable[Moved], most: int) -> Iterator[tuple[str, list[Moved]]]:
    """Yield hosts of one site, so many at a time."""
    of_sites: defaultdict[str, list[Moved]] = defaultdict(list)
    for host in hosts:
        of_sites[host.site_id].append(host)
    for site_id, theirs in of_sites.items():
        for start in range(0, len(theirs), most):
            yield site_id, theirs[start : start + most]


class _Step(NamedTuple):
    """That services go to a set: those of one set (`source`), or those with some descriptions.

    Without a target, those of a host that is new: what may be left of one of its name before is put with the others.
    """

    target: uuid.UUID | None
    source: uuid.UUID | None
    descriptions: Sequence[str] = ()


def _steps(before: Place, after: Place) -> list[_Step]:
    """Return what to do in this order: the usual ones first, then whatever stood or is to stand elsewhere."""
    steps = []
    if before.service != after.service:
        steps.append(_Step(after.service, before.service))
    old, new = dict(before.services), dict(after.services)
    to: defaultdict[uuid.UUID, list[str]] = defaultdict(list)
    for description in sorted(old.keys() | new.keys()):
        target = new.get(description, after.service)
        if target != old.get(description, after.service):
            to[target].append(description)
    return steps + [_Step(target, None, descriptions) for target, descriptions in to.items()]


def _move_services(session: Session, theirs: Any, steps: Sequence[_Step]) -> None:
    for step in steps:
        moved = update(Service).where(theirs).values(contact_set_id=step.target)
        if step.target is None:
            _run(session, moved.where(_looked_at(Service.contact_set_id.is_not(None))))
        elif step.source is not None:
            _run(session, moved.where(_looked_at(Service.contact_set_id == step.source)))
        elif len(step.descriptions) <= MOST_NAMED:
            _run(session, moved.where(Service.description.in_(step.descriptions)))
        else:
            wanted = set(step.descriptions)
            rows = session.execute(select(Service.id, Service.description).where(theirs))
            _put(session, step.target, [id for id, description in rows if description in wanted])


def put(known: Mapping[str, Collection[str]] | None = None) -> Iterator[Deed]:
    """Yield what gives services that are new the set their host's plan says.

    `known`, where patterns name services: by customer the descriptions that were looked at; others wait.
    """
    with reading(), Session(db.engine) as session:
        columns = Host.id, Host.site_id, Host.customer_id, Host.name, Host.contact_plan_id
        planned = select(*columns).where(Host.contact_plan_id.is_not(None))
        rows = [row for new in with_new_services(session) for row in session.execute(planned.where(new))]
        places = standing.plans(session, {row.contact_plan_id for row in rows}) if rows else {}
    alike: defaultdict[tuple[str, uuid.UUID], list[Moved]] = defaultdict(list)
    for row in rows:
        alike[row.customer_id, row.contact_plan_id].append(Moved(row.id, row.site_id, row.name))
    for (customer_id, plan_id), hosts in alike.items():
        looked_at = None if known is None else known.get(customer_id, ())
        for site_id, some in _together(hosts, HOSTS_WITH_SERVICES_AT_ONCE):
            yield partial(_put_new, site_id, [host.name for host in some], places[plan_id], looked_at)


def _put_new(site_id: str, names: Sequence[str], place: Place, known: Collection[str] | None, session: Session) -> None:
    is_new = _looked_at(Service.contact_set_id.is_(None))
    new = and_(Service.site_id == site_id, Service.host_name.in_(names), is_new)
    elsewhere = dict(place.services)
    if known is None and len(elsewhere) <= MOST_NAMED:
        for description, set_id in place.services:
            _run(session, update(Service).where(new, Service.description == description).values(contact_set_id=set_id))
        _run(session, update(Service).where(new).values(contact_set_id=place.service))
        return
    to: defaultdict[uuid.UUID, list[uuid.UUID]] = defaultdict(list)
    for id, description in session.execute(select(Service.id, Service.description).where(new)):
        if known is None or description in known:
            to[elsewhere.get(description, place.service)].append(id)
    for set_id, ids in to.items():
        _put(session, set_id, ids)


def _looked_at(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """Return a condition that is asked of rows found by their host: the index of sets would go through a whole set."""
    return case((condition, 1), else_=0) == 1


def _put(session: Session, set_id: uuid.UUID, ids: Sequence[uuid.UUID]) -> None:
    for some in sliced(ids):
        _run(session, update(Service).where(Service.id.in_(some)).values(contact_set_id=set_id))


def sliced(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """Yield values in portions that one statement can name."""
    for start in range(0, len(values), SERVICES_AT_ONCE):
        yield values[start : start + SERVICES_AT_ONCE]


def _run(session: Session, statement: Any) -> None:
    session.execute(statement.execution_options(synchronize_session=False))


def sweep() -> None:
    """Drop plans that no host has, and sets that nothing stands in any more."""
    used = exists().where(Host.contact_plan_id == ContactPlan.id)
    with separate() as session:
        _run(session, delete(ContactPlan).where(~used))
        used_sets = set[uuid.UUID]()
        for plan in session.scalars(select(ContactPlan)):
            used_sets |= {plan.host_set_id, plan.service_set_id, *map(uuid.UUID, plan.services.values())}
        named = dict(session.execute(select(ContactSet.id, ContactSet.host_set_id)).all())
        idle = sorted(named.keys() - used_sets - {named[id] for id in used_sets})
        holds = or_(
            exists().where(Host.contact_set_id == ContactSet.id),
            exists().where(Service.contact_set_id == ContactSet.id),
        )
        for is_of_hosts in (False, True):
            of_kind = [id for id in idle if (named[id] is None) == is_of_hosts]
            for some in sliced(of_kind):
                _run(session, delete(ContactSet).where(ContactSet.id.in_(some), ~holds))
