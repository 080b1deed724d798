"""Asking: an activation of many sites is put in line and done by a job, whoever closes the page."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ...customers.sites import Site
from ...database import now
from ...errors import Refused
from ...jobs import enqueue, handler
from ...leases import Job
from ..users.publishing import Actor
from . import activation, building, pending
from .activation import Activation, Broken, State

JOB = "setup.activation"
AT_ONCE = 25
"""For how many sites the page waits."""
MOST_PROBLEMS = 1000
"""How many problems an activation remembers."""


def is_small(session: Session, site_ids: Collection[str] | None) -> bool:
    """Tell whether so few sites are concerned that one can wait for them."""
    found = pending.with_standing(select(Site.id)).where(pending.may_have(), pending.is_pending())
    if site_ids is None:
        return len(session.scalars(found.limit(AT_ONCE + 1)).all()) <= AT_ONCE
    count = 0
    for some in building.sliced(set(site_ids)):
        count += len(session.scalars(found.where(Site.id.in_(some)).limit(AT_ONCE + 1)).all())
    return count <= AT_ONCE


def ask(session: Session, site_ids: Collection[str] | None, *, by: Any, comment: str = "") -> Activation:
    """Put an activation in line."""
    wanted = None if site_ids is None else sorted(set(site_ids))
    asked = Activation(state=State.WAITING, by_id=by.id, comment=comment, wanted=wanted)
    session.add(asked)
    session.flush()
    asked.job_id = enqueue(session, JOB, activation=str(asked.id)).id
    return asked


def _failed(session: Session, job: Job) -> None:
    if job.failed_at:
        found = session.get_one(Activation, uuid.UUID(job.payload["activation"]))
        found.state, found.error, found.finished_at = State.FAILED, job.error or "", now()


@handler(JOB, failed=_failed)
def _carry_out(session: Session, job: Job) -> None:
    found = session.get_one(Activation, uuid.UUID(job.payload["activation"]))
    id, wanted, by, is_over = found.id, found.wanted, Actor(found.by_id), found.state != State.WAITING
    session.rollback()  # what follows has transactions of its own
    if is_over:
        return
    try:
        activation.activate(wanted, by=by, asked=id, tell=job.report)
    except Refused as refused:
        found = session.get_one(Activation, id, populate_existing=True)
        if found.state != State.WAITING:  # a worker taken for dead has done it meanwhile
            return
        found.state, found.error, found.finished_at = State.REFUSED, refused.sentence, now()
        if isinstance(refused, Broken):
            problems = refused.found.problems[:MOST_PROBLEMS]
            found.problems = [[one.customer_id, one.sentence, one.kind, one.key] for one in problems]
