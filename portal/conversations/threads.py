"""Threads: whose answer a mail is. Its sender must be whom the mail was sent to that it answers."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..accounts.users import User
from ..mail import Mail, anchor
from ..text import fold
from .inbound import Arrived
from .plain import text_of


@dataclass(frozen=True)
class Answer:
    """A mail recognised: the record it is about, who wrote it, and what the mail said that it answers."""

    record_id: uuid.UUID
    user_id: uuid.UUID
    said: str = ""


def answer_in(session: Session, arrived: Arrived) -> Answer | None:
    """Return whose answer to what a mail is; None where it shows no id of ours that was sent to its sender."""
    asked = [f"<{id.lower()}>" for id in arrived.answers]
    people = session.scalars(select(User).where(User.email_key == fold(arrived.sender), User.archived_at.is_(None)))
    ids = {user.id for user in people} if arrived.sender and asked else set()
    if not ids:
        return None
    sent = session.scalars(
        select(Mail).where(Mail.message_id.in_(asked), Mail.thread_id.is_not(None), Mail.user_id.in_(ids))
    )
    if found := min(sent, key=lambda mail: asked.index(mail.message_id), default=None):
        assert found.thread_id
        assert found.user_id
        return Answer(found.thread_id, found.user_id, f"{found.text}\n{text_of(found.html)}")
    return _by_anchor(asked, ids)


def _by_anchor(asked: list[str], ids: set[uuid.UUID]) -> Answer | None:
    """Recognise the id that a whole thread refers to, where a mail server has given single mails others."""
    for one in asked:
        try:
            record_id = uuid.UUID(hex=one[1:].partition(".")[0])
        except ValueError:
            continue
        for user_id in ids:
            if one == anchor(record_id, user_id):
                return Answer(record_id, user_id)
    return None


def is_ours(session: Session, arrived: Arrived) -> bool:
    """Tell whether the portal wrote the mail itself: one of its own that came back."""
    return bool(session.scalar(select(Mail.id).where(Mail.message_id == f"<{arrived.id}>")))
