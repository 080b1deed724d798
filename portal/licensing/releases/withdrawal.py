"""Withdrawal: who is warned that a release they downloaded should not be used, in the portal and by mail."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from ...accounts.notices import address_of, tell
from ...accounts.users import User
from ...customers.ownership import Reader
from ...database import now
from ...jobs import enqueue, handler
from ...leases import Job
from .fetched import Fetched
from .models import Package, Release

AT_ONCE = 100
"""Mails written in one transaction: a release may have been taken by thousands."""


def warnings(session: Session, reader: Reader) -> Sequence[Any]:
    """Return the withdrawn releases that this person downloaded and has not dismissed, with when they last did."""
    return session.execute(
        select(
            Release.id, Release.number, Release.warning, Release.withdrawn_at, func.max(Fetched.at).label("taken_at")
        )
        .join(Package, Package.release_id == Release.id)
        .join(Fetched, Fetched.package_id == Package.id)
        .where(
            Fetched.seen_by(reader), Fetched.user_id == reader.id, Fetched.customer_id == reader.customer_id,
            Fetched.dismissed_at.is_(None), Release.withdrawn_at.is_not(None),
        )
        .group_by(Release.id, Release.number, Release.warning, Release.withdrawn_at)
        .order_by(Release.withdrawn_at.desc(), Release.id)
    ).all()  # fmt: skip


def dismiss(session: Session, reader: Reader, release_id: uuid.UUID) -> bool:
    """Note that this person has read the warning about a release; return whether there was one."""
    packages = (
        select(Package.id)
        .join(Release, Release.id == Package.release_id)
        .where(Release.id == release_id, Release.withdrawn_at.is_not(None))
    )
    result: Any = session.execute(
        update(Fetched)
        .where(
            Fetched.seen_by(reader), Fetched.user_id == reader.id, Fetched.customer_id == reader.customer_id,
            Fetched.package_id.in_(packages),
        )
        .values(dismissed_at=func.coalesce(Fetched.dismissed_at, now(), type_=Fetched.dismissed_at.type))
        .execution_options(synchronize_session=False)
    )  # fmt: skip
    return bool(result.rowcount)


@handler("licensing.warn")
def _warn(session: Session, job: Job) -> None:
    """Write to those who downloaded a withdrawn release and can still sign in, some at a time."""
    release = session.get_one(Release, uuid.UUID(job.payload["release_id"]))
    after = uuid.UUID(job.payload["after"]) if "after" in job.payload else None
    people = session.scalars(
        select(User)
        .where(
            User.id.in_(
                select(Fetched.user_id)
                .join(Package, Package.id == Fetched.package_id)
                .where(Package.release_id == release.id, Fetched.customer_id == User.customer_id)
                .correlate(User)
            ),
            User.disabled_at.is_(None), User.archived_at.is_(None), *([User.id > after] if after else []),
        )
        .order_by(User.id)
        .limit(AT_ONCE)
    ).all()  # fmt: skip
    for user in people:
        tell(session, user, "release_withdrawn", number=release.number, warning=release.warning,
             link=address_of("/downloads/"))  # fmt: skip
    if len(people) == AT_ONCE:
        enqueue(session, "licensing.warn", release_id=str(release.id), after=str(people[-1].id))
