"""Jobs: work put off, as a row written with the deed it belongs to.

A worker leases the row, runs its handler and marks it done in the handler's transaction. A worker that dies
lets the lease run out, and another takes the job: a handler may begin twice, what it writes is committed once.
"""

from __future__ import annotations

import signal
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import copy_context
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import Any

from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.orm import Session

from .database import begin_writing, db, now, reading, separate, uuid7
from .errors import Refused
from .leases import MAX_ATTEMPTS, AnySession, Job, Lost, fail, finish, lease, renewed

Act = Callable[[Session, Job], None]

handlers: dict[str, tuple[Act, Act | None]] = {}
schedules: dict[str, int | str] = {}


class TryLater(Exception):
    """Say why an attempt failed; the sentence is kept with the job and holds no secret."""


class GiveUp(TryLater):
    """Say the same, and that no further attempt would help."""


_SAID = (TryLater, Refused)


def handler(kind: str, *, failed: Act | None = None) -> Callable[[Act], Act]:
    """Register what does the jobs of `kind`: called with a session, committed once it returns, and the job.

    The session is `db.session`. A handler that waits for others commits first: on SQLite an open transaction
    holds everybody up. `failed(session, job)` is called in the transaction that records a failed attempt:
    `job.error` says why, `job.failed_at` is set when it was the last.
    """

    def register(act: Act) -> Act:
        if kind in handlers and handlers[kind][0] is not act:
            raise ValueError(f"two handlers for jobs of kind {kind!r}")
        handlers[kind] = (act, failed)
        return act

    return register


def every(minutes: int | str, kind: str) -> Callable[[Act], Act]:
    """Register as `handler()` does, and have one job per period of so many minutes (or of a setting; 0: never)."""
    schedules[kind] = minutes
    return handler(kind, failed=handlers[kind][1] if kind in handlers else None)


def enqueue(
    session: AnySession,
    kind: str,
    *,
    customer_id: str | None = None,
    run_after: datetime | None = None,
    unique_key: str | None = None,
    **payload: Any,
) -> Job:
    """Add a job to the session's transaction; `payload` is plain JSON and holds no secret.

    The database refuses a second job with the same `unique_key`, done or not (IntegrityError).
    """
    due = run_after or now()
    job = Job(id=uuid7(), kind=kind, customer_id=customer_id, unique_key=unique_key, run_after=due, payload=payload)
    session.add(job)
    return job


def work(app: Flask, *, poll: float = 0.5, worker: str | None = None) -> None:
    """Run jobs, and enqueue the periodic ones, until SIGTERM or SIGINT; the job at hand is finished first."""

    def loop(stopping: threading.Event) -> None:
        begin_writing()
        while not stopping.is_set():
            try:
                enqueue_scheduled(app)
                if _run_next(app, worker):
                    continue
            except SQLAlchemyError as error:
                app.logger.error("The worker cannot use the database and tries again: %s", type(error).__name__)
                time.sleep(4 * poll)
            time.sleep(poll)  # not stopping.wait(): a signal handler would set the event while its lock is held

    with _stop_signals() as stopping:
        copy_context().run(loop, stopping)


def work_once(app: Flask, *, worker: str | None = None) -> int:
    """Run all jobs that are due; return how many attempts that were."""

    def loop() -> int:
        begin_writing()
        count = 0
        while _run_next(app, worker):
            count += 1
        return count

    return copy_context().run(loop)


def enqueue_scheduled(app: Flask) -> int:
    """Enqueue the job of the present period of every schedule, unless any worker did; return how many."""
    periods = {kind: app.config[period] if isinstance(period, str) else period for kind, period in schedules.items()}
    wanted = {_period(kind, minutes): kind for kind, minutes in periods.items() if minutes}
    if not wanted:
        return 0
    count = 0
    with app.app_context():
        with reading(), db.engine.connect() as connection:
            present = set(connection.scalars(select(Job.unique_key).where(Job.unique_key.in_(wanted))))
        for key in wanted.keys() - present:
            try:
                with separate() as session:
                    enqueue(session, wanted[key], unique_key=key)
                count += 1
            except IntegrityError:
                app.logger.debug("Another worker enqueued %s first", key)
    return count


def _run_next(app: Flask, worker: str | None) -> bool:
    with app.app_context():
        job = lease(worker)
        if job is None:
            return False
        session = db.session()
        with renewed(app, job):
            try:
                if job.attempts > MAX_ATTEMPTS:
                    raise GiveUp("The worker ended while the job ran, too often.")
                if job.kind not in handlers:
                    raise TryLater(f"Nothing here does jobs of kind {job.kind}.")
                handlers[job.kind][0](session, job)
                finish(session, job)
                session.commit()
            except Lost:
                session.rollback()
                app.logger.warning("Job %s (%s) was taken by another worker", job.id, job.kind)
            except Exception as error:
                session.rollback()
                sentence, cause = _sentence(error), None if isinstance(error, _SAID) else error
                app.logger.error("Job %s (%s) failed: %s", job.id, job.kind, sentence, exc_info=cause)
                _act, tell = handlers.get(job.kind, (None, None))
                fail(job, sentence, final=isinstance(error, GiveUp), tell=tell)
    return True


def _sentence(error: Exception) -> str:
    """Return what went wrong, without the message of an error we do not know: it may quote a secret."""
    if isinstance(error, _SAID):
        return str(error)[:500]
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if frame.filename.startswith(str(Path(__file__).parent))]
    place = (ours[1:] or frames)[-1]
    return f"{type(error).__name__} in {place.name} ({Path(place.filename).name}, line {place.lineno})."


def _period(kind: str, minutes: int) -> str:
    seconds = minutes * 60
    start = datetime.fromtimestamp(now().timestamp() // seconds * seconds, UTC)
    return f"{kind}:{start:%Y-%m-%dT%H:%M}"


@contextmanager
def _stop_signals() -> Iterator[threading.Event]:
    """Give an event that SIGTERM and SIGINT set; afterwards they do what they did before."""
    stopping = threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        stopping.set()

    before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield stopping
    finally:
        for number, previous in before.items():
            signal.signal(number, previous)
