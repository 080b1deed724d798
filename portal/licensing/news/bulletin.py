"""Bulletin: who reads which news: customers, strangers in the feed, everybody above every page."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from flask import abort
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from ...database import now
from ...web import banners
from ..releases.models import Release
from .models import PUBLIC, News, Topic

IN_FEED = 50
_COLUMNS: tuple[Any, ...] = (
    News.id, News.topic, News.title, News.body, News.published_at, News.changed_at, News.shown_from, News.shown_until,
    News.withdrawn_at, News.mailed_at, Release.number, Release.withdrawn_at.label("release_withdrawn_at"),
)  # fmt: skip


def find(session: Session, news_id: uuid.UUID) -> News:
    """Return a piece of news; ends the request with 404 when there is none."""
    news = session.get(News, news_id)
    if news is None:
        abort(404)
    return news


def written() -> Select[Any]:
    """Return the statement of all news, as staff list them."""
    return select(*_COLUMNS).outerjoin(Release, Release.id == News.release_id)


def told() -> Select[Any]:
    """Return the statement of the news customers read."""
    return written().where(News.withdrawn_at.is_(None))


def in_feed(session: Session) -> Sequence[Any]:
    """Return the newest of what strangers may read."""
    statement = told().where(News.topic.in_(PUBLIC)).order_by(News.published_at.desc(), News.id.desc())
    return session.execute(statement.limit(IN_FEED)).all()


def state_of_feed(session: Session) -> tuple[Any, ...]:
    """Return what is another whenever the feed is."""
    columns = func.count(), func.max(News.changed_at), func.max(Release.withdrawn_at)
    statement = select(*columns).select_from(News).outerjoin(Release, Release.id == News.release_id)
    return tuple(session.execute(statement.where(News.topic.in_(PUBLIC))).one())


@banners.source
def maintenance(session: Session) -> list[banners.Banner]:
    """Return what stands above every page now or soon."""
    soon = now() + timedelta(seconds=2 * banners.KEPT)
    rows = session.execute(
        select(News.title, News.body, News.shown_from, News.shown_until)
        .where(
            News.topic == Topic.MAINTENANCE, News.shown_until > now(), News.shown_from <= soon,
            News.withdrawn_at.is_(None),
        )
        .order_by(News.shown_from, News.id)
    )  # fmt: skip
    return [banners.Banner(_in_one_line(row.title, row.body), row.shown_from, row.shown_until) for row in rows]


def _in_one_line(title: str, body: str) -> str:
    text = " ".join(body.split())
    return f"{title}{'' if title.endswith(('.', '!', '?', ':')) else ':'} {text}" if text else title
