"""Case file: everything staff see of a ticket: what was said and noted, by when, for whom, and what came before."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from markupsafe import Markup
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, aliased

from ..accounts import chronicle
from ..accounts.users import User
from ..audit.models import Event
from ..conversations import text
from ..conversations.messages import Message
from ..customers.models import Customer
from ..customers.subscriptions import Subscription, offers_support
from . import reading
from .desk import CannedAnswer
from .notes import Note
from .reading import Said
from .tickets import Ticket, TicketWatcher

MOST_EVENTS = 30
MOST_PREVIOUS = 5
MOST_CANNED = 200


@dataclass(frozen=True)
class Noted:
    """One internal note."""

    id: uuid.UUID
    author: str
    at: datetime
    html: Markup


@dataclass(frozen=True)
class CaseFile:
    """A ticket as a row with names, the conversation with notes between, and what stands around it.

    `last` is the newest message: what somebody who answers has read up to.
    """

    ticket: Any
    entries: list[Said | Noted]
    has_earlier: bool
    last: uuid.UUID | None
    watchers: list[str]
    has_support: bool
    subscriptions: list[Any]
    previous: list[Any]
    history: list[Any]


def load(session: Session, reader: Any, ticket_id: uuid.UUID, *, before: uuid.UUID | None = None) -> CaseFile | None:
    """Return the case file of a ticket; None where the reader sees none. Eleven statements."""
    ticket = session.execute(_ticket(reader).where(Ticket.id == ticket_id)).first()
    if ticket is None:
        return None
    said, has_earlier = reading.conversation(session, reader, ticket_id, before=before)
    since = said[0].id if has_earlier and said else None
    entries: list[Said | Noted] = [*said, *_notes(session, reader, ticket_id, since, before)]
    return CaseFile(
        ticket=ticket, entries=sorted(entries, key=lambda entry: entry.id), has_earlier=has_earlier,
        last=last_message(session, ticket_id),
        watchers=_watchers(session, ticket_id), has_support=offers_support(session, ticket.customer_id),
        subscriptions=_subscriptions(session, reader, ticket.customer_id),
        previous=_previous(session, reader, ticket),
        history=chronicle.latest(session, Event.record_id == ticket_id, reader=reader, limit=MOST_EVENTS),
    )  # fmt: skip


def last_message(session: Session, ticket_id: uuid.UUID) -> uuid.UUID | None:
    """Return the newest message of a ticket."""
    newest = select(Message.id).where(Message.record_id == ticket_id).order_by(Message.id.desc()).limit(1)
    return session.scalar(newest)


def canned(session: Session) -> list[tuple[uuid.UUID, str]]:
    """Return the canned answers on offer, by title."""
    rows = session.execute(
        select(CannedAnswer.id, CannedAnswer.title)
        .where(CannedAnswer.archived_at.is_(None))
        .order_by(CannedAnswer.title_key, CannedAnswer.id)
        .limit(MOST_CANNED)
    )
    return [(row.id, row.title) for row in rows]


def _ticket(reader: Any) -> Select[Any]:
    opener, assignee, entered_by, into = aliased(User), aliased(User), aliased(User), aliased(Ticket)
    return (
        select(
            *Ticket.__table__.columns, Customer.name.label("company"), opener.name.label("opener"),
            opener.email.label("opener_email"), assignee.name.label("assignee"), entered_by.name.label("entered_by"),
            into.reference.label("merged_into"),
        )
        .join(Customer, Customer.id == Ticket.customer_id)
        .join(opener, opener.id == Ticket.opener_id)
        .outerjoin(assignee, assignee.id == Ticket.assignee_id)
        .outerjoin(entered_by, entered_by.id == Ticket.entered_by_id)
        .outerjoin(into, into.id == Ticket.merged_into_id)
        .where(Ticket.seen_by(reader), Ticket.archived_at.is_(None))
    )  # fmt: skip


def _notes(
    session: Session, reader: Any, ticket_id: uuid.UUID, since: uuid.UUID | None, before: uuid.UUID | None
) -> list[Noted]:
    """Return the notes written while the messages shown were."""
    statement = (
        select(Note.id, Note.created_at, Note.body, User.name)
        .outerjoin(User, User.id == Note.author_id)
        .where(Note.seen_by(reader), Note.ticket_id == ticket_id)
    )
    if since is not None:
        statement = statement.where(Note.id >= since)
    if before is not None:
        statement = statement.where(Note.id < before)
    return [Noted(row.id, row.name or "", row.created_at, text.html(row.body)) for row in session.execute(statement)]


def _watchers(session: Session, ticket_id: uuid.UUID) -> list[str]:
    return list(
        session.scalars(
            select(User.name)
            .join(TicketWatcher, TicketWatcher.user_id == User.id)
            .where(TicketWatcher.ticket_id == ticket_id)
            .order_by(User.name_key, User.id)
        )
    )


def _subscriptions(session: Session, reader: Any, customer_id: str) -> list[Any]:
    return list(
        session.execute(
            select(Subscription.id, Subscription.edition, Subscription.support, Subscription.starts_on,
                   Subscription.ends_on)
            .where(Subscription.seen_by(reader), Subscription.customer_id == customer_id,
                   Subscription.archived_at.is_(None))
            .order_by(Subscription.ends_on.desc(), Subscription.id)
            .limit(4)
        )
    )  # fmt: skip


def _previous(session: Session, reader: Any, ticket: Any) -> list[Any]:
    return list(
        session.execute(
            select(Ticket.id, Ticket.reference, Ticket.subject, Ticket.state, Ticket.merged_into_id, Ticket.updated_at)
            .where(Ticket.seen_by(reader), Ticket.customer_id == ticket.customer_id, Ticket.id != ticket.id)
            .order_by(Ticket.updated_at.desc(), Ticket.id.desc())
            .limit(MOST_PREVIOUS)
        )
    )


def count_of(session: Session, ticket_id: uuid.UUID) -> tuple[int, int]:
    """Return how many messages and notes a ticket holds."""
    messages = select(func.count()).select_from(Message).where(Message.record_id == ticket_id).scalar_subquery()
    notes = select(func.count()).select_from(Note).where(Note.ticket_id == ticket_id).scalar_subquery()
    row = session.execute(select(messages, notes)).one()
    return int(row[0]), int(row[1])
