"""Groups: which contact groups a person is in, and which of them are on the sites the person goes to."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Select, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from ...accounts.users import User
from ...audit.models import record
from ...contacts import memberships
from ...contacts.memberships import CONTACT_GROUPS, Membership
from ...customers.elements import Element
from ...customers.models import Customer
from ...errors import Refused
from ..directories.directory import Directory
from . import pending
from .profiles import reaching
from .release import describe

MOST_OFFERED = 200


@dataclass(frozen=True)
class Group:
    """A contact group as a choice: `is_on_sites` when it is on every site the person goes to."""

    key: str
    title: str
    company: str
    is_on_sites: bool


def held(session: Session, user: User) -> list[Group]:
    """Return the contact groups a person is in, by title."""
    statement = _groups(user.customer_id).join(Membership, Membership.group_id == Element.id)
    return _read(session, statement.where(Membership.user_id == user.id).order_by(Element.title_key, Element.key))


def offered(session: Session, customer_id: str | None) -> tuple[list[Group], bool]:
    """Return the contact groups to choose from, those on the sites first, and whether there are more than these."""
    statement = _groups(customer_id).order_by(reaching(customer_id).desc(), Element.title_key, Element.key)
    found = _read(session, statement.limit(MOST_OFFERED + 1))
    return found[:MOST_OFFERED], len(found) > MOST_OFFERED


def mapped(session: Session, user: User) -> frozenset[str]:
    """Return the keys of the contact groups on which the directory decides that an account comes from."""
    element = session.get(Element, user.directory_id) if user.directory_id else None
    return frozenset(key for _dn, key in Directory.of(element).contact_groups) if element is not None else frozenset()


def choose(session: Session, user: User, keys: Collection[str], *, by: Any) -> None:
    """Let a person be in exactly these contact groups; it reaches the sites with the next activation.

    Raises `Refused` (field "groups") for one that the person's directory gives or takes, unless it is that (`by` None).
    """
    present = held(session, user)
    before = {group.key: group.title for group in present}
    if set(keys) == set(before):
        return
    fixed = mapped(session, user) & (set(keys) ^ set(before)) if by is not None else ()
    if fixed:
        sentence = _("The directory decides who is in the contact group “%(id)s”.", id=sorted(fixed)[0])
        raise Refused(sentence, field="groups")
    rows = session.execute(
        select(Element.id, Element.key, Element.title, reaching(user.customer_id).label("is_on_sites"))
        .where(Element.kind == CONTACT_GROUPS, Element.key.in_(keys), Element.archived_at.is_(None))
        .with_for_update(read=True)
    ).all()
    for key in keys:
        if key not in {row.key for row in rows}:
            raise Refused(_("There is no contact group with the ID “%(id)s”.", id=key), field="more")
    memberships.put(session, user.id, [row.id for row in rows])
    flag_modified(user, "portal_role")  # memberships are rows of their own: the version is to tell of them too
    after = {row.key: row.title for row in rows}
    mine = {group.key for group in present if group.is_on_sites or user.is_staff}
    mine |= {row.key for row in rows if row.is_on_sites or user.is_staff}
    record(
        session, "user.groups_changed", by=by, customer_id=user.customer_id, subject_id=user.id,
        added=_told(after, before, mine), taken=_told(before, after, mine),
    )  # fmt: skip
    said = [", ".join(sorted(titles.values())) for titles in (before, after)]
    pending.note_user(session, user, user.customer_id, act="changed", by=by, contact_groups=said)


def typed(text: str | None) -> set[str]:
    """Return the keys that somebody typed, separated by commas or blanks."""
    return set(re.split(r"[,\s]+", text or "")) - {""}


def _told(some: dict[str, str], but: Iterable[str], mine: Collection[str]) -> list[str]:
    """Return titles for the history, which the person's company reads: "" for one that is another company's."""
    return sorted(title if key in mine else "" for key, title in some.items() if key not in but)


def _groups(customer_id: str | None) -> Select[Any]:
    columns: tuple[Any, ...] = (
        Element.key, Element.title, Element.customer_id, Customer.name.label("company"),
        reaching(customer_id).label("is_on_sites"),
    )  # fmt: skip
    statement = select(*columns).outerjoin(Customer, Customer.id == Element.customer_id)
    return statement.where(Element.kind == CONTACT_GROUPS, Element.archived_at.is_(None))


def _read(session: Session, statement: Select[Any]) -> list[Group]:
    return [
        Group(row.key, row.title, describe(row.customer_id, row.company), bool(row.is_on_sites))
        for row in session.execute(statement)
    ]
