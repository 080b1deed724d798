"""Waiting for me: where staff begin."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template
from flask_babel import gettext as _
from flask_login import current_user

from ...access.guard import requires
from ...database import db
from ...web import waiting

bp = Blueprint("provider", __name__, url_prefix="/provider")


@bp.get("/")
@requires("general.use")
def index() -> Any:
    """What waits, sorted by kind."""
    groups = waiting.found(db.session(), current_user)
    ways = [
        (_("Customers"), "/provider/customers/", "customers.read"),
        (_("Imports"), "/provider/imports/", "documents.import"),
        (_("Staff"), "/provider/staff/", "access.read"),
    ]
    return render_template(
        "provider/index.html", groups=groups, ways=[way[:2] for way in ways if way[2] in current_user.verbs]
    )
