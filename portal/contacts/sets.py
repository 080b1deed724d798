"""Contact sets: which contact groups are responsible, kept once for all hosts and services that have the same ones.

A million services have some hundred different sets. A row points at its set, so that a rule edited changes few rows,
and who sees what is asked of the sets first.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable

from sqlalchemy import ForeignKey, Index, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from ..database import Base, Identified


class ContactSet(Identified, Base):
    """A set of contact groups that some hosts or services have; `digest` names it."""

    __tablename__ = "contact_sets"

    digest: Mapped[str] = mapped_column(String(64), unique=True)


class ContactSetGroup(Base):
    """A contact group in a set."""

    __tablename__ = "contact_set_groups"
    __table_args__ = (Index("ix_contact_set_groups_group_id", "group_id", "set_id"),)

    set_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("contact_sets.id", ondelete="CASCADE"), primary_key=True)
    group_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("elements.id"), primary_key=True)


def digest_of(group_ids: Iterable[uuid.UUID]) -> str:
    """Return what names the set of these groups."""
    return hashlib.sha256(" ".join(sorted(map(str, group_ids))).encode()).hexdigest()


def intern(session: Session, groups: Iterable[frozenset[uuid.UUID]]) -> dict[frozenset[uuid.UUID], uuid.UUID]:
    """Return the id of each set, made where it is new; the empty set has none."""
    wanted = {digest_of(ids): ids for ids in groups if ids}
    found = dict(session.execute(select(ContactSet.digest, ContactSet.id).where(ContactSet.digest.in_(wanted))).all())
    for digest in wanted.keys() - found.keys():
        row = ContactSet(digest=digest)
        session.add(row)
        session.flush()
        session.add_all(ContactSetGroup(set_id=row.id, group_id=id) for id in wanted[digest])
        found[digest] = row.id
    session.flush()
    return {wanted[digest]: id for digest, id in found.items()}
