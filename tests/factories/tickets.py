"""Tickets for tests, opened by the cast through the same deeds as pages use."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Flask
from sqlalchemy import select

from portal.accounts.users import User
from portal.database import db
from portal.support.impact import Impact
from portal.support.tickets import Ticket


def person(username: str) -> User:
    """Return one of the cast, in the present context."""
    return db.session.scalars(select(User).where(User.username == username)).one()


def ticket(by: str = "uma", **values: Any) -> Ticket:
    """Add an open ticket in the present context; nothing is committed."""
    opener = person(by)
    given: dict[str, Any] = {
        "customer_id": opener.customer_id, "subject": "The site does not start", "description": "Since this morning.",
        "impact": Impact.LIMITED, "environment": "production", "seen_by_whom": "company",
    } | values  # fmt: skip
    return Ticket.open_(db.session(), **given, by=opener)


def opened(app: Flask, by: str = "uma", **values: Any) -> str:
    """Add an open ticket and return its id."""
    with app.app_context():
        id = str(ticket(by, **values).id)
        db.session.commit()
        db.session.remove()
    return id


def do(app: Flask, id: str, deed: str, *given: Any, by: str, **values: Any) -> None:
    """Do something to a ticket: `do(app, id, "answer", "Try this.", by="pat")`."""
    with app.app_context():
        found = db.session.get_one(Ticket, uuid.UUID(id))
        getattr(found, deed)(db.session(), *given, by=person(by), **values)
        db.session.commit()
        db.session.remove()


def look(app: Flask, id: str) -> dict[str, Any]:
    """Return how a ticket stands in the database."""
    with app.app_context():
        found = db.session.get_one(Ticket, uuid.UUID(id))
        names = {user.id: user.username for user in db.session.scalars(select(User))}
        values = {column.key: getattr(found, column.key) for column in Ticket.__table__.columns}
        values["watchers"] = {names[watcher.user_id] for watcher in found.watchers}
        db.session.remove()
    return values
