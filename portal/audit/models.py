"""Events: who did what to whom, when. Ids, not names, so that a person can be erased and history stays."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from ..database import Base, Identified, UtcDateTime, now


class Event(Identified, Base):
    """One thing that happened. Rows are only ever added."""

    __tablename__ = "events"
    __table_args__ = (
        Index("ix_events_customer_id_id", "customer_id", "id"),
        Index("ix_events_subject_id", "subject_id", "id"),
        Index("ix_events_record_id", "record_id", "id"),
    )

    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    tag: Mapped[str] = mapped_column(String(60))
    customer_id: Mapped[str | None] = mapped_column(ForeignKey("customers.id"))
    actor_id: Mapped[uuid.UUID | None] = mapped_column()
    subject_id: Mapped[uuid.UUID | None] = mapped_column()
    """The person it was done to."""
    record_id: Mapped[uuid.UUID | None] = mapped_column()
    """What it is about, where that has a history of its own: a ticket."""
    data: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    address: Mapped[str] = mapped_column(String(64), default="")


def record(
    session: Any,
    tag: str,
    *,
    by: Any,
    customer_id: str | None,
    subject_id: uuid.UUID | None = None,
    record_id: uuid.UUID | None = None,
    **data: Any,
) -> Event:
    """Add an event to the transaction of the deed it tells of.

    `by` is the actor, or None for the portal itself. `data` holds codes, ids and plain values, never a secret.
    Raises KeyError for a tag that `sentences.TAGS` does not know.
    """
    from .followers import tell
    from .sentences import TAGS

    TAGS[tag]
    event = Event(
        tag=tag,
        customer_id=customer_id,
        actor_id=getattr(by, "id", None),
        subject_id=subject_id,
        record_id=record_id,
        data=data,
        address=getattr(by, "address", "") or "",
    )
    session.add(event)
    tell(session, event)
    return event
