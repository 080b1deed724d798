"""Sweep: rows that nothing asks for any more are deleted once an hour."""

from __future__ import annotations

from sqlalchemy.orm import Session

from ..jobs import every
from ..leases import Job
from . import access_tokens, session_rows, throttle, tokens


@every(60, "accounts.sweep")
def sweep(session: Session, _job: Job) -> None:
    """Delete sessions that are over, tries that no longer count, and links and tokens that expired long ago."""
    session_rows.forget_old(session)
    throttle.forget_old(session)
    tokens.forget_old(session)
    access_tokens.forget_old(session)
