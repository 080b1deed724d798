"""Tickets: read, opened and answered by the customer's people and by the desk, as on the pages of each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import aliased

from ...access.policy import is_staff
from ...accounts.users import User
from ...conversations.messages import MOST_LETTERS, Message, Side
from ...customers.models import Customer
from ...customers.subscriptions import Edition, offers_support
from ...errors import Forged, Refused
from ...support import listing, lookups, reading
from ...support.forms.desk import BECOMES
from ...support.impact import Impact
from ...support.targets import NOTHING_DUE
from ...support.tickets import Environment, SeenBy, Ticket, TicketState
from ..checking import refusal
from ..collection import CUSTOMER, FLAG, MOMENT, TEXT, UUID, Body, Collection, Deed, Field, Filter, line, one_of, text

MOST_MESSAGES = 100
_opener, _assignee = aliased(User), aliased(User)


def _listed(reader: Any) -> Select[Any]:
    return (
        select(*Ticket.__table__.columns, _opener.name.label("opener_name"), _assignee.name.label("assignee_name"))
        .join(_opener, _opener.id == Ticket.opener_id)
        .outerjoin(_assignee, _assignee.id == Ticket.assignee_id)
        .where(Ticket.seen_by(reader), Ticket.archived_at.is_(None))
    )


def _shown(_session: Any, reader: Any, rows: Sequence[Any]) -> list[Mapping[str, Any]]:
    return [_object(row) | (_of_desk(row) if is_staff(reader) else {}) for row in rows]


def _object(row: Any) -> dict[str, Any]:
    return {
        "id": str(row.id), "reference": row.reference, "customer": row.customer_id, "subject": row.subject,
        "impact": str(row.impact), "state": str(row.state), "environment": str(row.environment),
        "edition": row.edition, "version": row.product_version, "site": row.site, "seen_by": str(row.seen_by_whom),
        "opener": row.opener_name, "merged_into": str(row.merged_into_id) if row.merged_into_id else None,
        "created_at": row.created_at.isoformat(), "updated_at": row.updated_at.isoformat(),
    }  # fmt: skip


def _of_desk(row: Any) -> dict[str, Any]:
    """Return what only staff see."""
    due = row.due_at.isoformat() if row.due_at != NOTHING_DUE else None
    return {"tier": row.tier, "assignee": row.assignee_name, "due_at": due}


def _messages(session: Any, reader: Any, row: Any) -> Mapping[str, Any]:
    """Return the last messages of a ticket, oldest first."""
    author = aliased(User)
    rows = session.execute(
        select(Message.id, Message.side, Message.created_at, Message.body, author.name.label("author"))
        .outerjoin(author, author.id == Message.author_id)
        .where(Message.seen_by(reader), Message.record_id == row.id)
        .order_by(Message.id.desc())
        .limit(MOST_MESSAGES)
    ).all()
    return {"messages": [_message(one) for one in reversed(rows)]}


def _message(row: Any) -> dict[str, Any]:
    return {
        "id": str(row.id), "author": row.author or "", "is_staff": row.side == Side.STAFF,
        "at": row.created_at.isoformat(), "body": row.body,
    }  # fmt: skip


def _create(session: Any, values: Body, by: Any) -> Mapping[str, Any]:
    """Open a ticket: one's own, or as staff that of somebody who called."""
    customer, opener = _concerned(session, values, by)
    offered = [edition.value for edition in Edition] if opener else listing.editions(session, by)
    if values["edition"] and values["edition"] not in offered:
        raise refusal({"edition": [_("Choose one of: %(values)s.", values=", ".join(offered))]})
    ticket = Ticket.open_(
        session, customer_id=customer.id, subject=values["subject"], description=values["description"],
        impact=Impact(values["impact"]), environment=values["environment"], edition=values["edition"],
        product_version=values["version"], site=values["site"],
        seen_by_whom=values.get("seen_by") or customer.tickets_seen_by, opener=opener, by=by,
    )  # fmt: skip
    return {"id": ticket.id}


def _concerned(session: Any, values: Body, by: Any) -> tuple[Customer, User | None]:
    """Return whose ticket it is, and for staff for whom of theirs."""
    if not is_staff(by):
        if "opener_id" in values or values.get("customer", by.customer_id) != by.customer_id:
            raise refusal({"opener_id": [_("You open tickets of your own company, in your own name.")]})
        return session.get_one(Customer, by.customer_id), None
    if "customers.read" not in by.verbs:
        raise Forged("a ticket for somebody who called")
    customer = lookups.customer(session, values.get("customer", ""))
    if customer is None:
        raise Refused(_("There is no active customer with this ID."), field="customer")
    if not offers_support(session, customer.id):
        raise Refused(_("No running subscription of this customer includes support."), field="customer")
    opener = lookups.opener(session, by, customer.id, values.get("opener_id", ""))
    if opener is None:
        raise Refused(
            _("Choose somebody of this company who has the right “Request Support”."), field="opener_id"
        )  # fmt: skip
    return customer, opener


def _answer(session: Any, row: Any, values: Body, by: Any) -> Mapping[str, Any]:
    """Add to the conversation."""
    if "state" in values and not is_staff(by):
        raise refusal({"state": [_("Staff alone say what becomes of the ticket.")]})
    ticket = _locked(session, row, by)
    said = ticket.answer(session, values["body"], state=values.get("state"), by=by)
    session.flush()
    return {
        "id": str(said.id), "author": by.name, "is_staff": said.side == Side.STAFF, "at": said.created_at.isoformat(),
        "body": said.body,
    }  # fmt: skip


def _locked(session: Any, row: Any, by: Any) -> Ticket:
    ticket = reading.locked(session, by, row.id)
    if ticket is None or ticket.merged_into_id:
        raise Refused(_("This ticket was merged into another one. Go on there."))
    return ticket


def _state(name: str, summary: str, move: Callable[..., None]) -> Deed:
    """Return what moves a ticket to another state."""

    def run(session: Any, row: Any, _values: Body, by: Any) -> Mapping[str, Any]:
        ticket = _locked(session, row, by)
        move(ticket, session, by=by)
        session.flush()
        return {"id": str(ticket.id), "state": str(ticket.state)}

    shown = Field("id", UUID), Field("state", one_of([str(state) for state in TicketState]))
    return Deed(name, summary, (), ("tickets.write", "support.answer"), run, shown)


MESSAGE = (
    Field("id", UUID), Field("author", TEXT), Field("is_staff", FLAG), Field("at", MOMENT), Field("body", TEXT),
)  # fmt: skip


def _is(column: Any) -> Any:
    return lambda value: [column == value]


def _words(value: str) -> list[ColumnElement[bool]]:
    return [Ticket.subject.icontains(word, autoescape=True) for word in value.split()[:8]]


TICKETS = Collection(
    path="tickets", title="Tickets", noun="ticket",
    help="Support tickets, the newest first. Customers' people open their own; staff for somebody who called.",
    fields=(
        Field("id", UUID),
        Field("reference", TEXT, "What it is called on the phone."),
        Field("customer", CUSTOMER, "Whose it is. Staff say so; others leave it out.", "new"),
        Field("opener_id", {**line(254), "minLength": 1}, "Of staff: the id or the e-mail address of who called.",
              "new", is_shown=False),
        Field("subject", {**line(200), "minLength": 1}, taken="new", needed=True),
        Field("description", {**text(MOST_LETTERS), "minLength": 1}, "The first message, in Markdown.", "new",
              needed=True, is_shown=False),
        Field("impact", one_of([str(impact) for impact in Impact]), taken="new", needed=True),
        Field("environment", {**one_of([str(one) for one in Environment]), "default": "production"}, taken="new"),
        Field("edition", {**line(10), "default": ""}, "One of those the company has; empty: not said.", "new"),
        Field("version", {**line(40), "default": ""}, "The version of the product.", "new"),
        Field("site", {**line(100), "default": ""}, taken="new"),
        Field("seen_by", one_of([str(one) for one in SeenBy]), "Who of the company sees it.", "new"),
        Field("state", one_of([str(state) for state in TicketState])),
        Field("opener", TEXT, "Who opened it."),
        Field("merged_into", {**UUID, "type": ["string", "null"]}),
        Field("created_at", MOMENT),
        Field("updated_at", MOMENT),
        Field("tier", {"type": ["string", "null"]}, "For staff alone."),
        Field("assignee", {"type": ["string", "null"]}, "For staff alone."),
        Field("due_at", MOMENT, "When staff should have answered by. For staff alone."),
        Field(
            "messages",
            {"type": "array", "items": {"type": "object", "properties": {one.name: one.schema for one in MESSAGE},
                                        "required": [one.name for one in MESSAGE]}},
            f"The last {MOST_MESSAGES}, oldest first; bodies are Markdown.", in_lists=False,
        ),
    ),
    reads=("tickets.use", "support.read"), writes=("tickets.write", "support.answer"),
    listed=_listed, order=(Ticket.id,), descending=True, item="<uuid:id>", one=lambda id: Ticket.id == id,
    shown=_shown, more=_messages, create=_create,
    filters=(
        Filter("q", line(200), "Words of the subject.", _words),
        Filter("customer", CUSTOMER, "Those of a customer.", _is(Ticket.customer_id)),
        Filter("state", one_of([str(state) for state in TicketState]), "Those in a state.", _is(Ticket.state)),
    ),
    deeds=(
        Deed(
            "messages", "Add to the conversation",
            (
                Field("body", {**text(MOST_LETTERS), "minLength": 1}, "Markdown.", "new", needed=True),
                Field("state", one_of(list(BECOMES)), "Of staff: what becomes of the ticket.", "new"),
            ),
            ("tickets.write", "support.answer"), _answer, MESSAGE,
        ),
        _state("solution", "Say that the problem is gone", Ticket.solve),
        _state("closure", "End a ticket", Ticket.close),
        _state("reopening", "Open a ticket again", Ticket.reopen),
    ),
)  # fmt: skip
