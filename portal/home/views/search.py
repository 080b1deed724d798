"""The search page."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask_login import current_user

from ...access.guard import requires
from ...database import db
from .. import hosts
from ..search import find

bp = Blueprint("search", __name__)


@bp.get("/search")
@requires("search.use")
def index() -> str:
    """Show what was found, by kind."""
    text = " ".join(request.args.get("q", "").replace("\0", "").split())[:200]
    session, reader = db.session(), current_user._get_current_object()
    found = find(session, reader, text)
    return render_template("home/search.html", q=text, found=found, hosts=hosts.find(session, reader, text))
