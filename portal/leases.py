"""The row of a job and who holds it: taken, renewed, finished and failed by guarded updates alone."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, cast

from flask import Flask, current_app
from sqlalchemy import (
    JSON,
    ColumnElement,
    CursorResult,
    ForeignKey,
    Index,
    String,
    and_,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, Session, mapped_column, scoped_session

from .database import Base, Identified, UtcDateTime, db, now, reading, separate

LEASE = timedelta(minutes=5)
MAX_ATTEMPTS = 8
FIRST_DELAY = timedelta(seconds=20)
"""Trebled with every further attempt: the eighth comes six hours after the first."""

AnySession = Session | scoped_session[Any]
_OPEN = text("done_at IS NULL AND failed_at IS NULL")


class Lost(Exception):
    """Say that the job is no longer this worker's; what its handler did is rolled back."""


class Job(Identified, Base):
    """One piece of work. `attempts` counts the leases, and so tells the present one from those before."""

    __tablename__ = "jobs"
    __table_args__ = (Index("ix_jobs_due", "run_after", "id", sqlite_where=_OPEN, postgresql_where=_OPEN),)

    kind: Mapped[str] = mapped_column(String(60))
    payload: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    customer_id: Mapped[str | None] = mapped_column(ForeignKey("customers.id"))
    unique_key: Mapped[str | None] = mapped_column(String(120), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    run_after: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    attempts: Mapped[int] = mapped_column(default=0)
    leased_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    leased_by: Mapped[str | None] = mapped_column(String(120))
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    failed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    error: Mapped[str | None] = mapped_column(String(500))
    progress_done: Mapped[int | None] = mapped_column()
    progress_total: Mapped[int | None] = mapped_column()
    progress_text: Mapped[str | None] = mapped_column(String(200))

    def report(self, done: int, total: int, text: str = "") -> None:
        """Show how far the handler is, and renew the lease. Raises Lost when another worker has the job.

        Written in a transaction of its own; on SQLite, while the handler's is open, with the handler's.
        """
        values = {"progress_done": done, "progress_total": total, "progress_text": text[:200]}
        if db.engine.dialect.name == "sqlite" and db.session().in_transaction():
            hold(db.session, self, **values)
            return
        with separate() as session:
            hold(session, self, **values)


def lease(worker: str | None = None) -> Job | None:
    """Take the job that is due longest for `worker` (else this process); return it detached, or None when none is."""
    worker = worker or f"{socket.gethostname()}:{os.getpid()}"
    moment = now()
    due = and_(
        Job.done_at.is_(None),
        Job.failed_at.is_(None),
        Job.run_after <= moment,
        or_(Job.leased_until.is_(None), Job.leased_until < moment),
    )
    with reading(), db.engine.connect() as connection:
        candidates = connection.scalars(select(Job.id).where(due).order_by(Job.run_after, Job.id).limit(20)).all()
    for job_id in candidates:
        with separate() as session:
            taken = {"leased_until": moment + LEASE, "leased_by": worker[:120], "attempts": Job.attempts + 1}
            if _update(session, and_(Job.id == job_id, due), **taken):
                return session.get_one(Job, job_id)
    return None


def held(job: Job) -> ColumnElement[bool]:
    """Return the condition that `job` is still under the lease it was taken with."""
    return and_(
        Job.id == job.id,
        Job.leased_by == job.leased_by,
        Job.attempts == job.attempts,
        Job.done_at.is_(None),
        Job.failed_at.is_(None),
    )


def hold(session: AnySession, job: Job, **values: Any) -> None:
    """Renew the lease and set `values`. Raises Lost."""
    if not _update(session, held(job), leased_until=now() + LEASE, **values):
        raise Lost


def finish(session: AnySession, job: Job) -> None:
    """Mark the job done in the session's transaction. Raises Lost."""
    if not _update(session, held(job), done_at=now(), error=None, leased_until=None, leased_by=None):
        raise Lost


def fail(job: Job, sentence: str, *, final: bool, tell: Callable[[Session, Job], None] | None) -> None:
    """Record a failed attempt and when the next one is due, if any; `tell` hears of it in the same transaction."""
    try:
        with separate() as session:
            row = session.scalar(select(Job).where(held(job)).with_for_update())
            if row is None:
                return
            row.error, row.leased_until, row.leased_by = sentence, None, None
            if final or row.attempts >= MAX_ATTEMPTS:
                row.failed_at = now()
            else:
                row.run_after = now() + FIRST_DELAY * 3 ** (row.attempts - 1)
            if tell:
                tell(session, row)
    except Exception:
        if tell is None:
            raise
        current_app.logger.exception("The failure of job %s (%s) could not be told", job.id, job.kind)
        fail(job, sentence, final=final, tell=None)


@contextmanager
def renewed(app: Flask, job: Job) -> Iterator[None]:
    """Renew the lease every third of its time while the block runs."""
    over = threading.Event()

    def renew() -> None:
        while not over.wait(LEASE.total_seconds() / 3):
            try:
                with app.app_context(), separate() as session:
                    hold(session, job)
            except Lost:
                return
            except SQLAlchemyError:
                app.logger.warning("The lease of job %s could not be renewed", job.id)

    thread = threading.Thread(target=renew, name=f"lease of {job.id}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _update(session: AnySession, condition: ColumnElement[bool], **values: Any) -> bool:
    """Update the one job the condition names; return whether it still held."""
    statement = update(Job).where(condition).values(**values).execution_options(synchronize_session=False)
    return cast(CursorResult[Any], session.execute(statement)).rowcount == 1
