"""Chronicle: events as people read them: sentences with names, for the page of a person and for the history."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from ..access.policy import is_staff
from ..audit.models import Event
from ..audit.sentences import TOPICS, say, topics
from .users import User

FIELDS = (
    Event.id, Event.at, Event.tag, Event.customer_id, Event.actor_id, Event.subject_id, Event.data, Event.address
)  # fmt: skip
"""The columns a sentence is made of."""


@dataclass(frozen=True)
class Entry:
    """One event, told: `address` is where it came from and only given for events of security."""

    id: uuid.UUID
    at: datetime
    sentence: str
    topic: str
    address: str
    customer_id: str | None
    actor: str


def latest(session: Session, condition: ColumnElement[bool], *, reader: Any, limit: int = 10) -> list[Entry]:
    """Return the newest events that meet the condition, newest first. Two statements."""
    statement: Select[Any] = select(*FIELDS).where(condition).order_by(Event.id.desc()).limit(limit)
    return tell(session, session.execute(statement).all(), reader=reader)


def tell(session: Session, rows: Sequence[Any], *, reader: Any) -> list[Entry]:
    """Turn rows of `FIELDS` into entries; the names of all of them are found in one statement."""
    if not rows:
        return []
    people = _people(session, rows)
    topic_of = {tag: code for code, (_label, tags) in topics().items() for tag in tags}
    return [_entry(row, people, topic_of, reader) for row in rows]


def labels() -> list[tuple[str, Any]]:
    """Return the topics as options of a filter."""
    return list(TOPICS.items())


def _entry(row: Any, people: dict[uuid.UUID, Any], topic_of: dict[str, str], reader: Any) -> Entry:
    actor, topic = _name(row.actor_id, people, reader), topic_of[row.tag]
    own = row.actor_id is not None and row.actor_id == row.subject_id
    subject = _name(row.subject_id, people, reader)
    return Entry(
        id=row.id, at=row.at, topic=topic, customer_id=row.customer_id, actor=actor or str(_("The portal")),
        sentence=say(row.tag, actor=actor, subject=subject, data=row.data, own=own),
        address=row.address if topic == "security" else "",
    )  # fmt: skip


def _people(session: Session, rows: Iterable[Any]) -> dict[uuid.UUID, Any]:
    """Return id, name and portal role of everybody the rows speak of; the deleted keep their names."""
    ids = {id for row in rows for id in (row.actor_id, row.subject_id) if id is not None}
    found = session.execute(select(User.id, User.name, User.portal_role).where(User.id.in_(ids)))
    return {person.id: person for person in found}


def _name(id: uuid.UUID | None, people: dict[uuid.UUID, Any], reader: Any) -> str:
    person = people.get(id) if id is not None else None
    if person is None:
        return ""
    if person.id == reader.id:
        return str(_("%(name)s (you)", name=person.name))
    if is_staff(person) and not is_staff(reader):
        return str(_("%(name)s (provider)", name=person.name))
    return str(person.name)
