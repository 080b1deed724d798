"""Ticket: one problem of a customer, from the first question to its end. What may be done to one: `deeds`."""

from __future__ import annotations

import secrets
import uuid
from datetime import datetime, timedelta
from enum import StrEnum
from typing import ClassVar

from flask_babel import lazy_gettext as _l
from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    Computed,
    ForeignKey,
    Index,
    SmallInteger,
    String,
    Text,
    and_,
    exists,
    false,
    or_,
    text,
    true,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..customers.ownership import Owned, Reader
from ..database import Base, Identified, UtcDateTime, Versioned, now
from .deeds import Deeds
from .impact import RANK, Impact
from .targets import NOTHING_DUE

REFERENCE_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""No letter that is taken for another when read aloud: references are told on the phone."""


class TicketState(StrEnum):
    """Where a ticket stands."""

    NEW = "new"
    OPEN = "open"
    WAITING = "waiting"
    SOLVED = "solved"
    CLOSED = "closed"
    REOPENED = "reopened"


STATES = {
    TicketState.NEW: (_l("New"), "info"),
    TicketState.OPEN: (_l("Open"), "info"),
    TicketState.WAITING: (_l("Waiting for you"), "warn"),
    TicketState.SOLVED: (_l("Solved"), "good"),
    TicketState.CLOSED: (_l("Closed"), "neutral"),
    TicketState.REOPENED: (_l("Reopened"), "info"),
}
"""Word and tone of each state as the customer reads it; staff read "With the customer"."""

OVER = (TicketState.SOLVED, TicketState.CLOSED)
REOPEN_WITHIN = timedelta(days=30)


class Environment(StrEnum):
    """Where the problem is."""

    PRODUCTION = "production"
    OTHER = "other"


class SeenBy(StrEnum):
    """Who of the company sees a ticket: all who hold the right, or the opener and the watchers."""

    COMPANY = "company"
    OPENER = "opener"


class Satisfaction(StrEnum):
    """How content the customer was."""

    GOOD = "good"
    FAIR = "fair"
    BAD = "bad"


def new_reference() -> str:
    """Return a short name for a ticket, said on the phone and in subjects; it tells no volume."""
    return "T-" + "".join(secrets.choice(REFERENCE_LETTERS) for _letter in range(7))


_RANK = "CASE impact " + " ".join(f"WHEN '{impact}' THEN {rank}" for impact, rank in RANK.items()) + " END"
_UNCLOSED = text("state <> 'closed'")


def _indexes() -> list[Index]:
    """Return an index for each way the queue is read: everybody's, a customer's, somebody's, in each order.

    What is not closed has its own: these stay small however many tickets there are in all. Those by last activity
    hold all that filters ask for, those by what is due the state, so that counting looks at nothing else.
    """
    found = []
    for whose in ((), ("customer_id",), ("assignee_id",)):
        filters = [name for name in ("state", "impact", "tier", "assignee_id", "customer_id") if name not in whose]
        for order in (("updated_at",), ("created_at",), ("due_at",), ("impact_rank", "due_at")):
            name, columns = "_".join((*whose, *order)), (*whose, *order, "id")
            more = {"updated_at": [*filters, "due_at"], "due_at": ["state"]}.get(order[0], [])
            found.append(
                Index(
                    f"ix_tickets_unclosed_{name}", *columns, *more, sqlite_where=_UNCLOSED, postgresql_where=_UNCLOSED
                )
            )
            if "due_at" not in order:
                found.append(Index(f"ix_tickets_{name}", *columns, *(filters if more else ())))
    return found


class Ticket(Deeds, Identified, Versioned, Owned, Base):
    """A support ticket. `due_at` is when staff should have answered by, `NOTHING_DUE` when nothing is expected."""

    __tablename__ = "tickets"
    __table_args__ = (
        CheckConstraint("impact IN ('critical', 'significant', 'limited', 'minimal')", name="impact"),
        CheckConstraint("state IN ('new', 'open', 'waiting', 'solved', 'closed', 'reopened')", name="state"),
        CheckConstraint("seen_by_whom IN ('company', 'opener')", name="seen_by_whom"),
        *_indexes(),
    )

    read_by_customer: ClassVar[str] = "tickets.use"
    read_by_staff: ClassVar[str] = "support.read"
    search_kind: ClassVar[str] = "tickets"

    reference: Mapped[str] = mapped_column(String(12), unique=True, default=new_reference)
    opener_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    entered_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"))
    """Who of the staff entered it for the opener, who called; None: the opener did."""
    subject: Mapped[str] = mapped_column(String(200))
    impact: Mapped[Impact] = mapped_column(String(20))
    impact_rank: Mapped[int] = mapped_column(SmallInteger, Computed(_RANK, persisted=True))
    """1 is the worst: what lists are sorted by."""
    environment: Mapped[Environment] = mapped_column(String(20))
    edition: Mapped[str] = mapped_column(String(10), default="")
    product_version: Mapped[str] = mapped_column(String(40), default="")
    site: Mapped[str] = mapped_column(String(100), default="")
    state: Mapped[TicketState] = mapped_column(String(20), default=TicketState.NEW)
    seen_by_whom: Mapped[SeenBy] = mapped_column(String(20), default=SeenBy.COMPANY)
    tier: Mapped[str | None] = mapped_column(String(20))
    """The support tier the company had when the ticket was opened: what its targets follow."""
    assignee_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime, default=NOTHING_DUE)
    first_due_at: Mapped[datetime] = mapped_column(UtcDateTime, default=NOTHING_DUE)
    first_answer_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answers_in_time: Mapped[int] = mapped_column(default=0)
    answers_late: Mapped[int] = mapped_column(default=0)
    """How many of the later answers came by when they were due, and how many did not."""
    solved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    merged_into_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("tickets.id"))
    satisfaction: Mapped[Satisfaction | None] = mapped_column(String(20))
    satisfaction_text: Mapped[str] = mapped_column(Text, default="")
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    watchers: Mapped[list[TicketWatcher]] = relationship(cascade="all, delete-orphan")

    @classmethod
    def seen_by(cls, reader: Reader) -> ColumnElement[bool]:
        """Return the condition under which `reader` sees a ticket: staff all, others by right, company and watchers."""
        if cls.read_by_staff in reader.verbs:
            return true()
        if cls.read_by_customer not in reader.verbs or reader.customer_id is None:
            return false()
        watches = exists().where(TicketWatcher.ticket_id == cls.id, TicketWatcher.user_id == reader.id)
        return and_(
            cls.customer_id == reader.customer_id,
            or_(cls.seen_by_whom == SeenBy.COMPANY, cls.opener_id == reader.id, watches),
        )

    @classmethod
    def known_to(cls, reader: Reader) -> ColumnElement[bool]:
        """Return the condition under which `reader` may say who sees a ticket: it opens nothing of what it says."""
        if "tickets.watchers" in reader.verbs and reader.customer_id is not None:
            return and_(cls.customer_id == reader.customer_id)
        return false()

    @property
    def is_over(self) -> bool:
        """Tell whether the ticket is solved or closed."""
        return self.state in OVER

    def search_text(self) -> str:
        """Return the words under which the ticket is found by those who may see it."""
        return f"{self.reference} {self.subject} {self.site} {self.product_version}"


class TicketWatcher(Owned, Base):
    """Somebody who follows a ticket: sees it, and gets mail at every step."""

    __tablename__ = "ticket_watchers"
    __table_args__ = (Index("ix_ticket_watchers_user_id", "user_id"),)

    read_by_customer: ClassVar[str] = "tickets.use"
    read_by_staff: ClassVar[str] = "support.read"

    ticket_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("tickets.id"), primary_key=True)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"), primary_key=True)
