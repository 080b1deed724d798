"""Checks before an activation: what would be broken on which site. Each has to be mended first."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import and_, exists, func, not_, or_, select
from sqlalchemy.orm import Session, aliased

from ...accounts.users import User
from ...contacts.inventory import Host, Sweep
from ...contacts.memberships import Membership
from ...customers.elements import Element, Release
from ...customers.models import Customer
from ...customers.sites import Site
from ...text import sort_key
from ..kinds import KINDS
from ..references import OUTSIDE, ReferenceRow
from .building import sliced

EVERYWHERE = (str(Release.GENERAL), str(Release.GLOBAL))
HOSTS, USERS = "hosts", "users"
_TARGET = aliased(Element)


@dataclass(frozen=True)
class Problem:
    """What is wrong for the sites of a customer; `kind` and `key` name what is to be mended (`users` and an id)."""

    customer_id: str
    sentence: str
    kind: str
    key: str


@dataclass(frozen=True)
class Found:
    """Problems, and what could not be looked at and so held nothing back."""

    problems: list[Problem]
    notes: list[str]


def find(session: Session, customer_ids: Collection[str]) -> Found:
    """Look for what would be broken on the sites of these customers; a fixed number of statements."""
    customers, notes = sorted(customer_ids), list[str]()
    problems = [
        *_elements(session, customers), *_people(session, customers), *_groups(session, customers),
        *_hosts(session, customers, notes), *_alone(session, customers),
    ]  # fmt: skip
    names = dict(session.execute(select(Customer.id, Customer.name).where(Customer.id.in_(customers))).all())
    problems.sort(key=lambda problem: (names.get(problem.customer_id, ""), problem.kind, problem.key))
    return Found(problems, notes)


def _released(customers: list[str]) -> Any:
    """Return the condition that an element goes to sites of one of the customers."""
    return and_(
        Element.archived_at.is_(None), or_(Element.release.in_(EVERYWHERE), Element.customer_id.in_(customers))
    )  # fmt: skip


def _elements(session: Session, customers: list[str]) -> Iterable[Problem]:
    """Find elements that name another one which is not released to the same sites."""
    reaches = or_(_TARGET.release.in_((*EVERYWHERE, Release.UNASSIGNED)), _TARGET.customer_id == Element.customer_id)
    rows = session.execute(
        select(
            Element.kind, Element.key, Element.title, Element.customer_id, ReferenceRow.kind.label("to_kind"),
            ReferenceRow.key.label("to_key"), _TARGET.title.label("to_title"),
            _TARGET.customer_id.label("to_customer"),
        )
        .join(ReferenceRow, ReferenceRow.element_id == Element.id)
        .outerjoin(
            _TARGET,
            and_(
                _TARGET.kind == ReferenceRow.kind, _TARGET.key == ReferenceRow.key, _TARGET.archived_at.is_(None)
            ),
        )
        .where(
            _released(customers), ReferenceRow.kind.not_in((*OUTSIDE, USERS)), or_(_TARGET.id.is_(None), not_(reaches),
            and_(_TARGET.customer_id.is_not(None), Element.customer_id.is_(None))),
        )
    )  # fmt: skip
    for row in rows:
        what = _named(row.to_kind, row.to_title or row.to_key)
        yield from _each(row, customers, row.to_customer, what, is_there=row.to_title is not None)


def _people(session: Session, customers: list[str]) -> Iterable[Problem]:
    """Find elements that name people who are not on the same sites."""
    reaches = or_(User.customer_id.is_(None), User.customer_id == Element.customer_id)
    rows = session.execute(
        select(
            Element.kind, Element.key, Element.title, Element.customer_id, ReferenceRow.key.label("to_key"),
            User.name.label("to_title"), User.customer_id.label("to_customer"),
        )
        .join(ReferenceRow, and_(ReferenceRow.element_id == Element.id, ReferenceRow.kind == USERS))
        .outerjoin(User, and_(User.username_key == func.lower(ReferenceRow.key), User.archived_at.is_(None)))
        .where(
            _released(customers), or_(User.id.is_(None), not_(reaches),
            and_(User.customer_id.is_not(None), Element.customer_id.is_(None))),
        )
    )  # fmt: skip
    for row in rows:
        what = _("the person “%(name)s”", name=row.to_title or row.to_key)
        yield from _each(row, customers, row.to_customer, what, is_there=row.to_title is not None)


def _each(row: Any, customers: list[str], owner: str | None, what: str, *, is_there: bool) -> Iterable[Problem]:
    """Say of each customer's sites that what an element names does not reach them."""
    named = {"name": _named(row.kind, row.title), "what": what}
    sentence = _("%(name)s refers to %(what)s, which is not released to this site.", **named)
    if not is_there:
        sentence = _("%(name)s refers to %(what)s, which is not there any more.", **named)
    for customer_id in [row.customer_id] if row.customer_id else customers:
        if not is_there or customer_id != owner:
            yield Problem(customer_id, sentence, row.kind, row.key)


def _groups(session: Session, customers: list[str]) -> Iterable[Problem]:
    """Find people in contact groups that are not released to all the sites the people are on."""
    group = and_(Element.id == Membership.group_id, Element.archived_at.is_(None))
    owner = select(Element.customer_id).where(group).scalar_subquery()
    title = select(Element.title).where(group).scalar_subquery()
    rows = session.execute(
        select(User.id, User.name, User.customer_id, title.label("title"))
        .join(Membership, Membership.user_id == User.id)
        .where(
            User.archived_at.is_(None), or_(User.customer_id.is_(None), User.customer_id.in_(customers)),
            owner.is_not(None), or_(User.customer_id.is_(None), owner != User.customer_id),
        )
    )  # fmt: skip
    for row in rows:
        sentence = _(
            "%(name)s is in the contact group “%(group)s”, which is not released to this site.",
            name=row.name, group=row.title,
        )  # fmt: skip
        for customer_id in [row.customer_id] if row.customer_id else customers:
            yield Problem(customer_id, sentence, USERS, str(row.id))


def _hosts(session: Session, customers: list[str], notes: list[str]) -> Iterable[Problem]:
    """Find aggregations over hosts that no site of the customer has, as far as the inventory knows its sites."""
    named = ReferenceRow.kind == HOSTS
    rows = session.execute(
        select(Element.kind, Element.key, Element.title, Element.customer_id, ReferenceRow.key.label("host"))
        .join(ReferenceRow, and_(ReferenceRow.element_id == Element.id, named))
        .where(_released(customers))
    ).all()
    if not rows:
        return
    asked = sorted({row.customer_id for row in rows if row.customer_id})
    if any(row.customer_id is None for row in rows):
        asked = customers
    unread, known = _unread(session, asked), _known(session, {row.host for row in rows})
    for row in rows:
        what = {"name": _named(row.kind, row.title), "host": row.host}
        for customer_id in [row.customer_id] if row.customer_id else customers:
            if (customer_id, row.host) in known:
                continue
            if customer_id in unread:
                said = {**what, "site": unread[customer_id]}
                notes.append(_("%(name)s names the host %(host)s; nobody knows yet which hosts %(site)s has.", **said))
                continue
            sentence = _("%(name)s names the host %(host)s, which is on no site of this customer.", **what)
            yield Problem(customer_id, sentence, row.kind, row.key)


def _known(session: Session, names: Collection[str]) -> set[tuple[str, str]]:
    """Return customers and the hosts of these names that their sites have."""
    found = select(Host.customer_id, Host.name)
    keys = sliced({sort_key(name) for name in names})
    return {pair for some in keys for pair in session.execute(found.where(Host.name_key.in_(some)))}


def _unread(session: Session, customers: Collection[str]) -> dict[str, str]:
    """Return, of customers with sites whose hosts were never read, one such site."""
    unread = (
        select(Site.customer_id, Site.alias)
        .outerjoin(Sweep, Sweep.site_id == Site.id)
        .where(Site.customer_id.in_(customers), Site.archived_at.is_(None), Sweep.finished_at.is_(None))
    )
    return dict(session.execute(unread).all())


def _alone(session: Session, customers: list[str]) -> Iterable[Problem]:
    """Find customers whose sites would have nobody who can sign in (seed, 4)."""
    enabled = and_(User.archived_at.is_(None), User.disabled_at.is_(None))
    if session.scalar(select(exists().where(enabled, User.customer_id.is_(None)))):
        return
    peopled = set(session.scalars(select(User.customer_id).where(enabled, User.customer_id.in_(customers)).distinct()))
    for customer_id in customers:
        if customer_id not in peopled:
            sentence = _("Nobody could sign in: neither this customer nor Global has an enabled user.")
            yield Problem(customer_id, sentence, "customers", customer_id)


def _named(kind: str, title: str) -> str:
    """Return an element as sentences name it."""
    label = str(KINDS[kind].title) if kind in KINDS else kind
    return str(_("“%(title)s” (%(kind)s)", title=title, kind=label))
