"""The dashboard: hosts and services of all sites in numbers, by customer, and the worst problems, of one round of asks.

A site that does not answer costs nothing but its own numbers: what they are part of is marked as incomplete.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from heapq import nsmallest
from typing import Any

from sqlalchemy.orm import Session

from ..customers.ownership import Reader
from ..database import now
from . import conditions, events, scoping, sight, snapin
from .livestatus.query import Is, Query
from .sight import Seen
from .tables import words
from .values import moment, number, text

TABLES = {"hosts": "hosts", "services": "services", "events": events.TABLE}
SHOWN = 20
"""How many problems stand on the page."""
COLUMNS = ("host_name", "description", "state", "last_state_change", "plugin_output")
CRITICAL = 2
Numbers = dict[str, int]


@dataclass
class Counted:
    """Hosts, services and events in numbers by what they are; None where no site said anything."""

    hosts: Numbers | None = None
    services: Numbers | None = None
    events: Numbers | None = None

    def add(self, table: str, row: Iterable[Any]) -> None:
        """Add what was counted elsewhere, in the order of the conditions."""
        counted = getattr(self, table) or dict.fromkeys(_names(table), 0)
        for name, value in zip(counted, row, strict=False):
            counted[name] += value if type(value) is int else number(value)
        setattr(self, table, counted)


@dataclass
class Of:
    """A customer in numbers; `missing` of its `sites` said nothing."""

    id: str
    name: str
    counted: Counted = field(default_factory=Counted)
    sites: int = 0
    missing: int = 0


@dataclass(frozen=True)
class Problem:
    """A service that is not well and that nobody looks after."""

    site: Seen
    host: str
    service: str
    state: int
    since: datetime | None
    output: str

    @property
    def word(self) -> words.State:
        """Return the state's word and tone."""
        return words.service_state(self.state, 1)


@dataclass
class Dashboard:
    """What the page shows; `missing` sites said nothing, and `events_missing` of those that did know no events."""

    customers: list[Of]
    snapin: snapin.Snapin
    at: datetime
    counted: Counted = field(default_factory=Counted)
    problems: list[Problem] = field(default_factory=list)
    missing: int = 0
    events_missing: int = 0
    is_of_nothing: bool = False
    """Whether there are sites, and nothing of them is the reader's to see."""
    as_of: datetime | None = None
    """As of when numbers are for which the inventory answered."""

    @property
    def problems_in_all(self) -> int:
        """Return how many problems there are, shown or not."""
        return (self.counted.services or {}).get("unhandled", 0)


def _names(table: str) -> list[str]:
    return list(conditions.of(TABLES[table]))


def _numbers(table: str) -> Query:
    return Query(TABLES[table], stats=tuple(conditions.of(TABLES[table]).values()))


def queries() -> tuple[Query, ...]:
    """Return what every site is asked: numbers of hosts and services, critical services, others with problems.

    Cores need not sort: of each part a few are enough to know the worst.
    """
    unhandled = conditions.of("services")["unhandled"]
    return (
        _numbers("hosts"),
        _numbers("services"),
        Query("services", COLUMNS, (unhandled, Is("state", "=", CRITICAL)), limit=SHOWN),
        Query("services", COLUMNS, (unhandled, Is("state", "!=", CRITICAL)), limit=SHOWN),
    )


def look(session: Session, reader: Reader) -> Dashboard:
    """Ask all sites `reader` sees, once, and return what came of it; hidden customers are left out of the numbers."""
    every = scoping.of(session, reader, sight.sites(session, reader, even_hidden=True))
    session.rollback()  # nothing is held while sites are asked
    shown = [site for site in every if site.scope and not site.is_hidden]
    told = events.ask(shown, queries(), _numbers("events"))
    found = Dashboard(_customers(shown), snapin.Snapin([]), now(), is_of_nothing=bool(every) and not any(
        site.scope for site in every
    ))  # fmt: skip
    found.as_of = min((answer.as_of for answer, _has in told if answer.as_of), default=None)
    of = {customer.id: customer for customer in found.customers}
    worst: list[tuple[Any, ...]] = []
    unwell: list[tuple[Any, ...]] = []
    for site, (answer, has_events) in zip(shown, told, strict=True):
        if not answer.is_online:
            found.missing += not site.target.is_disabled
            of[site.customer_id].missing += not site.target.is_disabled
            continue
        found.events_missing += not has_events
        hosts, services, critical, others, *more = answer.tables
        for table, rows in (("hosts", hosts), ("services", services), *(("events", one) for one in more)):
            for row in rows[:1]:
                of[site.customer_id].counted.add(table, row)
        worst += [(site, row) for row in critical]
        unwell += [(site, row) for row in others]
    shown_first = nsmallest(SHOWN, worst, key=_by_worst)
    shown_first += nsmallest(SHOWN - len(shown_first), unwell, key=_by_worst)
    found.problems = [_problem(site, *row) for site, row in shown_first]
    for customer in found.customers:
        for table in TABLES:
            if counted := getattr(customer.counted, table):
                found.counted.add(table, counted.values())
    down = {customer.id: (customer.counted.hosts or {}).get("down", 0) for customer in found.customers}
    found.snapin = snapin.of(every, {answer.site_id: answer for answer, _has in told}, down)
    return found


def _customers(sites: list[Seen]) -> list[Of]:
    found: dict[str, Of] = {}
    for site in sites:
        found.setdefault(site.customer_id, Of(site.customer_id, site.customer_name)).sites += 1
    return sorted(found.values(), key=lambda of: (of.name.casefold(), of.id))


def _problem(site: Seen, host: Any, service: Any, state: Any, since: Any, output: Any) -> Problem:
    return Problem(site, text(host), text(service), number(state), moment(since), text(output))


def _by_worst(row: tuple[Any, ...]) -> tuple[int, int]:
    _site, (_host, _service, state, since, _output) = row
    return -words.service_state(number(state), 1).weight, -number(since)
