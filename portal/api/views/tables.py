"""The rows of a view."""

from __future__ import annotations

from flask import Blueprint, Response, abort, jsonify
from flask_login import current_user

from ...access.guard import requires_one
from ...database import db
from .. import pages, tables
from ..collections.monitored import DOORS
from .collections import acceptable

bp = Blueprint("api_tables", __name__, url_prefix="/api/v1")


@bp.get("/views/<id>", strict_slashes=False)
@requires_one(*DOORS)
def show(id: str) -> Response:
    """Give a page of the rows of a view."""
    acceptable()
    session, reader = db.session(), current_user._get_current_object()
    found = tables.found(session, reader, id)
    if found is None:
        abort(404)
    name, table = found
    wish = pages.Wish.asked(tables.PARAMETERS)
    page, cursor = tables.page(session, reader, tables.narrowed(table, wish), wish)
    following = pages.address(cursor) if cursor else None
    response = jsonify(id=id, name=name, next=following, **page)
    if following:
        response.headers["Link"] = f'<{following}>; rel="next"'
    return response
