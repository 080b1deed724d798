"""Runs: begun one at a time, taken over from a dead worker, ended on record."""

from __future__ import annotations

import os
import re
import socket
import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

from flask_babel import gettext as _
from sqlalchemy import CursorResult, delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ..database import now, separate
from ..errors import Refused
from ..jobs import enqueue
from .models import OPEN, ErpFinding, ErpRun, RunState

SILENCE = timedelta(minutes=5)
"""A run that has not been heard of for so long is dead; one of a process that is gone from this machine is at once."""

JOB = "erp.import"


@dataclass(frozen=True)
class Asker:
    """Who asked for a run, as the history records them."""

    id: uuid.UUID
    address: str = ""


class Over(Exception):
    """Say that the run has ended already."""


class Stopped(Exception):
    """Say that another worker has taken the run: it was believed dead."""


def shown(address: str) -> str:
    """Return an address as people may read it: credentials do not belong there, and are not repeated."""
    return re.sub(r"//[^/]*@", "//…@", address)


def ask(session: Session, *, address: str, by: Any) -> ErpRun:
    """Put a run in line, with the job that does it; raise Refused when one waits or runs already."""
    if session.scalar(select(ErpRun.id).where(ErpRun.state.in_(OPEN)).limit(1)):
        raise _busy()
    run = ErpRun(address=shown(address), by_id=getattr(by, "id", None))
    session.add(run)
    session.flush()
    enqueue(session, JOB, run=str(run.id))
    return run


def begin(address: str, *, id: uuid.UUID | None = None) -> ErpRun:
    """Begin the run `id`, else a new one.

    Raises Refused while another one runs whose worker lives, and `Over` when the run has ended already.
    """
    try:
        with separate() as session:
            for other in session.scalars(select(ErpRun).where(ErpRun.is_active.is_(True)).with_for_update()):
                if other.id != id and not _is_dead(other):
                    raise _busy()
                if other.id != id:
                    other.state, other.is_active, other.finished_at = RunState.INTERRUPTED, None, now()
                elif not _is_dead(other):
                    raise _busy()
            session.flush()
            run = session.get(ErpRun, id) if id else None
            if run is None:
                run = ErpRun(address=shown(address))
                session.add(run)
            if run.finished_at is not None:
                raise Over
            session.execute(delete(ErpFinding).where(ErpFinding.run_id == run.id))
            run.state, run.is_active, run.worker = RunState.RUNNING, True, _own_name()
            run.started_at = run.beat_at = now()
            session.flush()
            return run
    except IntegrityError:
        raise _busy() from None


def beat(session: Session, run: ErpRun, **values: Any) -> None:
    """Say that the run lives, and set `values`; raise `Stopped` when it is no longer this worker's."""
    statement = update(ErpRun).where(ErpRun.id == run.id, ErpRun.worker == run.worker, ErpRun.is_active.is_(True))
    result = session.execute(statement.values(beat_at=now(), **values).execution_options(synchronize_session=False))
    if cast(CursorResult[Any], result).rowcount != 1:
        raise Stopped


def end(session: Session, run: ErpRun, state: RunState, **values: Any) -> None:
    """Close the run in the session's transaction."""
    beat(session, run, state=state, is_active=None, finished_at=now(), step="", **values)


def _busy() -> Refused:
    return Refused(_("An import is running already. Wait until it is over."))


def _own_name() -> str:
    return f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}"


def _is_dead(run: ErpRun) -> bool:
    if run.beat_at is None or now() - run.beat_at > SILENCE:
        return True
    host, process, _rest = run.worker.rsplit(":", 2)
    return host == socket.gethostname() and not _lives(int(process))


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
