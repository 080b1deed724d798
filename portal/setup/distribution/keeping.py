"""Keeping: earlier snapshots of sites go after a time, and so do the parts that no snapshot is made of any more.

They are deleted under the lock of activations, rollbacks and users-only publishing, in portions, so that nobody waits.
A new snapshot has parts that are made for it, current ones, and those of the site's last one, which stays: never one
that was found here to be neither current nor in any snapshot.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import ColumnElement, and_, delete, exists, select
from sqlalchemy.orm import Session

from ...database import db, now, reading, separate
from ...jobs import every
from ...leases import Job
from .. import changes
from .parts import Part
from .snapshots import Snapshot, hashes_of
from .standing import SiteStanding

LATEST = 20
"""How many of each site's snapshots are kept, however old."""
DAY = timedelta(days=1)
AT_ONCE, PAUSE = 200, 0.1
"""How many rows one transaction deletes, and how many seconds belong to others before the next."""


@every(1440, "setup.forget")
def forget(_session: Session, _job: Job) -> None:
    """Delete what is no longer kept, in transactions of its own."""
    days, moment = current_app.config["SNAPSHOT_DAYS"], now()
    if not days:
        return
    is_over = _is_over(moment - timedelta(days=days))
    with reading(), Session(db.engine) as session:
        over = session.scalars(select(Snapshot.id).where(is_over)).all()
    snapshots = _delete(Snapshot.id, over, is_over)
    parts = _delete(Part.sha256, _unused(), and_(~Part.is_current, Part.made_at < moment - DAY))
    if snapshots or parts:
        current_app.logger.warning("Deleted %d snapshots older than %d days and %d parts", snapshots, days, parts)


def _is_over(oldest: datetime) -> ColumnElement[bool]:
    """Return the condition that a snapshot goes: it is older, and neither a late one nor where its site stands."""
    replaced = exists().where(
        SiteStanding.site_id == Snapshot.site_id,
        Snapshot.number <= SiteStanding.number - LATEST,
        Snapshot.number.not_in([SiteStanding.fetched_number, SiteStanding.applied_number]),
    )
    return and_(Snapshot.made_at < oldest, replaced)


def _unused() -> list[str]:
    """Return the hashes of parts that are not current and in no snapshot; read in this order, lest one be new."""
    with reading(), Session(db.engine) as session:
        found = set(session.scalars(select(Part.sha256).where(~Part.is_current)))
        for manifest in session.scalars(select(Snapshot.manifest).execution_options(yield_per=1000)):
            found.difference_update(hashes_of(manifest))
    return sorted(found)


def _delete(key: Any, found: Sequence[Any], still: ColumnElement[bool]) -> int:
    """Delete the rows with these keys of which the condition still holds; return how many."""
    count = 0
    for start in range(0, len(found), AT_ONCE):
        if start:
            time.sleep(PAUSE)
        gone = delete(key.class_).where(key.in_(found[start : start + AT_ONCE]), still)
        with separate() as session:
            changes.hold(session)
            done: Any = session.execute(gone.execution_options(synchronize_session=False))
            count += done.rowcount
    return count
