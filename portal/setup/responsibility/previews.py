"""Previews: what a contact rule would match, and whose responsibility that would change, before it is saved."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import ClassVar

from flask import request
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, and_, exists, not_, select, true
from sqlalchemy.orm import Session

from ...contacts.allocation.deciding import Decider, Groups
from ...contacts.allocation.matching import Conditions, Facts, Lines
from ...contacts.allocation.reading import RULES, Sources, hosts, source, sources
from ...contacts.inventory import Host, Service, at
from ...customers.elements import Element
from ..forms.elements import ElementForm

SLUG = RULES
CHECK = "check"
"""The name of the button that shows what a rule matches and saves nothing."""
SHOWN = 25
MOST_NAMED = 2_000
"""Services by whose descriptions hosts are looked for."""


@dataclass(frozen=True)
class Change:
    """A host or a service (`description`) that the rule matches: which groups it gets and which it loses by it."""

    host: Facts
    description: str
    gains: list[str]
    loses: list[str]


@dataclass
class Preview:
    """What a rule matches: how many hosts, how many of them change, and the first of them, with their changes.

    Of a rule for services the lines are services of these hosts. `is_cut`: not all hosts were looked at.
    """

    is_for_services: bool
    is_enabled: bool
    hosts: int = 0
    changing: int = 0
    is_cut: bool = False
    lines: list[Change] = field(default_factory=list)

    most: ClassVar[int] = 50_000


def is_asked() -> bool:
    """Tell whether the form was sent only to see what the rule matches."""
    return CHECK in request.form


def of_form(session: Session, form: ElementForm, element: Element | None) -> Preview:
    """Return what the rule would match as the form has it, and what that changes against what is saved."""
    to, body, values = form.to(), form.body, form.values
    customer_id = to.customer_id if to else None
    now, later = sources(session), sources(session, but=element.id if element else None)
    if values["enabled"]:
        later.add(source(RULES, "", form.chosen_title, customer_id, body))
    new = Conditions.of(body, customer_id)
    old = Conditions.of(element.body, element.customer_id) if element is not None and element.is_enabled else None
    found = Preview(body.get("assign") == "services", bool(values["enabled"]))
    comparison = _Comparison(session, now, later)
    changing, matching = list[Facts](), list[Facts]()
    for seen, (host, is_meant) in enumerate(_asked(session, new, old)):
        if seen >= Preview.most:
            found.is_cut = True
            break
        is_new = is_meant and new.hold(host)
        found.hosts += is_new
        if is_new or old is not None and old.hold(host):
            is_changing = comparison.differs(host)
            found.changing += is_changing
            some = changing if is_changing else matching
            if len(some) < SHOWN:
                some.append(host)
    shown = islice([*changing, *matching], SHOWN)
    found.lines = list(comparison.services(shown, new, old) if found.is_for_services else map(comparison.host, shown))
    return found


def _asked(session: Session, new: Conditions, old: Conditions | None) -> Iterator[tuple[Facts, bool]]:
    """Yield the hosts that a rule may match, then those that it alone may have matched before it was edited."""
    meant = _narrowed(session, new)
    for _id, _plan_id, host in hosts(session, meant):
        yield host, True
    if old is not None:
        for _id, _plan, host in hosts(session, _narrowed(session, old), not_(meant)):
            yield host, False


def _narrowed(session: Session, one: Conditions) -> ColumnElement[bool]:
    """Return what of conditions the database can ask: all that hold fulfil it, and others may."""
    where: list[ColumnElement[bool]] = [Host.id.is_not(None)]
    if one.customer_id:
        where.append(Host.customer_id == one.customer_id)
    if one.customers:
        where.append(Host.customer_id.in_(one.customers))
    if one.sites:
        where.append(Host.site_id.in_(one.sites))
    if one.hosts and not one.hosts.patterns:
        where.append(Host.name.in_(one.hosts.names))
    if one.services:
        where.append(_has(session, one.services))
    return and_(*where)


def _has(session: Session, lines: Lines) -> ColumnElement[bool]:
    """Return that a host has one of some services, unless these are too many to be named."""
    names = set(lines.names)
    if lines.patterns:
        names |= {one for one in session.scalars(select(Service.description).distinct()) if lines.fit(one)}
    if len(names) > MOST_NAMED:
        return true()
    its = Service.site_id == Host.site_id, Service.host_name == Host.name
    return exists().where(*its, Service.description.in_(names))


class _Comparison:
    """Who is responsible now, and who would be."""

    def __init__(self, session: Session, now: Sources, later: Sources) -> None:
        self._session, self._known = session, dict[str, list[str]]()
        self._now, self._later = Decider(now, self._descriptions), Decider(later, self._descriptions)
        self._titles = {
            group.id: group.title if group.customer_id else f"{group.title} ({_('Global')})"
            for group in now.groups.values()
        }

    def differs(self, host: Facts) -> bool:
        """Tell whether anything about a host or its services changes."""
        return self._now.plan(host) != self._later.plan(host)

    def host(self, host: Facts) -> Change:
        """Return what a host gets and loses."""
        return self._change(host, "", self._now.plan(host).host, self._later.plan(host).host)

    def services(self, hosts: Iterable[Facts], new: Conditions, old: Conditions | None) -> Iterator[Change]:
        """Yield what services of hosts get and lose: those that the rule names, or named."""
        by_place = {(host.site_id, host.name): host for host in hosts}
        rows = self._session.execute(
            select(Service.site_id, Service.host_name, Service.description)
            .where(at(Service.site_id, Service.host_name, by_place))
            .order_by(Service.name_key, Service.id)
        )
        named = (
            (by_place[site, name], description)
            for site, name, description in rows
            if any(not one.services or one.services.fit(description) for one in (new, old) if one is not None)
        )
        for host, description in islice(named, SHOWN):
            before, after = self._now.plan(host), self._later.plan(host)
            then, later = before.of(description), after.of(description)
            yield self._change(
                host, description, before.host if then is None else then, after.host if later is None else later
            )

    def _change(self, host: Facts, description: str, before: Groups, after: Groups) -> Change:
        gains, loses = (sorted(self._titles[id] for id in ids) for ids in (after - before, before - after))
        return Change(host, description, gains, loses)

    def _descriptions(self, customer_id: str) -> list[str]:
        if customer_id not in self._known:
            rows = select(Service.description).where(Service.customer_id == customer_id).distinct()
            self._known[customer_id] = list(self._session.scalars(rows))
        return self._known[customer_id]
