"""News as staff write it: about releases, security and maintenance."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from ...access.guard import requires
from ...conversations.text import html
from ...database import db
from ...errors import Refused, Stale
from ...i18n import time_zone
from ...web import banners, paging
from ...web.navigation import Entry, add
from ..forms.news import MaintenanceForm, NewsForm, SecurityForm
from ..news import broadcast, bulletin
from ..news.models import STATES, TOPICS, News, Topic

__all__ = ["bp", "broadcast"]

bp = Blueprint("news", __name__, url_prefix="/provider/news")
add(Entry(_l("News"), "/provider/news/", "releases.read", staff=True, order=41))

FORMS: dict[str, type[NewsForm]] = {"security": SecurityForm, "maintenance": MaintenanceForm, "release": NewsForm}


@bp.get("/")
@requires("releases.read")
def index() -> str:
    """All news, the newest first."""
    topic = paging.chosen("topic", list(FORMS))
    statement = bulletin.written().where(News.topic == topic) if topic else bulletin.written()
    page = paging.page(db.session(), statement, id=News.id, keys=[News.published_at], descending=True)
    return render_template("licensing/news/index.html", page=page, topic=topic, topics=TOPICS)


@bp.route("/new/<any(release, security, maintenance):topic>", methods=["GET", "POST"])
@requires("releases.read", act="releases.publish")
def new(topic: str) -> Any:
    """Write something new."""
    form, status = FORMS[topic](), 200
    if form.validate_on_submit():
        try:
            news = News.write(db.session(), Topic(topic), by=current_user, **_said(form))
            return _kept(news, form, _("Everybody can read it now."))
        except Refused as refused:
            db.session.rollback()
            status = form.refuse(refused)
    elif form.is_submitted():
        status = 422
    return _edit(form, topic), status


@bp.get("/<uuid:news_id>")
@requires("releases.read")
def show(news_id: uuid.UUID) -> str:
    """One piece of news, as its readers see it, and what can be done."""
    news = bulletin.find(db.session(), news_id)
    return render_template(
        "licensing/news/show.html", news=news, said=html(news.body), release=news.release, topics=TOPICS, states=STATES,
        is_mailable=news.topic == Topic.SECURITY and not news.mailed_at and not news.withdrawn_at,
    )  # fmt: skip


@bp.route("/<uuid:news_id>/edit", methods=["GET", "POST"])
@requires("releases.read", act="releases.publish")
def edit(news_id: uuid.UUID) -> Any:
    """Change what it says."""
    news = bulletin.find(db.session(), news_id)
    form, status = FORMS[news.topic](obj=news), 200
    if form.validate_on_submit():
        try:
            form.check_version(news)
            news.change(db.session(), by=current_user, **_said(form))
            return _kept(news, form, _("Saved."))
        except Refused as refused:
            db.session.rollback()
            news = bulletin.find(db.session(), news_id)
            if isinstance(refused, Stale):
                form.version.data = str(news.version)
            status = form.refuse(refused)
    elif form.is_submitted():
        status = 422
    return _edit(form, news.topic, news), status


@bp.post("/<uuid:news_id>/mail")
@requires("releases.read", act="releases.publish")
def mail(news_id: uuid.UUID) -> Any:
    """Send it by mail to everybody who may download."""
    bulletin.find(db.session(), news_id).mail(db.session(), by=current_user)
    db.session.commit()
    flash(_("It goes out by mail now."))
    return redirect(url_for(".show", news_id=news_id))


@bp.post("/<uuid:news_id>/withdrawal")
@requires("releases.read", act="releases.publish")
def withdraw(news_id: uuid.UUID) -> Any:
    """Take it back."""
    bulletin.find(db.session(), news_id).withdraw(db.session(), by=current_user)
    db.session.commit()
    _forget()
    flash(_("Withdrawn: nobody but staff reads it any more."))
    return redirect(url_for(".show", news_id=news_id))


def _said(form: NewsForm) -> dict[str, Any]:
    return {name: form[name].data for name in ("title", "body", "shown_from", "shown_until") if name in form}


def _kept(news: News, form: NewsForm, sentence: str) -> Any:
    """Commit, and send it by mail where that was ticked."""
    if "by_mail" in form and form["by_mail"].data and not news.mailed_at:
        news.mail(db.session(), by=current_user)
    db.session.commit()
    _forget()
    flash(sentence)
    return redirect(url_for(".show", news_id=news.id))


def _forget() -> None:
    """Let this process show at once what was written."""
    banners.forget(current_app._get_current_object())  # type: ignore[attr-defined]


def _edit(form: NewsForm, topic: str, news: News | None = None) -> str:
    return render_template("licensing/news/edit.html", form=form, topic=topic, news=news, zone=time_zone())
