"""Tickets and the mail about them: opened by the cast, sent by the worker, answered on standard input."""

from __future__ import annotations

from email.message import EmailMessage
from typing import Any

from flask import Flask
from sqlalchemy import select

from portal.accounts.sessions import reader_of
from portal.accounts.users import User
from portal.conversations.messages import Message
from portal.conversations.parts import Enclosed as Enclosed
from portal.database import db
from portal.support.impact import Impact
from portal.support.tickets import Ticket
from tests.post import deliver, to

UMA, ADA, ALAN, PAT = (
    "uma.dietrich@acme.example",
    "ada.arnold@acme.example",
    "alan.becker@acme.example",
    "pat.lindner@provider.example",
)
"""Where the cast gets its mail."""


def person(name: str) -> Any:
    """Return one of the cast as an actor."""
    user = db.session.scalar(select(User).where(User.username_key == name))
    assert user is not None
    actor = reader_of(db.session(), user.id)
    assert actor is not None
    return actor


def user(name: str) -> User:
    """Return the row of one of the cast."""
    return db.session.query(User).filter_by(username_key=name).one()


def open_ticket(by: str = "uma", **values: Any) -> Ticket:
    """Open a ticket in the present context; nothing is committed."""
    actor = person(by)
    return Ticket.open_(
        db.session(), by=actor,
        **{"customer_id": actor.customer_id, "subject": "Hosts go missing", "description": "Since *noon*, all of them.",
           "impact": Impact.LIMITED, "environment": "production", "seen_by_whom": "company"} | values,
    )  # fmt: skip


def opened(app: Flask, by: str = "uma", **values: Any) -> Any:
    """Open a ticket and commit; return its id."""
    with app.app_context():
        ticket = open_ticket(by, **values)
        db.session.commit()
        return ticket.id


def act(app: Flask, ticket_id: Any, deed: Any) -> None:
    """Do something to a ticket: `deed(ticket)`; commit."""
    with app.app_context():
        deed(db.session.get_one(Ticket, ticket_id))
        db.session.commit()


def answered(app: Flask, ticket_id: Any, body: str = "Please send the log.", by: str = "pat") -> EmailMessage:
    """Answer as staff; return what the opener was mailed."""
    act(app, ticket_id, lambda ticket: ticket.answer(db.session(), body, by=person(by)))
    return to(deliver(app), UMA)[-1]


def receive(app: Flask, raw: bytes, code: int = 0) -> str:
    """Give a mail to the command, as a mail server does; return what it says."""
    result = app.test_cli_runner().invoke(args=["receive-mail"], input=raw)
    assert result.exit_code == code, (result.exit_code, result.output, result.exception)
    return str(result.output)


def messages(app: Flask, ticket_id: Any) -> list[Message]:
    """Return what was said in a ticket, oldest first, with its files."""
    with app.app_context():
        found = list(db.session.scalars(select(Message).where(Message.record_id == ticket_id).order_by(Message.id)))
        for message in found:
            for attachment in message.attachments:
                _ = attachment.file.name
        return found


def state(app: Flask, ticket_id: Any) -> str:
    """Return where a ticket stands."""
    with app.app_context():
        return str(db.session.get_one(Ticket, ticket_id).state)
