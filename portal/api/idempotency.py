"""Idempotency: a POST that is sent again with the same key gets the first answer again, for a day, and does nothing.

The key is claimed before anything is done, in a transaction of its own; the answer is kept with the deed, in one. So a
claim without an answer is a deed under way, or one that never came to be.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import request
from flask_babel import gettext as _
from sqlalchemy import Index, String, Text, delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from ..database import Base, UtcDateTime, db, now, reading, separate
from ..jobs import every
from ..leases import Job
from ..seals import digest, fingerprint
from .problems import Problem

KEPT = timedelta(hours=24)
ABANDONED = timedelta(minutes=2)
"""After which a claim without an answer is taken for one whose process ended."""
LONGEST = 200


@dataclass(frozen=True)
class Made:
    """What a POST answers: its status, its body, and the address of what it made."""

    status: int
    body: Any
    location: str = ""
    tag: str = ""


class KeptAnswer(Base):
    """The answer to a POST, under the account that sent it and the key it came with."""

    __tablename__ = "api_answers"
    __table_args__ = (Index("ix_api_answers_claimed_at", "claimed_at"),)

    user_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    asked: Mapped[str] = mapped_column(String(64))
    """A fingerprint of what was sent, which may hold a chosen secret, and where."""
    claim: Mapped[uuid.UUID] = mapped_column(default=uuid.uuid4)
    claimed_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    answer: Mapped[str | None] = mapped_column(Text)


def once(user_id: uuid.UUID, body: Any, make: Callable[[], Made]) -> Made:
    """Return what `make` makes, committed; or the first answer to the same key. Raises Problem 409, 422."""
    key = request.headers.get("Idempotency-Key", "")
    if not key:
        made = make()
        db.session.commit()
        return made
    if len(key) > LONGEST or not key.isprintable():
        raise Problem(422, _("An Idempotency-Key is one line of at most %(number)d characters.", number=LONGEST))
    db.session.rollback()  # what was read is read: the claim is not to wait for us
    asked = fingerprint(json.dumps([request.method, request.path, body], sort_keys=True))
    claim = uuid.uuid4()
    if earlier := _claimed(user_id, digest(key), asked, claim):
        return earlier
    try:
        made = make()
        _keep(db.session(), user_id, digest(key), claim, made)
        db.session.commit()
    except BaseException:
        db.session.rollback()
        with separate() as session:
            session.execute(delete(KeptAnswer).where(KeptAnswer.user_id == user_id, KeptAnswer.claim == claim))
        raise
    return made


def _claimed(user_id: uuid.UUID, key: str, asked: str, claim: uuid.UUID) -> Made | None:
    """Claim a key; return the answer that was given to it already."""
    try:
        with separate() as session:
            session.execute(insert(KeptAnswer).values(user_id=user_id, key=key, asked=asked, claim=claim))
        return None
    except IntegrityError:
        pass
    with reading():
        columns = KeptAnswer.__table__.columns
        mine = select(*columns).where(KeptAnswer.user_id == user_id, KeptAnswer.key == key)
        found = db.session.execute(mine).first()
        db.session.rollback()
    if found is not None and (found.claimed_at < now() - KEPT or _is_abandoned(found)) and _taken(found, asked, claim):
        return None
    if found is not None and found.asked != asked:
        raise Problem(422, _("This Idempotency-Key was sent with something else before."))
    if found is None or found.answer is None:
        raise Problem(409, _("What was first sent with this Idempotency-Key is still being done."), Retry_After="1")
    return Made(**json.loads(found.answer))


def _is_abandoned(found: Any) -> bool:
    return found.answer is None and found.claimed_at < now() - ABANDONED


def _taken(found: Any, asked: str, claim: uuid.UUID) -> bool:
    """Take a claim over that is too old, unless somebody else just did."""
    with separate() as session:
        done: Any = session.execute(
            update(KeptAnswer)
            .where(KeptAnswer.user_id == found.user_id, KeptAnswer.key == found.key, KeptAnswer.claim == found.claim)
            .values(asked=asked, claim=claim, claimed_at=now(), answer=None)
        )
    return bool(done.rowcount == 1)


def _keep(session: Session, user_id: uuid.UUID, key: str, claim: uuid.UUID, made: Made) -> None:
    """Keep the answer with the deed; refuse the deed whose claim somebody else took over meanwhile."""
    done: Any = session.execute(
        update(KeptAnswer)
        .where(KeptAnswer.user_id == user_id, KeptAnswer.key == key, KeptAnswer.claim == claim)
        .values(answer=json.dumps(vars(made)))
    )
    if done.rowcount != 1:
        raise Problem(409, _("What was first sent with this Idempotency-Key is still being done."), Retry_After="1")


@every(60, "api.forget_answers")
def forget(session: Session, _job: Job) -> None:
    """Delete answers that are no longer given again."""
    session.execute(delete(KeptAnswer).where(KeptAnswer.claimed_at < now() - KEPT))
