"""News as customers read it, and the feed that everybody may read."""

from __future__ import annotations

import uuid

from flask import Blueprint, Response, abort, current_app, render_template, request
from sqlalchemy import ColumnElement

from ...access.guard import public, requires
from ...conversations.text import html
from ...database import db
from ...i18n import speaking
from ...web import paging
from ..news import bulletin, feed
from ..news.models import TOPICS, News

bp = Blueprint("bulletin", __name__)


@bp.get("/downloads/news/")
@requires("downloads.use")
def index() -> str:
    """What is new, the newest first."""
    topic = paging.chosen("topic", [str(one) for one in TOPICS])
    wanted: list[ColumnElement[bool]] = [News.topic == topic] if topic else []
    page = paging.page(
        db.session(), bulletin.told().where(*wanted), id=News.id, keys=[News.published_at], descending=True, per_page=10
    )
    return render_template("licensing/news/list.html", page=page, topic=topic, topics=TOPICS, html=html)


@bp.get("/downloads/news/<uuid:news_id>")
@requires("downloads.use")
def show(news_id: uuid.UUID) -> str:
    """One piece of news."""
    row = db.session.execute(bulletin.told().where(News.id == news_id)).one_or_none()
    if row is None:
        abort(404)
    return render_template("licensing/news/one.html", news=row, topics=TOPICS, html=html)


@bp.get("/news.atom")
@public
def atom() -> Response:
    """Release and security news for feed readers; made anew only when something changed."""
    state = bulletin.state_of_feed(db.session())
    kept = current_app.extensions.get("feed")
    if kept is None or kept[0] != state:
        rows = bulletin.in_feed(db.session())
        with speaking(current_app.config["LANGUAGE"]):
            kept = current_app.extensions["feed"] = (state, feed.atom(rows), feed.updated(rows))
    response = Response(kept[1], content_type="application/atom+xml; charset=utf-8")
    response.headers["Cache-Control"] = "public, max-age=300"
    response.last_modified = kept[2]
    response.add_etag()
    return response.make_conditional(request.environ)  # type: ignore[return-value]
