"""Waiting: the tickets staff should look at next, for where they begin and for the menu."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from ..customers.models import Customer
from ..database import now
from ..web import navigation
from ..web.waiting import Item, Source, add
from . import due
from .queue import NEEDS_ANSWER, UNCLOSED
from .tickets import OVER, Ticket

MOST = 99


def _needs_answer() -> ColumnElement[bool]:
    return UNCLOSED & Ticket.state.in_([state.value for state in NEEDS_ANSWER])


def count(session: Session) -> int:
    """Return how many tickets are overdue or nobody's, up to 99."""
    waits = or_(Ticket.due_at < now(), Ticket.assignee_id.is_(None))
    some = select(Ticket.id).where(_needs_answer(), waits).limit(MOST).subquery()
    return session.scalar(select(func.count()).select_from(some)) or 0


def unsolved(reader: Any, customer_id: Any) -> Select[int]:
    """Return the select of how many tickets of a customer, an ID or its column, are neither solved nor closed."""
    is_theirs = (Ticket.customer_id == customer_id) & Ticket.archived_at.is_(None)
    over = [state.value for state in OVER]
    return select(func.count(Ticket.id)).where(Ticket.seen_by(reader), is_theirs, UNCLOSED, Ticket.state.not_in(over))


def overdue(session: Session, reader: Any, limit: int) -> list[Item]:
    """Return the tickets that should have been answered, the latest first; and show the number in the menu."""
    navigation.badge({"support": count(session)})
    return _items(session, reader, Ticket.due_at < now(), limit)


def untaken(session: Session, reader: Any, limit: int) -> list[Item]:
    """Return the tickets that nobody works on and that are still in time, the soonest due first."""
    return _items(session, reader, (Ticket.due_at >= now()) & Ticket.assignee_id.is_(None), limit)


def _items(session: Session, reader: Any, condition: ColumnElement[bool], limit: int) -> list[Item]:
    rows = session.execute(
        select(Ticket.id, Ticket.reference, Ticket.subject, Ticket.due_at, Customer.name.label("company"))
        .outerjoin(Customer, Customer.id == Ticket.customer_id)
        .where(Ticket.seen_by(reader), _needs_answer(), condition)
        .order_by(Ticket.due_at, Ticket.id)
        .limit(limit)
    )
    return [_item(row) for row in rows]


def _item(row: Any) -> Item:
    said = due.say(row.due_at, now())
    return Item(
        row.subject, f"/provider/support/tickets/{row.id}", f"{row.company} · {row.reference}",
        said.text if said else "", said.tone if said else "neutral",
    )  # fmt: skip


def register() -> None:
    """Add these sources."""
    queue = "/provider/support/tickets/"
    add(
        Source(_l("Overdue tickets"), "support.answer", overdue, f"{queue}?overdue=1", 12),
        Source(_l("Tickets nobody has taken"), "support.answer", untaken, f"{queue}?assignee=nobody", 14),
    )
