"""References: which element names which, kept as rows beside the bodies, so that both ways can be asked."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ForeignKey, Index, String, delete, func, select, tuple_
from sqlalchemy.orm import Mapped, Session, mapped_column

from ..accounts.users import User
from ..contacts.memberships import CONTACT_GROUPS, Membership
from ..customers.elements import Element
from ..database import Base
from ..errors import Refused
from ..text import fold
from .kind import ElementKind, Reference

USERS = "users"
SITES = "sites"
OUTSIDE = frozenset({"hosts", SITES})
"""What is referred to and is no element: whether it is there is another's to say."""


class ReferenceRow(Base):
    """That an element names another, by kind and key."""

    __tablename__ = "setup_references"
    __table_args__ = (Index("ix_setup_references_kind", "kind", "key"),)

    element_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("elements.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(30), primary_key=True)
    key: Mapped[str] = mapped_column(String(255), primary_key=True)


@dataclass(frozen=True)
class Referrer:
    """Who uses an element: another element by kind and key, or a person (`users` and the id)."""

    kind: str
    key: str
    title: str
    customer_id: str | None


class InUse(Refused):
    """Say that something is still used; `referrers` are the first of those who do."""

    def __init__(self, referrers: list[Referrer]) -> None:
        names = ", ".join(one.title for one in referrers)
        super().__init__(_("Unable to delete: it is still in use by %(names)s.", names=names))
        self.referrers = referrers


def keep(session: Session, kind: ElementKind, element: Element) -> None:
    """Write down what an element refers to; raise `Refused` for what is not there."""
    wanted = {(one.kind, one.key): one for one in kind.references(element.body)}
    _refuse_missing(session, [one for one in wanted.values() if one.kind not in OUTSIDE])
    present = set(
        session.execute(select(ReferenceRow.kind, ReferenceRow.key).where(ReferenceRow.element_id == element.id))
    )
    gone = present - wanted.keys()
    if gone:
        session.execute(
            delete(ReferenceRow).where(
                ReferenceRow.element_id == element.id, tuple_(ReferenceRow.kind, ReferenceRow.key).in_(gone)
            )
        )
    session.add_all(ReferenceRow(element_id=element.id, kind=kind, key=key) for kind, key in wanted.keys() - present)
    session.flush()


def forget(session: Session, element: Element) -> None:
    """Drop what a deleted element referred to."""
    session.execute(delete(ReferenceRow).where(ReferenceRow.element_id == element.id))


def _refuse_missing(session: Session, references: list[Reference]) -> None:
    """Hold what is referred to until the transaction ends, so that nobody deletes it meanwhile."""
    if not references:
        return
    named = tuple_(Element.kind, Element.key).in_({(one.kind, one.key) for one in references})
    held = select(Element.kind, Element.key).where(named, Element.archived_at.is_(None)).with_for_update(read=True)
    there: set[Any] = set(session.execute(held))
    people = {fold(one.key): one.key for one in references if one.kind == USERS}
    if people:
        live = select(User.username_key).where(User.username_key.in_(people), User.archived_at.is_(None))
        there |= {(USERS, people[username]) for username in session.scalars(live)}
    for one in references:
        if (one.kind, one.key) not in there:
            raise Refused(_("%(field)s missing: “%(id)s”", field=one.field, id=one.key))


def referrers(session: Session, element: Element, *, limit: int = 50) -> list[Referrer]:
    """Return the first of those who use an element: elements by kind and title, then people of a contact group."""
    found = session.execute(
        select(Element.kind, Element.key, Element.title, Element.customer_id)
        .join(ReferenceRow, ReferenceRow.element_id == Element.id)
        .where(ReferenceRow.kind == element.kind, ReferenceRow.key == element.key, Element.archived_at.is_(None))
        .order_by(Element.kind, Element.position, Element.title_key, Element.id)
        .limit(limit)
    )
    elements = [Referrer(*row) for row in found]
    if element.kind != CONTACT_GROUPS:
        return elements
    people = session.execute(
        select(User.id, User.name, User.customer_id)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.group_id == element.id)
        .order_by(User.name_key, User.id)
        .limit(limit)
    )
    return [*elements, *(Referrer(USERS, str(id), name, customer) for id, name, customer in people)]


def of(session: Session, kind: str, key: str) -> list[Element]:
    """Return every live element that refers to this, by ID."""
    named = ReferenceRow.kind == kind, ReferenceRow.key == key
    rows = select(Element).join(ReferenceRow, ReferenceRow.element_id == Element.id)
    return list(session.scalars(rows.where(*named, Element.archived_at.is_(None)).order_by(Element.key)))


def counts(session: Session, kind: str, rows: Iterable[Any]) -> dict[str, int]:
    """Return how many use each of these elements of a kind, by key; two statements for contact groups, else one."""
    keys = {row.id: row.key for row in rows}
    named = (
        select(ReferenceRow.key, func.count())
        .where(ReferenceRow.kind == kind, ReferenceRow.key.in_(keys.values()))
        .group_by(ReferenceRow.key)
    )
    found = dict(session.execute(named).all())
    if kind == CONTACT_GROUPS:
        people = select(Membership.group_id, func.count()).where(Membership.group_id.in_(keys))
        for id, number in session.execute(people.group_by(Membership.group_id)):
            found[keys[id]] = found.get(keys[id], 0) + number
    return found
