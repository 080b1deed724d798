"""Notes: what staff say among themselves about a ticket.

No message and no event of the customer: a table of its own, which no statement of the customer's door names and which
the database, where it isolates customers, shows to nobody but staff.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any, ClassVar

from flask_babel import gettext as _
from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, Session, mapped_column

from ..customers.ownership import Owned
from ..database import Base, Identified, UtcDateTime, now
from ..errors import Refused
from .tickets import Ticket


class Note(Identified, Owned, Base):
    """An internal note on a ticket. Rows are only ever added; a merge takes them along."""

    __tablename__ = "ticket_notes"
    __table_args__ = (Index("ix_ticket_notes_ticket_id", "ticket_id", "id"),)

    read_by_customer: ClassVar[str] = "nobody"
    """No such verb exists: nobody of a customer reads notes."""
    read_by_staff: ClassVar[str] = "support.read"

    ticket_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("tickets.id"))
    author_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"))
    body: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    @classmethod
    def write(cls, session: Session, ticket: Ticket, body: str, *, by: Any) -> Note:
        """Add a note. Raises Refused (field `note`) for an empty one."""
        body = body.replace("\r\n", "\n").strip()
        if not body:
            raise Refused(_("Write something first."), field="note")
        note = cls(ticket_id=ticket.id, customer_id=ticket.customer_id, author_id=by.id, body=body)
        session.add(note)
        return note
