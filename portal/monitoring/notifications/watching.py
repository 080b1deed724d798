"""The job that watches: asks the sites what is not well, and tells what changed since it was told last.

A round at a site begins before the site is asked, and whatever it writes it writes only while no later round has begun
there: so what two workers see is told once. What stops half-way goes on with the next round, from what was told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import timedelta
from functools import cached_property
from typing import Any

from flask import current_app
from sqlalchemy import delete, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from ...customers.ownership import PORTAL
from ...database import db, now, reading, separate
from ...i18n import speaking
from ...jobs import every
from ...leases import Job
from .. import poller, sight
from ..inventory import is_under_way
from ..livestatus import query as livestatus
from ..livestatus.query import All, Condition, Is
from ..sight import Seen
from ..tables import asking
from . import book, reports, sending
from .changes import Known, Present, compare, first
from .deciding import Book, decide
from .events import OTHERS, RECOVERIES, Happened
from .log import Notification
from .states import KnownState, Round, begin, hold

AT_ONCE, NAMED_AT_ONCE = 16, 100
Name = tuple[str, str]


@every("NOTIFICATION_MINUTES", "notifications.watch")
def watch(session: Session, job: Job) -> None:
    """Look at every site; while the portal is not to notify, forget what was known, so that nothing old is told."""
    if not current_app.config["NOTIFICATIONS"]:
        session.execute(delete(Round))
        return
    with reading():
        if is_under_way(session, job):
            session.rollback()
            return
        seen = [one for one in sight.sites(session, PORTAL, even_hidden=True) if not one.target.is_disabled]
        session.rollback()
    for start in range(0, len(seen), AT_ONCE):
        some = seen[start : start + AT_ONCE]
        begun = {one.target.site_id: begin(one.target.site_id, one.customer_id) for one in some}
        with speaking("en"):
            answered = asking.ask([one for one in some if begun[one.target.site_id]], *reports.queries())
        poller.rest()
        for told in answered:
            try:
                number, is_first = begun[told.seen.target.site_id] or (0, False)
                if told.answer.is_online:
                    Look(told.seen, number).take(reports.read(told.tables), is_first=is_first)
            except Exception:
                current_app.logger.exception("What is wrong at site %s cannot be told", told.seen.target.site_id)


@every(1440, "notifications.forget")
def forget(session: Session, _job: Job) -> None:
    """Drop what the log need no longer reach back to."""
    oldest = now() - timedelta(days=current_app.config["NOTIFICATION_DAYS"])
    session.execute(delete(Notification).where(Notification.at < oldest))


class Look:
    """One round at one site."""

    def __init__(self, seen: Seen, number: int) -> None:
        self.seen, self.number, self.site_id = seen, number, seen.target.site_id

    def take(self, found: Mapping[Name, Present], *, is_first: bool) -> None:
        """Tell what changed; at a site met for the first time nothing, but what is so counts as told."""
        if is_first:
            self._begin(found)
            return
        with reading():
            rows = select(
                KnownState.host_name, KnownState.description, KnownState.state, KnownState.is_acknowledged,
                KnownState.in_downtime, KnownState.told,
            ).where(KnownState.site_id == self.site_id)  # fmt: skip
            known = {(row[0], row[1]): (Known(*row[2:5]), row[5]) for row in db.session.execute(rows)}
            db.session.rollback()
        over, asked = self._ask_for(sorted(known.keys() - found.keys()))
        for name in (*found, *over):
            before, told = known.get(name, (Known(), []))
            present = found.get(name) or over[name]
            try:
                happened, after = compare(before, present)
                if (happened or after != before) and not self._tell(present, happened, before, after, told):
                    return
            except OperationalError:
                raise
            except Exception:  # one thing nobody can be told of is not to silence the rest of its site
                db.session.rollback()
                current_app.logger.exception("What happened to %s at site %s cannot be told", name, self.site_id)
        self._end([name for name in asked if name not in over])

    def _begin(self, found: Mapping[Name, Present]) -> None:
        with separate() as session:
            if hold(session, self.site_id, self.number, is_over=True):
                session.execute(delete(KnownState).where(KnownState.site_id == self.site_id))
                states = {name: first(present) for name, present in found.items()}
                session.add_all(self._row(name, known) for name, known in states.items() if not known.is_plain)

    def _end(self, gone: Sequence[Name]) -> None:
        """Finish the round; what the site no longer has is forgotten, and nobody is told."""
        with separate() as session:
            if hold(session, self.site_id, self.number, is_over=True):
                for name in gone:
                    session.execute(delete(KnownState).where(*self._is(name)))

    def _ask_for(self, names: Sequence[Name]) -> tuple[dict[Name, Present], list[Name]]:
        """Return what the site says of things that were not well and now are, or are gone; and which it was asked."""
        over: dict[Name, Present] = {}
        asked: list[Name] = []
        for start in range(0, len(names), NAMED_AT_ONCE):
            some = names[start : start + NAMED_AT_ONCE]
            of_hosts = [Is("name", "=", host) for host, service in some if not service]
            of_services = [
                All(Is("host_name", "=", host), Is("description", "=", service)) for host, service in some if service
            ]
            with speaking("en"):
                [told] = asking.ask([self.seen], *reports.queries(_one_of(of_hosts), _one_of(of_services)))
            if told.answer.is_online:
                over |= reports.read(told.tables)
                asked += some
        return {name: present for name, present in over.items() if name in set(names)}, asked

    def _tell(
        self, present: Present, happened: Sequence[str], before: Known, after: Known, told: Sequence[str]
    ) -> bool:
        """Tell what happened to one thing and keep it as told, in one transaction; False when the round is over.

        What the inventory does not know yet waits for it: until then nobody can say who is responsible.
        """
        name = (present.host, present.service)
        with reading():
            affected = book.affected(db.session(), self.site_id, *name) if happened else None
            decided = []
            if affected is not None:
                for code in happened:
                    heard = frozenset(told) if code in RECOVERIES else None
                    moment = Happened(code, present.since, present.output, self._periods, heard)
                    decided.append((moment, decide(affected, moment, self._book)))
            db.session.rollback()
        if happened and affected is None:
            return True
        with separate() as session:
            if not hold(session, self.site_id, self.number):
                return False
            keys = list(told)
            for moment, decision in decided:
                assert affected is not None
                sending.send(session, affected, moment, decision)
                if moment.code not in OTHERS:
                    keys += [telling.recipient.key for telling in decision.told]
            session.execute(delete(KnownState).where(*self._is(name)))
            if not after.is_plain:
                session.add(self._row(name, after, list(dict.fromkeys(keys)) if after.state else []))
        return True

    def _row(self, name: Name, known: Known, told: Sequence[str] = ()) -> KnownState:
        host, service = name
        return KnownState(
            site_id=self.site_id, customer_id=self.seen.customer_id, host_name=host, description=service,
            told=list(told), **asdict(known),
        )  # fmt: skip

    def _is(self, name: Name) -> tuple[Any, ...]:
        return KnownState.site_id == self.site_id, KnownState.host_name == name[0], KnownState.description == name[1]

    @cached_property
    def _book(self) -> Book:
        return book.read(db.session(), now(), self.site_id)

    @cached_property
    def _periods(self) -> frozenset[str]:
        return book.open_periods(db.session(), now())


def _one_of(conditions: Sequence[Condition]) -> Condition:
    return livestatus.Any(*conditions) if conditions else Is("state", "=", -1)
