"""Listing: the tickets of a company as its own people see them, and what of them waits for the reader."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from ..accounts.users import User
from ..conversations.messages import Message
from ..customers.subscriptions import Subscription
from ..records import cells, prepared
from ..records.kind import Column, Filter, Kind, Sort
from . import reading
from .impact import LABELS, TONES, Impact
from .tickets import OVER, STATES, Ticket, TicketState, TicketWatcher

MERGED = (_l("Merged"), "neutral")


def state(row: Any, _day: date) -> tuple[Any, str]:
    """Return word and tone of where a ticket stands."""
    return MERGED if row.merged_into_id else STATES[TicketState(row.state)]


def impact(row: Any, _day: date) -> tuple[Any, str]:
    """Return word and tone of a ticket's impact."""
    return LABELS[Impact(row.impact)], TONES[Impact(row.impact)]


def of(person: Any) -> ColumnElement[bool]:
    """Return the condition that somebody opened a ticket or follows it."""
    followed = select(TicketWatcher.ticket_id).where(TicketWatcher.user_id == person)
    return or_(Ticket.opener_id == person, Ticket.id.in_(followed))


def read_moment(text: str) -> datetime:
    """Return the moment of a cursor; raise ValueError for none and for one without a zone."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(text)
    return moment


def _is(column: Any, value: str) -> Callable[[date], Any]:
    return lambda _day: column == value


def _opener(statement: Select[Any]) -> Select[Any]:
    return statement.join(User, User.id == Ticket.opener_id)


TICKETS = Kind(
    slug="tickets",
    label=_l("Support tickets"),
    singular=_l("Ticket"),
    lead=_l("Ask the provider’s support, and see what became of what you asked."),
    empty=_l("Whatever your company asks the provider’s support will stand here, with every answer."),
    model=Ticket,
    fields=(
        Ticket.id, Ticket.reference, Ticket.subject, Ticket.impact, Ticket.state, Ticket.site, Ticket.created_at,
        Ticket.updated_at, Ticket.merged_into_id, User.name.label("opener"),
    ),
    join=_opener,
    scope=Ticket.archived_at.is_(None),
    columns=(
        Column(_l("Subject"), cells.linked("subject", lambda row: row.reference), lambda row: row.subject, "main"),
        Column(_l("Reference"), cells.text("reference"), lambda row: row.reference, "hidden"),
        Column(_l("Impact"), cells.state(impact), lambda row: impact(row, date.min)[0]),
        Column(_l("Opened by"), cells.text("opener"), lambda row: row.opener, "spare"),
        Column(_l("Site"), cells.text("site"), lambda row: row.site, "hidden"),
        Column(_l("Opened"), cells.moment("created_at"), lambda row: row.created_at, "hidden"),
        Column(_l("Last activity"), cells.moment("updated_at"), lambda row: row.updated_at, "day", "activity"),
        Column(_l("State"), cells.state(state), lambda row: state(row, date.min)[0], "side"),
    ),
    sorts=(Sort("activity", _l("Last activity"), Ticket.updated_at, descending=True, read=read_moment),),
    filters=(
        Filter(
            "state",
            _l("Any state"),
            (
                ("unsolved", _l("All unsolved"), lambda _day: Ticket.state.not_in(OVER)),
                *((value.value, label, _is(Ticket.state, value)) for value, (label, _tone) in STATES.items()),
            ),
        ),
        Filter(
            "impact",
            _l("Any impact"),
            tuple((value.value, label, _is(Ticket.impact, value)) for value, label in LABELS.items()),
        ),
        Filter("mine", _l("Everybody’s"), (("1", _l("Mine, and what I follow"), lambda _day: of(prepared.PERSON)),)),
    ),
    load=reading.load,
    icon="support",
    templates="support",
)  # fmt: skip


@prepared.prepared
def _waiting(reader: Any) -> Select[Any]:
    return select(func.count()).where(
        Ticket.seen_by(reader), Ticket.customer_id == prepared.CUSTOMER, Ticket.archived_at.is_(None),
        Ticket.state == TicketState.WAITING, of(prepared.PERSON),
    )  # fmt: skip


def waiting(session: Session, reader: Any) -> int:
    """Return how many tickets wait for the reader; none do for who may not answer."""
    if "tickets.write" not in reader.verbs:
        return 0
    values = prepared.parameters(reader, reader.customer_id)
    return int(prepared.run(session, _waiting(reader.verbs), values).scalar_one())


def editions(session: Session, reader: Any) -> list[str]:
    """Return the editions the reader's company has or had, the latest first."""
    found = session.scalars(
        select(Subscription.edition)
        .where(
            Subscription.seen_by(reader), Subscription.customer_id == reader.customer_id,
            Subscription.archived_at.is_(None),
        )
        .order_by(Subscription.ends_on.desc())
    )  # fmt: skip
    return list(dict.fromkeys(found))


def ticket_of_form(session: Session, author_id: uuid.UUID, key: str | None) -> uuid.UUID | None:
    """Return the ticket that a form with this key went to already; None for a new one."""
    if not key:
        return None
    return session.scalar(select(Message.record_id).where(Message.author_id == author_id, Message.form_key == key))
