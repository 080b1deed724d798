"""News for tests, written as staff write it."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy import select

from portal.accounts.users import User
from portal.database import db, now
from portal.licensing.news.models import News, Topic
from portal.web import banners


def tell(
    app: Flask, topic: Topic = Topic.SECURITY, title: str = "A hole in the agent", body: str = "**Update** now.",
    **more: Any,
) -> uuid.UUID:  # fmt: skip
    """Write news as pat and return its id."""
    with app.app_context():
        pat = db.session.scalars(select(User).where(User.username == "pat")).one()
        news = News.write(db.session(), topic, title=title, body=body, by=pat, **more)
        db.session.commit()
        banners.forget(app)
        return news.id


def maintain(
    app: Flask, since: timedelta, until: timedelta, title: str = "Maintenance tonight.", body: str = ""
) -> uuid.UUID:
    """Announce maintenance, shown between two moments relative to now."""
    return tell(app, Topic.MAINTENANCE, title, body, shown_from=now() + since, shown_until=now() + until)


def write(as_: Any, topic: str, **fields: Any) -> Any:
    """Return the form with which pat writes news, filled in."""
    form = as_("pat").get(f"/provider/news/new/{topic}").forms["news"]
    for name, value in fields.items():
        form[name] = value
    return form
