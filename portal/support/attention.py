"""Attention: the tickets that wait for an answer of the reader: those they opened or follow."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import Select, func

from ..records import prepared
from ..records.attention import NAMED, Item, Sort, add, part, whole
from .listing import of
from .queue import UNCLOSED
from .tickets import STATES, Ticket, TicketState


def _waiting(reader: Any) -> Select[Any]:
    found = part("ticket", id=Ticket.id, name=Ticket.subject, more=Ticket.reference, count=func.count().over())
    return whole(
        found.where(
            Ticket.customer_id == prepared.CUSTOMER, Ticket.seen_by(reader), UNCLOSED,
            Ticket.state == TicketState.WAITING, Ticket.archived_at.is_(None), of(prepared.PERSON),
        )
        .order_by(Ticket.updated_at, Ticket.id)
        .limit(NAMED)
    )  # fmt: skip


def _say(rows: list[Any], _today: date) -> list[Item]:
    label, tone = STATES[TicketState.WAITING]
    items = [
        Item(
            tone, str(label), _("Ticket %(reference)s: %(subject)s", reference=row.more, subject=row.name),
            f"/support/tickets/{row.id}", entry="tickets",
        )
        for row in rows
    ]  # fmt: skip
    if more := rows[0].count - len(rows):
        text = ngettext("%(num)d more ticket", "%(num)d more tickets", more)
        url = "/support/tickets/?state=waiting&mine=1"
        items.append(Item(tone, str(label), text, url, entry="tickets", count=more))
    return items


def register() -> None:
    """Add this sort: for those who may answer, not for those who only still read."""
    add(Sort("ticket", "tickets.write", _waiting, _say, 30))
