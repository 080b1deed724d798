"""The queue: the tickets of all customers as staff filter and sort them, what needs an answer first.

Each filter and order it offers follows an index, so that a page costs the same among a million tickets as among
a thousand. Orders by what is due are offered only where something is.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import pgettext
from sqlalchemy import ColumnElement, Select, case, literal_column, select
from sqlalchemy.orm import Session, aliased

from ..accounts.users import User
from ..customers.models import Customer
from ..customers.subscriptions import TIERS
from ..database import now
from ..web import paging
from . import searching
from .impact import LABELS
from .tickets import OVER, Ticket, TicketState
from .tickets import STATES as AS_CUSTOMERS_READ

NEEDS_ANSWER = (TicketState.NEW, TicketState.OPEN, TicketState.REOPENED)
STATES = {**AS_CUSTOMERS_READ, TicketState.WAITING: (_l("With the customer"), "neutral")}
"""Word and tone of each state as staff read it."""

CHOICES = {
    "": _l("Needs an answer"),
    **{state.value: label for state, (label, _tone) in STATES.items()},
    "unsolved": _l("All but solved and closed"),
    "unclosed": _l("All but closed"),
    "any": _l("Any state"),
}
TIER_CHOICES = {**{tier.value: label for tier, label in TIERS.items()}, "none": _l("No support")}
SORTS = {
    "due": (_l("Soonest due"), (Ticket.due_at,), False),
    "impact": (_l("Worst impact"), (Ticket.impact_rank, Ticket.due_at), False),
    "updated": (_l("Latest activity"), (Ticket.updated_at,), True),
    "quiet": (_l("Longest without activity"), (Ticket.updated_at,), False),
    "created": (_l("Newest"), (Ticket.created_at,), True),
    "oldest": (_l("Oldest"), (Ticket.created_at,), False),
}
"""For each order its label, its keys, and whether it begins with the last."""

WITH_CLOSED = ("any", TicketState.CLOSED.value)
NOTHING_DUE_IN = (*WITH_CLOSED, TicketState.WAITING.value, TicketState.SOLVED.value)
"""Where nothing, or next to nothing, is due: orders by what is due would say nothing there."""

UNCLOSED = Ticket.state != literal_column("'closed'")
"""As a literal: only then do databases see that the indexes of what is not closed will do."""

assignee = aliased(User)
FIELDS = (
    Ticket.id, Ticket.reference, Ticket.subject, Ticket.impact, Ticket.state, Ticket.tier, Ticket.due_at,
    Ticket.updated_at, Ticket.created_at, Ticket.customer_id, Ticket.merged_into_id, Customer.name.label("company"),
    assignee.name.label("assignee"),
)  # fmt: skip


@dataclass(frozen=True)
class Wish:
    """What somebody asked for; "" is no wish. `customer` is an ID, `assignee` "me", "nobody" or an id."""

    state: str = ""
    impact: str = ""
    tier: str = ""
    customer: str = ""
    assignee: str = ""
    overdue: str = ""
    q: str = ""
    sort: str = ""

    @classmethod
    def asked(cls) -> Wish:
        """Return what this request's address asks for; what makes no sense falls back."""
        state, sort = paging.chosen("state", CHOICES), paging.chosen("sort", SORTS)
        return cls(
            state=state,
            impact=paging.chosen("impact", list(LABELS)),
            tier=paging.chosen("tier", TIER_CHOICES),
            customer=" ".join(request.args.get("customer", "").replace("\0", "").split())[: Customer.ID_LENGTH],
            assignee=_assignee(request.args.get("assignee", "")),
            overdue=paging.chosen("overdue", ("1",)),
            q=paging.searched(),
            sort="" if sort not in sorts(state) or sort == sorts(state)[0] else sort,
        )

    @property
    def query(self) -> dict[str, str]:
        """Return the wish as the parameters of an address."""
        return {name: value for name, value in vars(self).items() if value}

    @property
    def order(self) -> tuple[Any, tuple[Any, ...], bool]:
        """Return label, keys and direction of the order."""
        return SORTS[self.sort or sorts(self.state)[0]]

    def conditions(self, reader: Any, moment: datetime) -> Iterator[ColumnElement[bool]]:
        """Yield what narrows the list, but for the search."""
        if self.state not in WITH_CLOSED:
            yield UNCLOSED
        if self.state in STATES:
            yield Ticket.state == self.state
        elif self.state == "unsolved":
            yield Ticket.state.not_in([state.value for state in OVER])
        elif not self.state:
            yield Ticket.state.in_([state.value for state in NEEDS_ANSWER])
        if self.impact:
            yield Ticket.impact == self.impact
        if self.tier:
            yield Ticket.tier.is_(None) if self.tier == "none" else Ticket.tier == self.tier
        if self.customer:
            yield Ticket.customer_id == self.customer
        if self.assignee:
            yield (
                Ticket.assignee_id.is_(None) if self.assignee == "nobody" else Ticket.assignee_id == self.whose(reader)
            )
        if self.overdue:
            yield self._is_late(moment)

    def whose(self, reader: Any) -> uuid.UUID:
        """Return whose tickets are asked for."""
        return uuid.UUID(str(reader.id if self.assignee == "me" else self.assignee))

    def _is_late(self, moment: datetime) -> ColumnElement[bool]:
        if (self.sort or sorts(self.state)[0]) != "due":
            return case((Ticket.due_at < moment, 1), else_=0) == 1  # walk the order asked for, not what is late
        return Ticket.due_at < moment


def sorts(state: str) -> list[str]:
    """Return the orders offered for tickets in that state, the usual one first."""
    return [name for name in SORTS if state not in NOTHING_DUE_IN or name not in ("due", "impact")]


def page(session: Session, reader: Any, wish: Wish) -> paging.Page:
    """Return the page of the queue that the address asks for: two statements, two more for a search."""
    _label, keys, descending = wish.order
    found, few = _statement(session, reader, wish)
    has_nothing_due = wish.state in (TicketState.WAITING, TicketState.SOLVED)
    return paging.page(
        session, found, id=Ticket.id, keys=keys, descending=descending, counted=few,
        count_by=(Ticket.updated_at,) if has_nothing_due and not wish.q else (),
    )  # fmt: skip


def every_row(session: Session, reader: Any, wish: Wish) -> Iterator[Any]:
    """Yield all tickets of the wish in its order: for exports."""
    _label, keys, descending = wish.order
    order = [key.desc() if descending else key.asc() for key in (*keys, Ticket.id)]
    statement, _few = _statement(session, reader, wish)
    yield from session.execute(statement.order_by(*order).execution_options(yield_per=500))


def csv_rows(rows: Iterator[Any]) -> tuple[list[str], Iterator[list[Any]]]:
    """Return headings and rows of the export."""
    headings = [pgettext("ticket", "Reference"), _("Subject"), _("Customer"), _("Impact"), _("Support tier"),
                _("State"), _("Due"), _("Assigned to"), _("Opened"), _("Last activity")]  # fmt: skip
    return headings, (
        [
            row.reference, row.subject, row.company, str(LABELS[row.impact]), str(TIER_CHOICES[row.tier or "none"]),
            str(STATES[row.state][0]), row.due_at if is_due(row) else None, row.assignee, row.created_at,
            row.updated_at,
        ]
        for row in rows
    )  # fmt: skip


def is_due(row: Any) -> bool:
    """Tell whether anything is due for a ticket."""
    return bool(row.due_at.year < 9999)


def _statement(session: Session, reader: Any, wish: Wish) -> tuple[Select[Any], bool]:
    statement = (
        select(*FIELDS)
        .outerjoin(Customer, Customer.id == Ticket.customer_id)
        .outerjoin(assignee, assignee.id == Ticket.assignee_id)
        .where(Ticket.seen_by(reader), *wish.conditions(reader, now()))
    )
    if not wish.q:
        return statement, True
    found, few = searching.condition(session, wish.q, wish.customer)
    return statement.where(found), few


def _assignee(text: str) -> str:
    if text in ("me", "nobody"):
        return text
    try:
        return str(uuid.UUID(text)) if text else ""
    except ValueError:
        return ""
