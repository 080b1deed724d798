"""Details: one host or one service, all that its site says of it, with its services, comments and downtimes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from ...database import now
from ..livestatus.query import Condition, Is, Query
from ..sight import Seen
from . import asking, common, perf, plain, words
from .row import Row

MOST_SERVICES, MOST_NOTES = 1_000, 50
CHECK = (
    "state", "has_been_checked", "state_type", "plugin_output", "long_plugin_output", "perf_data", "last_check",
    "next_check", "last_state_change", "current_attempt", "max_check_attempts", "acknowledged",
    "scheduled_downtime_depth", "staleness", "is_flapping", "notifications_enabled", "active_checks_enabled", "groups",
    "contacts", "contact_groups", "check_command", "labels", "latency", "execution_time",
)  # fmt: skip
HOST = ("name", "alias", "address", "parents", "childs", "tags", "filename", *CHECK)
SERVICE = (
    "host_name", "description", "host_alias", "host_address", "host_state", "host_has_been_checked",
    "host_scheduled_downtime_depth", *CHECK,
)  # fmt: skip
COMMENTS = ("author", "comment", "entry_time", "entry_type", "expire_time")
DOWNTIMES = ("author", "comment", "entry_time", "start_time", "end_time", "fixed")
ACKNOWLEDGEMENT = 4


@dataclass(frozen=True)
class Note:
    """Something a person, or the core, left on a host or service."""

    title: str
    author: str
    text: str
    at: datetime | None
    start: datetime | None = None
    end: datetime | None = None


@dataclass
class Details:
    """A host or service as its site says it; `row` is None where the site does not have it, or says nothing."""

    told: asking.Told
    row: Row | None
    at: datetime
    services: list[Row] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)

    @property
    def seen(self) -> Seen:
        """Return the site."""
        return self.told.seen

    @property
    def state(self) -> words.State:
        """Return the state."""
        assert self.row is not None
        say = words.service_state if "description" in self.row.values else words.host_state
        return say(self.row.get("state"), self.row.get("has_been_checked"))

    @property
    def flags(self) -> list[tuple[str, str, str]]:
        """Return what else stands about it."""
        return common.flags(self.row) if self.row else []

    @property
    def metrics(self) -> list[perf.Metric]:
        """Return the figures of its performance data."""
        return perf.parse(self.row.get("perf_data")) if self.row else []

    def line(self, name: str) -> str:
        """Return a value as one line of text."""
        return plain.plain(self.row.get(name), 1_000) if self.row else ""

    @property
    def long_output(self) -> str:
        """Return what the plug-in says beyond its first line."""
        return plain.lines(self.row.get("long_plugin_output")) if self.row else ""


def host(seen: Seen, name: str, services: Sequence[str]) -> Details:
    """Ask a site for one of its hosts; `services` are the columns wanted of the host's services. Raises BadFilter."""
    is_it = Is("host_name", "=", name)
    [told] = asking.ask(
        [seen],
        Query("hosts", HOST, (Is("name", "=", name),), limit=1),
        Query("services", tuple(services), (is_it,), limit=MOST_SERVICES),
        *_notes(is_it, Is("is_service", "=", 0)),
    )
    return _details(told, [Row(seen, row) for row in told.tables[1]], told.tables[2:])


def service(seen: Seen, host: str, description: str) -> Details:
    """Ask a site for one of its services. Raises BadFilter."""
    its = (Is("host_name", "=", host),)
    [told] = asking.ask(
        [seen],
        Query("services", SERVICE, (*its, Is("description", "=", description)), limit=1),
        *_notes(*its, Is("service_description", "=", description)),
    )
    return _details(told, [], told.tables[1:])


def _notes(*where: Condition) -> tuple[Query, Query]:
    return (
        Query("comments", COMMENTS, where, limit=MOST_NOTES),
        Query("downtimes", DOWNTIMES, where, limit=MOST_NOTES),
    )


def _details(told: asking.Told, services: list[Row], notes: Sequence[Sequence[dict[str, Any]]]) -> Details:
    row = Row(told.seen, told.tables[0][0]) if told.tables[0] else None
    found = [_note(Row(told.seen, values)) for table in notes for values in table]
    return Details(told, row, now(), services, sorted(found, key=lambda note: str(note.at), reverse=True))


def _note(row: Row) -> Note:
    if "start_time" in row.values:
        title, start, end = _("Downtime"), row.moment("start_time"), row.moment("end_time")
    else:
        is_acknowledgement = row.number("entry_type") == ACKNOWLEDGEMENT
        title, start, end = _("Acknowledgement") if is_acknowledgement else _("Comment"), None, None
    author, text = plain.plain(row.get("author"), 100), plain.lines(row.get("comment"), 2_000)
    return Note(str(title), author, text, row.moment("entry_time"), start, end)
