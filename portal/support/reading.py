"""Reading: one ticket with its conversation, as somebody of the company may see it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from markupsafe import Markup
from sqlalchemy import Select, select
from sqlalchemy.orm import Session, aliased

from ..accounts.users import User
from ..conversations import text
from ..conversations.messages import Attachment, Message, Side, Source
from ..database import db
from ..records import prepared
from ..storage import File
from .tickets import Ticket, TicketWatcher

MOST_SHOWN = 100
"""Messages on one page; earlier ones stand on a page of their own."""
MOST_LETTERS_SHOWN = 250_000
"""Letters on one page, but for a single message: some Markdown takes a second of work for every 50,000."""


@dataclass(frozen=True)
class Said:
    """One message: who, when, by what way, what, and the files sent along."""

    id: uuid.UUID
    author: str
    is_staff: bool
    by_mail: bool
    at: datetime
    html: Markup
    files: list[Any]


def load(reader: Any, id: uuid.UUID, customer_id: str) -> dict[str, Any] | None:
    """Return a ticket as a row, with the opener's name and who follows it; None where the reader sees none."""
    session, values = db.session(), prepared.parameters(reader, customer_id, id)
    record = prepared.run(session, _ticket(reader.verbs), values).first()
    if record is None:
        return None
    watchers = prepared.run(session, _watchers(reader.verbs), values).all()
    return {"record": record, "watchers": watchers}


@prepared.prepared
def _ticket(reader: Any) -> Select[Any]:
    enterer = aliased(User)
    return (
        select(*Ticket.__table__.columns, User.name.label("opener"), enterer.name.label("entered_by"))
        .join(User, User.id == Ticket.opener_id)
        .outerjoin(enterer, enterer.id == Ticket.entered_by_id)
        .where(
            Ticket.id == prepared.ID, Ticket.customer_id == prepared.CUSTOMER, Ticket.seen_by(reader),
            Ticket.archived_at.is_(None),
        )
    )  # fmt: skip


@prepared.prepared
def _watchers(reader: Any) -> Select[Any]:
    return (
        select(User.id, User.name)
        .join(TicketWatcher, TicketWatcher.user_id == User.id)
        .where(TicketWatcher.ticket_id == prepared.ID, TicketWatcher.seen_by(reader))
        .order_by(User.name_key, User.id)
    )


def conversation(
    session: Session, reader: Any, ticket_id: uuid.UUID, *, before: uuid.UUID | None = None
) -> tuple[list[Said], bool]:
    """Return the last messages of a ticket the reader sees, oldest first, and whether there are earlier ones.

    Two statements; `before` asks for those before a message.
    """
    author = aliased(User)
    statement = (
        select(Message.id, Message.side, Message.source, Message.created_at, Message.body, author.name.label("author"))
        .outerjoin(author, author.id == Message.author_id)
        .where(Message.seen_by(reader), Message.record_id == ticket_id)
        .order_by(Message.id.desc())
        .limit(MOST_SHOWN + 1)
    )
    if before is not None:
        statement = statement.where(Message.id < before)
    rows = session.execute(statement).all()
    shown: list[Any] = []
    letters = 0
    for row in rows[:MOST_SHOWN]:
        letters += len(row.body)
        if shown and letters > MOST_LETTERS_SHOWN:
            break
        shown.append(row)
    files = _files(session, reader, [row.id for row in shown])
    return [_said(row, files.get(row.id, [])) for row in reversed(shown)], len(rows) > len(shown)


def _said(row: Any, files: list[Any]) -> Said:
    return Said(
        id=row.id, author=row.author or "", is_staff=row.side == Side.STAFF, by_mail=row.source == Source.MAIL,
        at=row.created_at, html=text.html_of(row.body, row.source), files=files,
    )  # fmt: skip


def _files(session: Session, reader: Any, message_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[Any]]:
    found: dict[uuid.UUID, list[Any]] = {}
    rows = session.execute(
        select(Attachment.id, Attachment.message_id, File.name, File.size)
        .join(File, File.id == Attachment.file_id)
        .where(Attachment.seen_by(reader), Attachment.message_id.in_(message_ids))
        .order_by(Attachment.id)
    )
    for row in rows:
        found.setdefault(row.message_id, []).append(row)
    return found


def attachment(session: Session, reader: Any, ticket_id: uuid.UUID, id: uuid.UUID) -> File | None:
    """Return the file of an attachment of a ticket the reader sees; None for every other."""
    return session.scalar(
        select(File)
        .join(Attachment, Attachment.file_id == File.id)
        .join(Ticket, Ticket.id == Attachment.record_id)
        .where(
            Attachment.id == id, Attachment.seen_by(reader), Ticket.id == ticket_id, Ticket.seen_by(reader),
            Ticket.archived_at.is_(None),
        )
    )  # fmt: skip


def locked(session: Session, reader: Any, id: uuid.UUID) -> Ticket | None:
    """Return a ticket to act on; where the database has row locks, others who act on it wait."""
    return session.scalar(
        Ticket.visible_to(reader)
        .where(Ticket.id == id, Ticket.archived_at.is_(None))
        .with_for_update(of=Ticket)
        .execution_options(populate_existing=True)
    )
