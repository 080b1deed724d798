"""Listing: what happened within a scope, newest first, as the filters in the address ask for it.

The scope is a condition on `Event`: a company's own events (`of_company`), one customer's, or all (`of_everybody`).
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from flask import request
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, or_, select, true
from sqlalchemy.orm import Session

from ..accounts import chronicle
from ..accounts.chronicle import FIELDS, Entry
from ..accounts.users import User
from ..audit.models import Event
from ..audit.sentences import topics
from ..contacts import visibility
from ..contacts.inventory import Host, Service
from ..customers.models import Customer
from ..i18n import format_date, local, time_zone
from ..monitoring.sentences import OF_THINGS
from ..text import sort_key
from ..web import paging

PORTION = 500
MOST_CHOICES = 100


@dataclass(frozen=True)
class Wish:
    """What somebody asked for: a topic, a person (an id or part of a name), a period of days in their zone."""

    topic: str
    person: str
    since: date | None
    until: date | None

    @classmethod
    def asked(cls) -> Wish:
        """Return what this request's address asks for; what makes no sense falls back."""
        return cls(
            topic=paging.chosen("topic", topics()),
            person=" ".join(request.args.get("person", "").replace("\0", "").split())[: paging.SEARCH_LENGTH],
            since=_day(request.args.get("from", "")),
            until=_day(request.args.get("to", "")),
        )

    @property
    def is_filtered(self) -> bool:
        """Tell whether anything narrows the list."""
        return bool(self.topic or self.person or self.since or self.until)

    def conditions(self, people: ColumnElement[bool]) -> list[ColumnElement[bool]]:
        """Return what narrows the list; a part of a name is looked for among `people`."""
        found: list[ColumnElement[bool]] = []
        if self.topic:
            found.append(Event.tag.in_(topics()[self.topic][1]))
        if self.person:
            found.append(self._about(people))
        if self.since:
            found.append(Event.at >= _midnight(self.since))
        if self.until:
            found.append(Event.at < _midnight(self.until + timedelta(days=1)))
        return found

    def _about(self, people: ColumnElement[bool]) -> ColumnElement[bool]:
        try:
            id = uuid.UUID(self.person)
        except ValueError:
            named = select(User.id).where(people, User.name_key.contains(sort_key(self.person), autoescape=True))
            return or_(Event.actor_id.in_(named), Event.subject_id.in_(named))
        return or_(Event.actor_id == id, Event.subject_id == id)


@dataclass(frozen=True)
class Day:
    """A day of the history, named as people say it."""

    title: str
    entries: list[Entry]


@dataclass(frozen=True)
class History:
    """A page of the history."""

    wish: Wish
    days: list[Day]
    page: paging.Page


def of_company(reader: Any) -> ColumnElement[bool]:
    """Return the scope of a company's own people: the provider's inner events are none of it."""
    return of_customer(reader.customer_id)


def of_customer(customer_id: str) -> ColumnElement[bool]:
    """Return the scope of one customer, for staff."""
    return Event.customer_id == customer_id


def of_everybody() -> ColumnElement[bool]:
    """Return the scope of all events, for staff."""
    return true()


def read(session: Session, reader: Any, scope: ColumnElement[bool], *, people: ColumnElement[bool]) -> History:
    """Return the page that the address asks for. Two statements; one more where the list has more pages.

    `people` is the condition under which a typed name is looked for: the reader's own, or everybody's.
    """
    wish = Wish.asked()
    statement = _statement(reader, scope, wish, people)
    page = paging.page(session, statement, id=Event.id, descending=True)
    entries = chronicle.tell(session, page.rows, reader=reader)
    days = [Day(_say_day(day), list(group)) for day, group in groupby(entries, lambda entry: local(entry.at).date())]
    return History(wish, days, page)


def every_entry(
    session: Session, reader: Any, scope: ColumnElement[bool], *, people: ColumnElement[bool]
) -> Iterator[Entry]:
    """Yield all entries of the wish, newest first, read in portions: for exports."""
    statement, last = _statement(reader, scope, Wish.asked(), people).order_by(Event.id.desc()).limit(PORTION), None
    while True:
        portion = statement if last is None else statement.where(Event.id < last)
        rows = session.execute(portion).all()
        yield from chronicle.tell(session, rows, reader=reader)
        if len(rows) < PORTION:
            return
        last = rows[-1].id


def csv_rows(entries: Iterator[Entry]) -> tuple[list[str], Iterator[list[Any]]]:
    """Return headings and rows of the export, with exact times in the reader's zone."""
    labels = {code: label for code, (label, _tags) in topics().items()}
    headings = [_("Time"), _("What happened"), _("Topic"), _("Who"), _("From address")]
    return headings, (
        [local(entry.at).isoformat(timespec="seconds"), entry.sentence, labels[entry.topic], entry.actor, entry.address]
        for entry in entries
    )


def choices(session: Session, condition: ColumnElement[bool]) -> list[tuple[str, str]] | None:
    """Return people as options of the filter, the deleted too; None when they are too many to choose from."""
    found = session.execute(
        select(User.id, User.name, User.archived_at)
        .where(condition)
        .order_by(User.name_key, User.id)
        .limit(MOST_CHOICES + 1)
    ).all()
    if len(found) > MOST_CHOICES:
        return None
    return [(str(row.id), _("%(name)s (deleted)", name=row.name) if row.archived_at else row.name) for row in found]


def names_of_customers(session: Session, history: History) -> dict[str | None, str]:
    """Return the names of the customers a page speaks of, for staff who see several. One statement."""
    ids = {entry.customer_id for day in history.days for entry in day.entries if entry.customer_id}
    rows = session.execute(select(Customer.id, Customer.name).where(Customer.id.in_(ids)))
    return {row.id: row.name for row in rows}


def _statement(reader: Any, scope: ColumnElement[bool], wish: Wish, people: ColumnElement[bool]) -> Select[Any]:
    return select(*FIELDS).where(scope, _is_shown(reader), *wish.conditions(people))


def _is_shown(reader: Any) -> ColumnElement[bool]:
    """Return the condition that an event names no host or service that the reader does not see; own deeds aside."""
    if not visibility.is_restricted(reader):
        return true()
    site, host, service = (Event.data[name].as_string() for name in ("site", "host", "service"))
    hosts = select(Host.id).where(Host.seen_by(reader), Host.site_id == site, Host.name == host, service == "")
    services = select(Service.id).where(
        Service.seen_by(reader), Service.site_id == site, Service.host_name == host, Service.description == service
    )
    return or_(Event.tag.not_in(OF_THINGS), Event.actor_id == reader.id, hosts.exists(), services.exists())


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 1970 <= day.year <= 9000 else None


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, ZoneInfo(time_zone())).astimezone(UTC)


def _say_day(day: date) -> str:
    away = (local(datetime.now(UTC)).date() - day).days
    if away == 0:
        return str(_("Today"))
    return str(_("Yesterday")) if away == 1 else format_date(day)
