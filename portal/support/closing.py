"""Closing: solved tickets end by themselves after some days."""

from __future__ import annotations

from datetime import timedelta

from flask import current_app
from sqlalchemy.orm import Session

from ..customers.ownership import PORTAL
from ..database import now
from ..jobs import every
from ..leases import Job
from .queue import UNCLOSED
from .tickets import Ticket, TicketState

PORTION = 100


@every(60, "support.close")
def close(session: Session, _job: Job) -> None:
    """Close what has been solved for so many days as the settings say.

    In portions, each of its own transaction, so that nobody waits for long. Of two workers one takes a ticket: the
    other passes over what is locked, and finds no longer solved what is closed.
    """
    since = now() - timedelta(days=current_app.config["TICKET_CLOSE_DAYS"])
    due = (
        Ticket.visible_to(PORTAL)
        .where(UNCLOSED, Ticket.state == TicketState.SOLVED, Ticket.solved_at <= since)
        .order_by(Ticket.updated_at, Ticket.id)
        .limit(PORTION)
        .with_for_update(skip_locked=True)
    )
    while tickets := session.scalars(due).all():
        for ticket in tickets:
            ticket.close(session, by=None)
        session.commit()
