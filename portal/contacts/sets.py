"""Contact sets: which contact groups are responsible, kept once for all hosts and services that have the same ones.

A million services have some hundred different sets. A row points at its set, so that a rule edited changes few rows,
and who sees what is asked of the sets first. What a set holds may change in place: then none of its rows is written.
"""

from __future__ import annotations

import uuid

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from ..database import Base, Identified


class ContactSet(Identified, Base):
    """The groups of some hosts; or of some services, with those of their hosts. None at all is a set too."""

    __tablename__ = "contact_sets"
    __table_args__ = (Index("ix_contact_sets_host_set_id", "host_set_id"),)

    host_set_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("contact_sets.id"))
    """Of services: a set of hosts that holds what their hosts have."""
    has_own: Mapped[bool] = mapped_column(default=False)
    """Of services: they were given their groups explicitly; else they have their hosts'."""


class ContactSetGroup(Base):
    """A contact group in a set. `is_of_host`: it is responsible for the host of these services, not for them.

    Whoever is in such a group sees the services too, unless the provider is strict, and is never notified of them.
    """

    __tablename__ = "contact_set_groups"
    __table_args__ = (Index("ix_contact_set_groups_group_id", "group_id", "set_id"),)

    set_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("contact_sets.id", ondelete="CASCADE"), primary_key=True)
    group_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("elements.id"), primary_key=True)
    is_of_host: Mapped[bool] = mapped_column(default=False)
