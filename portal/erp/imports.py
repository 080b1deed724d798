"""Imports as they are started: by a command, by the page, by the clock."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from ..database import db, reading, separate
from ..errors import Refused
from ..jobs import GiveUp, TryLater, every
from ..leases import Job
from . import runs
from .importer import course
from .models import ErpRun, RunState
from .source import Source, open_source


def import_from(
    address: str, *, id: uuid.UUID | None = None, name: str = "", opened: Callable[[], Source] | None = None
) -> ErpRun:
    """Import from `address` and return the run as it ended: finished, or failed with the reason in `error`.

    `id` is a run that waits already, `opened` gives another source than the address would. Raises Refused while
    another import is under way, and what nobody expected after putting it on record.
    """
    run = runs.begin(address, id=id)
    try:
        course.follow(opened() if opened else open_source(address, current_app.config), run, name=name)
    except Refused as refused:
        _end(run, RunState.FAILED, refused.sentence)
    except runs.Stopped:
        raise
    except Exception:
        _end(run, RunState.FAILED, _("An unexpected error ended the import. The log has the details."))
        raise
    except BaseException:
        _end(run, RunState.INTERRUPTED, "")
        raise
    with reading(), Session(db.engine) as session:
        return session.get_one(ErpRun, run.id)


@every("ERP_EVERY", runs.JOB)
def work(session: Session, job: Job) -> None:
    """Do the run the job names; without one (the clock's), import from the configured source."""
    session.commit()
    id = uuid.UUID(job.payload["run"]) if "run" in job.payload else None
    address = current_app.config["ERP_SOURCE"]
    if id is None and not address:
        return
    try:
        import_from(address, id=id)
    except runs.Over:
        return
    except Refused as busy:
        if id is not None:
            raise TryLater(busy.sentence) from busy
    except runs.Stopped as stopped:
        raise GiveUp("Another worker does this import.") from stopped
    except Exception as error:
        raise GiveUp("The import failed.") from error


def _end(run: ErpRun, state: RunState, sentence: str) -> None:
    try:
        with separate() as session:
            runs.end(session, run, state, error=sentence)
    except runs.Stopped:
        current_app.logger.warning("Import %s was taken by another worker", run.id)
