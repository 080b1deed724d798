"""Uses: the tickets of a customer, closed ones too."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, func, select

from ..customers.uses import Source, add
from .tickets import Ticket


def _tickets(customer_id: str) -> Select[int]:
    return select(func.count(Ticket.id)).where(Ticket.customer_id == customer_id, Ticket.archived_at.is_(None))


def register() -> None:
    """Add this source."""
    add(Source(_l("Tickets"), "support.read", _tickets, "/provider/support/tickets/?state=any&customer={}".format, 40))
