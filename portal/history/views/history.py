"""A company's history, for its super user and admins."""

from __future__ import annotations

from flask import Blueprint, Response, render_template
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from ...access.guard import requires
from ...accounts import chronicle
from ...accounts.users import User
from ...database import db
from ...records import export
from ...web import paging
from ...web.navigation import Entry, add
from .. import listing

bp = Blueprint("history", __name__)
add(Entry(_l("History"), "/history/", "history.read", section="company", order=20, icon="history"))


@bp.get("/history/")
@requires("history.read")
def index() -> str:
    """What happened in the company, newest first."""
    session, people = db.session(), User.customer_id == current_user.customer_id
    history = listing.read(session, current_user, listing.of_company(current_user), people=people)
    return render_template(
        "history/index.html", history=history, wish=history.wish, page=history.page, topics=chronicle.labels(),
        people=listing.choices(session, people), csv_url=paging.address().replace("/history/", "/history.csv", 1),
    )  # fmt: skip


@bp.get("/history.csv")
@requires("history.read")
def download() -> Response:
    """All entries of the filter."""
    people = User.customer_id == current_user.customer_id
    entries = listing.every_entry(db.session(), current_user, listing.of_company(current_user), people=people)
    return export.answer("history", *listing.csv_rows(entries))
