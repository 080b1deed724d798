"""The address a signed link opens: for programs, so that every answer but the file is one line of plain text."""

from __future__ import annotations

from flask import Blueprint, Response
from flask_babel import gettext as _

from ... import isolation
from ...access.guard import by_secret
from ...database import db
from ..releases import catalog, links
from ..releases.fetched import Way
from .downloads import hand_over

bp = Blueprint("download_links", __name__)


@bp.get("/downloads/links/<token>/<filename>")
@by_secret("signed link")
def fetch(token: str, filename: str) -> Response:
    """The file, if the link's time is not over and its person could still have it in the browser."""
    answer = _answer(token, filename)
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer


def _answer(token: str, filename: str) -> Response:
    try:
        link = links.read(token)
    except links.Over:
        return _line(410, _("The time of this link is over. Make a new one on the page Downloads of the portal."))
    if link is not None:
        db.session.rollback()  # whatever cookie came along has opened its own customer to this transaction
        isolation.narrow(link.customer_id)
        session = db.session()
        person = links.holder(session, link)
        package = catalog.find(session, person, link.package_id) if person else None
        if person and package and package.file.name == filename:
            return hand_over(package, person, Way.LINK)
    return _line(404, _("This link opens nothing. Make a new one on the page Downloads of the portal."))


def _line(status: int, sentence: str) -> Response:
    return Response(f"{sentence}\n", status, mimetype="text/plain")
