"""Acts on hosts and services: acknowledgements, downtimes, comments, sent to the core of the site as external commands.

Only what somebody sees can be acted on, and what is sent is checked against the core as it is at that moment. Each act
returns how its host or service stands afterwards, as soon as the core has acted; a view commits.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from ..audit.models import record
from ..database import now, reading
from ..errors import Busy, Refused
from . import poller, scoping, sight
from .livestatus.query import BadValue, Condition, Is, Query
from .sight import Seen
from .tables import asking
from .tables.filters import BadFilter
from .tables.plain import plain
from .tables.reading import silent
from .tables.row import Row

SEES = frozenset({"monitoring.read", "monitoring.own"})
ACKNOWLEDGE, SCHEDULE = ("general.act", "action.acknowledge"), ("general.act", "action.downtimes")
WRITE = ("general.act", "action.addcomment")
"""What one needs beside seeing the host or service."""

COMMENT_LENGTH = 500
LONGEST = timedelta(days=366)
MOST_NOTES = 500
"""Downtimes, and comments, of one host or service that are looked at."""
PATIENCE, PAUSE = 3.0, 0.1
"""Seconds for which a site is asked whether it has done what it was told, and between two questions."""

STATE = ("state", "acknowledged", "scheduled_downtime_depth")
DOWNTIME = ("id", "author", "comment", "start_time", "end_time")
WRITTEN = ("id", "author", "comment", "entry_time")
BY_HAND = Is("entry_type", "=", 1)
"""Comments that somebody wrote as such; others belong to downtimes and acknowledgements."""


@dataclass(frozen=True)
class Thing:
    """A host, or a service of one, as its site says it now: its state, its downtimes, and what was written on it."""

    seen: Seen
    host: str
    service: str
    row: Row
    downtimes: list[Row]
    comments: list[Row]

    @property
    def name(self) -> tuple[str, ...]:
        """Return the words that name it in a command."""
        return (self.host, self.service) if self.service else (self.host,)

    @property
    def is_acknowledged(self) -> bool:
        """Tell whether somebody has said that they know of its problem."""
        return bool(self.row.number("acknowledged"))


def look(session: Session, reader: Any, site_id: str, host: str, service: str = "") -> Thing | None:
    """Return a host or service that `reader` sees, None for what they do not; the transaction so far is ended.

    Raises `Busy` when its site does not answer.
    """
    sites = sight.sites(session, reader, only=[f"site:{site_id}"], even_hidden=True) if reader.verbs & SEES else []
    seen = scoping.of(session, reader, sites, host=host)[0] if sites else None
    session.rollback()  # nothing is held while the site is asked
    if seen is None or not _sees(seen, host, service):
        return None
    return _ask(seen, host, service)


def _sees(seen: Seen, host: str, service: str) -> bool:
    scope = asking.scope_of(seen)
    return scope.sees_service(host, service) if service else scope.sees_host(host)


def _ask(seen: Seen, host: str, service: str) -> Thing | None:
    its: tuple[Condition, ...]
    if service:
        table, its = "services", (Is("host_name", "=", host), Is("description", "=", service))
        noted: tuple[Condition, ...] = (Is("host_name", "=", host), Is("service_description", "=", service))
    else:
        table, its = "hosts", (Is("name", "=", host),)
        noted = (Is("host_name", "=", host), Is("is_service", "=", 0))
    keys = ("host_name", "description") if service else ("name",)
    try:
        told = asking.ask(
            [seen],
            Query(table, (*keys, *STATE), its, limit=1),
            Query("downtimes", ("host_name", *DOWNTIME), noted, limit=MOST_NOTES),
            Query("comments", ("host_name", *WRITTEN), (*noted, BY_HAND), limit=MOST_NOTES),
        )
    except BadFilter:
        return None
    if not told:
        return None
    if not told[0].answer.is_online:
        reason = silent(told[0]).reason
        raise Busy(_("The site does not answer, so nothing was done: %(reason)s", reason=reason))
    things, downtimes, comments = ([Row(seen, values) for values in rows] for rows in told[0].tables)
    return Thing(seen, host, service, things[0], downtimes, comments) if things else None


def acknowledge(
    session: Session, thing: Thing, *, by: Any, comment: str, sticky: bool = True, notify: bool = True,
    persistent: bool = False,
) -> Thing:  # fmt: skip
    """Say of a problem that one knows of it. Raises `Refused` where there is none.

    `sticky`: until it is well again, and not until its state changes; `notify`: its contacts are told;
    `persistent`: the comment outlives the acknowledgement.
    """
    comment = _comment(comment)
    if not thing.row.number("state"):
        raise Refused(_("There is no problem to acknowledge: %(name)s is well.", name=thing.name[-1]))
    _send(
        thing, "ACKNOWLEDGE_{}_PROBLEM", *thing.name, 2 if sticky else 1, int(notify), int(persistent), _author(by),
        comment,
    )  # fmt: skip
    found = _until(thing, lambda found: found.is_acknowledged)
    _record(session, "problem.acknowledged", thing, by, comment=comment)
    return found


def remove_acknowledgement(session: Session, thing: Thing, *, by: Any) -> Thing:
    """Take back that somebody knows of a problem. Raises `Refused` where nobody has said so."""
    if not thing.is_acknowledged:
        raise Refused(_("No problem of %(name)s is acknowledged.", name=thing.name[-1]))
    _send(thing, "REMOVE_{}_ACKNOWLEDGEMENT", *thing.name)
    found = _until(thing, lambda found: not found.is_acknowledged)
    _record(session, "problem.unacknowledged", thing, by)
    return found


def schedule(session: Session, thing: Thing, *, by: Any, comment: str, start: datetime, end: datetime) -> Thing:
    """Announce that something is out of work on purpose, between two moments. Raises `Refused` naming the field."""
    comment = _comment(comment)
    if end <= start or end <= now():
        raise Refused(_("A downtime ends after its beginning, and not in the past."), field="end")
    if end - start > LONGEST or start - now() > LONGEST:
        raise Refused(_("A downtime begins within a year, and lasts no longer than one."), field="end")
    first, last = int(start.timestamp()), int(end.timestamp())
    _send(thing, "SCHEDULE_{}_DOWNTIME", *thing.name, first, last, 1, 0, last - first, _author(by), comment)
    known = {row.get("id") for row in thing.downtimes}
    found = _until(thing, lambda found: any(row.get("id") not in known for row in found.downtimes))
    _record(session, "downtime.scheduled", thing, by, comment=comment, start=start.isoformat(), end=end.isoformat())
    return found


def cancel(session: Session, thing: Thing, *, by: Any, id: int | None = None) -> Thing:
    """Take back one downtime, or all of them. Raises `Refused` where there is none."""
    wanted = [number for number in _ids(thing.downtimes) if id is None or number == id]
    if not wanted:
        raise Refused(_("%(name)s has no such downtime any more.", name=thing.name[-1]))
    for number in wanted:
        _send(thing, "DEL_{}_DOWNTIME", number)
    found = _until(thing, lambda found: not any(row.number("id") in wanted for row in found.downtimes))
    _record(session, "downtime.cancelled", thing, by, number=len(wanted))
    return found


def write(session: Session, thing: Thing, *, by: Any, comment: str) -> Thing:
    """Put a comment on it, which stays until somebody removes it."""
    comment = _comment(comment)
    _send(thing, "ADD_{}_COMMENT", *thing.name, 1, _author(by), comment)
    known = set(_ids(thing.comments))
    found = _until(thing, lambda found: not known.issuperset(_ids(found.comments)))
    _record(session, "comment.written", thing, by, comment=comment)
    return found


def erase(session: Session, thing: Thing, *, by: Any, id: int) -> Thing:
    """Remove a comment, whoever wrote it. Raises `Refused` where it is not there."""
    if id not in _ids(thing.comments):
        raise Refused(_("%(name)s has no such comment any more.", name=thing.name[-1]))
    _send(thing, "DEL_{}_COMMENT", id)
    found = _until(thing, lambda found: id not in _ids(found.comments))
    _record(session, "comment.removed", thing, by)
    return found


def _ids(notes: list[Row]) -> list[int]:
    return [int(number) for row in notes if (number := row.number("id")) is not None]


def _comment(text: str) -> str:
    comment = plain(text, COMMENT_LENGTH + 1)
    if not comment:
        raise Refused(_("Say in a few words why."), field="comment")
    if len(comment) > COMMENT_LENGTH:
        raise Refused(_("Use at most %(number)d characters.", number=COMMENT_LENGTH), field="comment")
    return comment


def _author(by: Any) -> str:
    """Return the name under which the core knows who acts; a semicolon would end it."""
    return plain(by.username, 100).replace(";", ",")


def _send(thing: Thing, command: str, *words: str | int) -> None:
    """Tell the site; raises Busy when it cannot be reached, Refused for names a command cannot hold."""
    try:
        poller.command(thing.seen.target, command.format("SVC" if thing.service else "HOST"), *words)
    except BadValue:
        raise Refused(_("Its name holds characters that no command can hold.")) from None
    except OSError as trouble:
        raise Busy(_("The site cannot be told: %(reason)s", reason=str(trouble))) from None


def _record(session: Session, tag: str, thing: Thing, by: Any, **data: Any) -> None:
    names: dict[str, Any] = {"site": thing.seen.target.site_id, "host": thing.host, "service": thing.service}
    record(session, tag, by=by, customer_id=thing.seen.customer_id, **names, **data)


def _until(thing: Thing, is_done: Callable[[Thing], bool]) -> Thing:
    """Give the site a moment to do what it was told; return what it says then."""
    last, found = time.monotonic() + PATIENCE, thing
    while time.monotonic() < last:
        try:
            with reading():
                found = _ask(thing.seen, thing.host, thing.service) or found
        except Busy:
            break
        if is_done(found):
            break
        time.sleep(PAUSE)
    return found
