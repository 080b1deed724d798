"""Recomputing: a job that gives every host and service the contact groups that rules, folders and assignments say.

It runs after a change of one of these or of the groups, at the end of a sweep for the hosts that are new or other, and
at every start. One runs at a time, and does at once all that was asked until it began.
"""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import not_, or_, select, update
from sqlalchemy.orm import Session, scoped_session

from ...audit.followers import follow
from ...audit.models import Event
from ...database import db, now, reading, separate
from ...jobs import enqueue, handler
from ...leases import AnySession, Job
from ...locks import tried
from ..inventory import Host, Service
from ..memberships import CONTACT_GROUPS
from . import delivery, moving, standing
from .deciding import Decider, Plan
from .matching import Facts
from .moving import Moved
from .reading import KINDS, hosts, sources, with_new_services

JOB = "contacts.allocation"
AGAIN = timedelta(seconds=2)
"""When a job that found another at work is tried again."""
_ASKED = "allocation asked for"

tellers: list[Callable[[Session, Collection[str]], None]] = []
"""Who is to hear, in a transaction of its own, at which sites hosts or services have other groups now."""


def ask(session: AnySession) -> None:
    """Have everything computed anew once the transaction is committed; once in a transaction is enough."""
    real = session() if isinstance(session, scoped_session) else session
    if real.get_transaction() is None or real.info.get(_ASKED) is not real.get_transaction():
        enqueue(real, JOB)
        real.info[_ASKED] = real.get_transaction()


def ask_for_changed(session: AnySession, since: datetime) -> None:
    """Have those hosts computed that were written since then, and new services put into sets."""
    enqueue(session, JOB, since=since.isoformat())


def _heard(session: Any, event: Event) -> None:
    if event.tag == "site.moved" or event.data.get("kind") in (*KINDS, CONTACT_GROUPS):
        ask(session)


follow(
    ("site.moved", *(f"element.{act}" for act in (
        "created", "changed", "deleted", "moved", "removed", "enabled", "disabled",
    ))), _heard,
)  # fmt: skip


@handler(JOB)
def run(session: Session, job: Job) -> None:
    """Compute what was asked for, by this job and those that wait with it."""
    with tried("allocation") as is_free:
        if not is_free:
            enqueue(session, JOB, run_after=now() + AGAIN, **job.payload)
            return
        since = _take_over(session, job)
        session.commit()
        recompute(datetime.fromisoformat(since) if since else None)


def _take_over(session: Session, job: Job) -> str | None:
    """Do now and once what all waiting jobs of this kind ask for; return since when, as this one now says itself."""
    waiting = [Job.kind == JOB, Job.done_at.is_(None), Job.failed_at.is_(None), Job.leased_until.is_(None)]
    taken = update(Job).where(*waiting).values(done_at=now()).returning(Job.payload)
    asked = [job.payload, *session.scalars(taken.execution_options(synchronize_session=False))]
    moments = [payload.get("since") for payload in asked]
    since: str | None = None if None in moments else min(moments)
    own = update(Job).where(Job.id == job.id).values(payload={"since": since} if since else {})
    session.execute(own.execution_options(synchronize_session=False))
    return since


def recompute(since: datetime | None = None) -> None:
    """Bring all hosts and services to what the elements say; with `since` those written since then, and new ones.

    Works in transactions of its own: call it while none is open. Cut off anywhere, the next one goes on.
    """
    parts: defaultdict[tuple[uuid.UUID | None, Plan], list[Moved]] = defaultdict(list)
    with reading(), Session(db.engine) as session:
        known = _Descriptions(session)
        decider = Decider(sources(session), known)
        for id, plan_id, facts in _asked(session, since):
            parts[plan_id, decider.plan(facts)].append(Moved(id, facts.site_id, facts.name))
        present = standing.read(session)
    if since is None:
        present.settle(Counter({part: len(moved) for part, moved in parts.items()}))
    following = {part: present.next(*part) for part in parts}
    moving.write_new(present)
    plans = present.plans
    moving.do(
        deed
        for part, moved in parts.items()
        if following[part] != part[0]
        for deed in moving.move(moved, plans[part[0]] if part[0] else None, following[part], plans[following[part]])
    )
    moving.edit(present)
    moving.do(moving.put(known.found if known.were_asked else None))
    if since is None:
        moving.sweep()
    _tell()


def _tell() -> None:
    """Say at which sites something else is to be delivered now, and write it down."""
    with reading(), Session(db.engine) as session:
        digests = delivery.changed_sites(session)
    if digests:
        with separate() as session:
            delivery.note(session, digests)
            for tell in tellers:
                tell(session, digests)


def _asked(session: Session, since: datetime | None) -> Iterator[tuple[uuid.UUID, uuid.UUID | None, Facts]]:
    """Yield all hosts, or those that were written since, or have services that stand in no set yet."""
    if since is None:
        yield from hosts(session)
        return
    is_other = or_(Host.contact_plan_id.is_(None), Host.seen_at >= since)
    yield from hosts(session, is_other)
    for has_new in with_new_services(session):
        yield from hosts(session, not_(is_other), has_new)


class _Descriptions:
    """The descriptions of each customer's services, read once a pattern asks."""

    def __init__(self, session: Session) -> None:
        self._session, self.were_asked = session, False
        self.found: defaultdict[str, set[str]] = defaultdict(set)

    def __call__(self, customer_id: str) -> Collection[str]:
        """Return a customer's."""
        if not self.were_asked:
            self.were_asked = True
            rows = self._session.execute(select(Service.description, Service.customer_id).distinct())
            for description, owner in rows:
                self.found[owner].add(description)
        return self.found[customer_id]
