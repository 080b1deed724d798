"""Broadcast: security news by mail to everybody who may download, some at a time."""

from __future__ import annotations

import uuid

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from ...access.rights import Right
from ...accounts.notices import address_of, tell
from ...accounts.users import Grant, User
from ...conversations.text import html
from ...jobs import enqueue, handler
from ...leases import Job
from .models import News

AT_ONCE = 100
"""Mails written in one transaction."""


@handler("licensing.tell_news")
def _tell(session: Session, job: Job) -> None:
    """Write to the holders of the right who can sign in, and go on with the next ones; not once it is withdrawn."""
    news = session.get_one(News, uuid.UUID(job.payload["news_id"]))
    if news.withdrawn_at:
        return
    after = uuid.UUID(job.payload["after"]) if "after" in job.payload else None
    people = session.scalars(
        select(User)
        .where(
            exists().where(Grant.user_id == User.id, Grant.right == Right.DOWNLOAD_LICENSE),
            User.has_joined, User.disabled_at.is_(None), User.archived_at.is_(None),
            *([User.id > after] if after else []),
        )
        .order_by(User.id)
        .limit(AT_ONCE)
    ).all()  # fmt: skip
    said = html(news.body)
    for user in people:
        tell(session, user, "security_news", title=news.title, text=news.body, said=said,
             link=address_of(f"/downloads/news/{news.id}"))  # fmt: skip
    if len(people) == AT_ONCE:
        enqueue(session, "licensing.tell_news", news_id=str(news.id), after=str(people[-1].id))
