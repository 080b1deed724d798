"""Forgotten passwords: who is meant is looked up by a job, so that the answer to whoever asks is always the same."""

from __future__ import annotations

from sqlalchemy.orm import Session

from ..audit.models import record
from ..jobs import enqueue, handler
from ..leases import AnySession, Job
from . import letters, throttle
from .lookup import LONGEST, accounts_of
from .users import User


def ask(session: AnySession, typed: str) -> None:
    """Note that somebody forgot the password of a name or an address."""
    enqueue(session, "password.forgotten", typed=typed.replace("\0", "")[: LONGEST + 1])


@handler("password.forgotten")
def _write(session: Session, job: Job) -> None:
    by_address: dict[str, list[User]] = {}
    for user in accounts_of(session, job.payload["typed"]):
        if throttle.may_mail(session, user.id):
            by_address.setdefault(user.email_key, []).append(user)
    for users in by_address.values():
        letters.offer_reset(session, users)
        for user in users:
            record(session, "password.forgotten", by=None, customer_id=user.customer_id, subject_id=user.id)
