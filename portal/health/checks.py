"""Checks and figures: each answers for itself and never raises, so that the answer says what is wrong."""

from __future__ import annotations

import tempfile
from pathlib import Path

from flask import current_app
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.exc import SQLAlchemyError

from ..accounts.session_rows import SessionRow
from ..database import db, now
from ..leases import Job
from ..mail import Mail
from ..migration import newest, present


def database() -> bool:
    """Tell whether the database answers."""
    try:
        db.session.execute(select(1))
    except SQLAlchemyError:
        db.session.rollback()
        return False
    return True


def migrations() -> bool:
    """Tell whether the database is the one this code was written for."""
    try:
        return present() == newest()
    except SQLAlchemyError:
        return False


def disk() -> bool:
    """Tell whether a file can be written in the data folder."""
    try:
        with tempfile.TemporaryFile(dir=Path(current_app.config["DATA"]) / "files") as file:
            file.write(b"\0" * 4096)
            file.flush()
    except OSError:
        return False
    return True


CHECKS = {"database": database, "migrations": migrations, "disk": disk}


def figures() -> dict[str, tuple[str, int]]:
    """Return every gauge's sentence and value; one statement."""
    moment = now()
    open_job = Job.done_at.is_(None) & Job.failed_at.is_(None)
    late = (Job.run_after <= moment) & (Job.leased_until.is_(None) | (Job.leased_until < moment))
    asked: dict[str, tuple[str, ColumnElement[bool]]] = {
        "portal_jobs_waiting": ("Jobs not done yet", open_job),
        "portal_jobs_late": ("Jobs that are due and that no worker has", open_job & late),
        "portal_jobs_failed": ("Jobs given up", Job.failed_at.is_not(None)),
        "portal_mails_waiting": ("Mails not sent yet", Mail.state == "waiting"),
        "portal_mails_failed": ("Mails given up", Mail.state == "failed"),
        "portal_sessions": ("Sessions that have not expired", SessionRow.expires_at > moment),
    }
    models = {"jobs": Job, "mails": Mail, "sessions": SessionRow}
    columns = [
        select(func.count()).select_from(models[name.split("_")[1]]).where(condition).scalar_subquery().label(name)
        for name, (_sentence, condition) in asked.items()
    ]
    row = db.session.execute(select(*columns)).one()
    return {name: (sentence, getattr(row, name)) for name, (sentence, _condition) in asked.items()}
