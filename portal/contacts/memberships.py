"""Membership: who is in which contact group. Groups are what hosts and services are given to, never people."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from sqlalchemy import ForeignKey, Index, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from ..customers.elements import Element
from ..database import Base

CONTACT_GROUPS = "contact-groups"


class Membership(Base):
    """A person in a contact group."""

    __tablename__ = "contact_memberships"
    __table_args__ = (Index("ix_contact_memberships_group_id", "group_id"),)

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"), primary_key=True)
    group_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("elements.id"), primary_key=True)


def groups_of(session: Session, user_id: uuid.UUID) -> list[Element]:
    """Return the contact groups a person is in, by title."""
    return list(
        session.scalars(
            select(Element)
            .join(Membership, Membership.group_id == Element.id)
            .where(Membership.user_id == user_id, Element.archived_at.is_(None))
            .order_by(Element.title_key, Element.id)
        )
    )


def put(session: Session, user_id: uuid.UUID, group_ids: Iterable[uuid.UUID]) -> tuple[set[uuid.UUID], set[uuid.UUID]]:
    """Let a person be in exactly these groups; return which were added and which taken away."""
    wanted = set(group_ids)
    rows = {row.group_id: row for row in session.scalars(select(Membership).where(Membership.user_id == user_id))}
    for id in rows.keys() - wanted:
        session.delete(rows[id])
    session.add_all(Membership(user_id=user_id, group_id=id) for id in wanted - rows.keys())
    session.flush()
    return wanted - rows.keys(), rows.keys() - wanted
