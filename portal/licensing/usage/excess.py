"""Excess: when a subscription's limit is first reached, those who lead the company are told, before it is billed."""

from __future__ import annotations

import uuid

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ...access.rights import PortalRole
from ...accounts.notices import address_of, tell_ids
from ...accounts.users import User
from ...customers.ownership import PORTAL
from ...customers.subscriptions import Subscription, today
from ...jobs import enqueue, every, handler
from ...leases import Job
from . import summaries
from .evaluation import evaluate
from .samples import Sample

TELL = "usage-excess"
LOOK = "usage-excess-sweep"
DAY = 24 * 60


def look(session: Session, subscription: Subscription) -> None:
    """Keep how usage stands, and have the company told when a month has reached the limit: once per limit and term."""
    found = evaluate(session, subscription)
    summaries.note(session, subscription, found)
    if found.first_exceeded is None:
        return
    key = f"{TELL}:{subscription.id}:{subscription.starts_on}:{subscription.services}"
    if session.scalar(select(Job.id).where(Job.unique_key == key)) is not None:
        return
    try:
        with session.begin_nested():
            enqueue(
                session, TELL, customer_id=subscription.customer_id, unique_key=key,
                subscription=str(subscription.id),
            )  # fmt: skip
    except IntegrityError:  # another report of the same moment was first
        return


@every(DAY, LOOK)
def look_at_all(session: Session, _job: Job) -> None:
    """Look at every running subscription: a month may end without a report after it."""
    running = Subscription.visible_to(PORTAL).where(Subscription.running(today()))
    has_samples = select(Sample.subscription_id).where(Sample.subscription_id == Subscription.id).exists()
    for subscription in session.scalars(running.where(has_samples)):
        look(session, subscription)


@handler(TELL)
def tell(session: Session, job: Job) -> None:
    """Write to the super user and the admins which month reached the limit first."""
    id = uuid.UUID(job.payload["subscription"])
    subscription = session.scalar(Subscription.visible_to(PORTAL).where(Subscription.id == id))
    found = evaluate(session, subscription) if subscription else None
    if subscription is None or found is None or found.first_exceeded is None or found.limit is None:
        return  # the subscription was changed meanwhile
    leaders = session.scalars(
        select(User.id).where(
            User.customer_id == subscription.customer_id, User.archived_at.is_(None), User.has_joined,
            User.portal_role.in_([PortalRole.SUPER_USER, PortalRole.ADMIN]),
        )
    )  # fmt: skip
    month = found.first_exceeded
    tell_ids(
        session, list(leaders), "usage_exceeded", edition=subscription.title, limit=found.limit,
        average=month.average, starts=month.starts, ends=month.ends,
        link=address_of(f"/licenses/{subscription.id}"),
    )  # fmt: skip
