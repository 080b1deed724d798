"""The rows of a view, in pages or as scripts for Checkmk expect them."""

from __future__ import annotations

from flask import Blueprint, Response, abort, jsonify, request
from flask_babel import gettext as _
from flask_login import current_user

from ...access.guard import requires_one
from ...database import db
from .. import pages, tables
from ..checking import refusal
from ..collections.monitored import DOORS
from .collections import acceptable

bp = Blueprint("api_tables", __name__, url_prefix="/api/v1")
FORM = "output_format"


@bp.get("/views/<id>", strict_slashes=False)
@requires_one(*DOORS)
def show(id: str) -> Response:
    """Give a page of the rows of a view, or all of them in a form that was asked for."""
    if FORM not in request.args:
        acceptable()
    session, reader = db.session(), current_user._get_current_object()
    found = tables.found(session, reader, id)
    if found is None:
        abort(404)
    name, table = found
    wish = pages.Wish.asked(tables.PARAMETERS)
    table = tables.narrowed(table, wish)
    if form := wish.filters.get(FORM):
        if paged := {"limit", "cursor"} & request.args.keys():
            raise refusal({name: [_("All rows come at once in this form: leave this out.")] for name in paged})
        answer = tables.whole(session, reader, id, table, form)
        answer.headers["Cache-Control"] = "no-store"
        return answer
    page, cursor = tables.page(session, reader, table, wish)
    following = pages.address(cursor) if cursor else None
    response = jsonify(id=id, name=name, next=following, **page)
    if following:
        response.headers["Link"] = f'<{following}>; rel="next"'
    return response
