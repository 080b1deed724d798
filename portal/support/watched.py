"""Watched: tickets as those know them who say who sees and follows them. No column here holds what a ticket says."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, and_, exists, func, select
from sqlalchemy.orm import Session

from ..access.rights import Right
from ..accounts.users import Grant, User
from ..errors import Refused
from ..text import fold, sort_key
from .tickets import OVER, Ticket, TicketWatcher

MOST_CHOICES = 1000


def rows(reader: Any, q: str = "", state: str = "") -> Select[*tuple[Any, ...]]:
    """Return a select of the company's tickets: reference, opener, date, state, who sees them, how many follow."""
    follow = select(func.count()).where(TicketWatcher.ticket_id == Ticket.id).scalar_subquery()
    statement = (
        select(
            Ticket.id, Ticket.reference, Ticket.opener_id, Ticket.created_at, Ticket.state, Ticket.seen_by_whom,
            User.name.label("opener"), follow.label("follow"),
        )
        .join(User, User.id == Ticket.opener_id)
        .where(Ticket.known_to(reader), Ticket.archived_at.is_(None), Ticket.merged_into_id.is_(None))
    )  # fmt: skip
    for word in q.split()[:4]:
        by_opener = User.name_key.contains(sort_key(word), autoescape=True)
        statement = statement.where(Ticket.reference.startswith(word.upper(), autoescape=True) | by_opener)
    if state:
        statement = statement.where(Ticket.state.in_(OVER) if state == "over" else Ticket.state.not_in(OVER))
    return statement


def known(session: Session, reader: Any, id: uuid.UUID) -> Ticket | None:
    """Return a ticket to say who sees it; pages about that take their columns from `rows`."""
    return session.scalar(
        select(Ticket)
        .where(Ticket.known_to(reader), Ticket.id == id, Ticket.archived_at.is_(None), Ticket.merged_into_id.is_(None))
        .with_for_update(of=Ticket)
    )


def watchers_of(session: Session, reader: Any, id: uuid.UUID) -> Sequence[Any]:
    """Return id and name of who follows a ticket, and whether they still hold the right."""
    return session.execute(
        select(User.id, User.name, User.email, _holds().label("holds"))
        .join(TicketWatcher, TicketWatcher.user_id == User.id)
        .join(Ticket, Ticket.id == TicketWatcher.ticket_id)
        .where(Ticket.known_to(reader), Ticket.id == id)
        .order_by(User.name_key, User.id)
    ).all()


def holders(session: Session, reader: Any, opener_id: uuid.UUID) -> list[tuple[str, str]]:
    """Return the look-up's options: who of the company holds the right, but for the opener."""
    found = session.execute(
        select(User.id, User.name, User.email)
        .where(_active(reader), _holds(), User.id != opener_id)
        .order_by(User.name_key, User.id)
        .limit(MOST_CHOICES)
    )
    return [(str(row.id), f"{row.name} · {row.email}" if row.email else row.name) for row in found]


def holder(session: Session, reader: Any, typed: str) -> User:
    """Return whom the look-up's value names: an id, or an address or name that one colleague has.

    Raises Refused for nobody of the company, and for several.
    """
    try:
        named: ColumnElement[bool] = User.id == uuid.UUID(typed)
    except ValueError:
        named = (User.email_key == fold(typed)) | (User.name_key == sort_key(typed))
    found = session.scalars(select(User).where(_active(reader), named).limit(2)).all()
    if len(found) != 1:
        raise Refused(_("Choose somebody of the company who has the right “Request Support”."), field="watcher")
    return found[0]


def _active(reader: Any) -> ColumnElement[bool]:
    return and_(
        User.seen_by(reader), User.customer_id == reader.customer_id, User.disabled_at.is_(None),
        User.archived_at.is_(None),
    )  # fmt: skip


def _holds() -> ColumnElement[bool]:
    return exists().where(Grant.user_id == User.id, Grant.right == Right.REQUEST_SUPPORT)
