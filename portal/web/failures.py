"""Failures: one handler per kind of no. An error page keeps nothing secret and shows no trace."""

from __future__ import annotations

import json
import sys
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from flask import (
    Flask,
    Response,
    current_app,
    g,
    make_response,
    render_template,
    request,
)
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

from ..access.guard import is_api
from ..database import db
from ..errors import Busy, Forged, Refused, StorageFull, TooMany
from ..storage import DISK_TROUBLE

SPECIAL = {400, 403, 404, 405, 409, 413, 422, 429, 500, 503, 507}


def page(status: int, sentence: str = "", *, retry_after: int | None = None) -> Response:
    """Return the error page of a status; a sentence, where given, says what this one is about. To programs, as JSON."""
    if is_api():
        response = problem(status, sentence)
    else:
        template = f"errors/{status if status in SPECIAL else 400}.html"
        response = make_response(render_template(template, sentence=sentence, back=_came_from()), status)
    if retry_after is not None:
        response.headers["Retry-After"] = str(retry_after)
    return response


def _came_from() -> str:
    """Return the portal's page this request came from; "" for none, and for the one that failed."""
    came = urlsplit(request.referrer or "")
    is_ours = came.scheme in ("http", "https") and came.netloc == request.host
    return came.geturl() if is_ours and came.path not in (request.path, "/login") else ""


def problem(status: int, detail: str = "", **more: Any) -> Response:
    """Return the problem details of a status (RFC 9457); `more` are members of the portal's own."""
    members = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail, **more}
    content = json.dumps({name: value for name, value in members.items() if value != ""}, ensure_ascii=False)
    return Response(content + "\n", status, content_type="application/problem+json")


def _http(error: HTTPException) -> Any:
    if error.code is None or error.code < 400:
        return error
    db.session.rollback()
    sentence, members = getattr(error, "sentence", ""), getattr(error, "members", {})
    response = problem(error.code, sentence, **members) if is_api() else page(error.code, sentence)
    response.headers.extend((name, value) for name, value in error.get_headers() if name != "Content-Type")
    return response


def _refused(error: Refused) -> Response:
    db.session.rollback()
    return page(409, error.sentence)


def _forged(error: Forged) -> Response:
    db.session.rollback()
    current_app.logger.warning("forged choice at %s: %s", request.endpoint, error)
    return page(403)


def _busy(error: Busy) -> Response:
    db.session.rollback()
    return page(503, error.sentence, retry_after=error.retry_after)


def _too_many(error: TooMany) -> Response:
    db.session.rollback()
    return page(429, error.sentence, retry_after=error.retry_after)


def _full(error: StorageFull) -> Response:
    db.session.rollback()
    return page(507, str(error))


def _system(error: OSError) -> Response:
    if error.errno not in DISK_TROUBLE:
        if current_app.testing:
            raise error
        return _unexpected(error)
    db.session.rollback()
    current_app.logger.error("disk: %s", error)
    return page(507)


def _stale(error: Exception) -> Response:
    db.session.rollback()
    return page(
        409, _("Somebody else changed this at the same moment. Go back, look again, and repeat what is still needed.")
    )


def _database(error: OperationalError) -> Response:
    db.session.rollback()
    current_app.logger.error("database: %s", error.orig)
    if "disk" in str(error.orig).lower():
        return page(507)
    return page(503, retry_after=5)


def _csrf(error: CSRFError) -> Response:
    db.session.rollback()
    return page(
        400, _("The form was open for too long or came from another page. Go back, reload it, and send it again.")
    )


def _unexpected(error: Exception) -> Response:
    db.session.rollback()
    current_app.log_exception(sys.exc_info())
    g.failing = True
    return page(500)


def init_app(app: Flask) -> None:
    """Register the handlers."""
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(CSRFError, _csrf)
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(Forged, _forged)
    app.register_error_handler(Busy, _busy)
    app.register_error_handler(StorageFull, _full)
    app.register_error_handler(OSError, _system)
    app.register_error_handler(TooMany, _too_many)
    app.register_error_handler(StaleDataError, _stale)
    app.register_error_handler(IntegrityError, _stale)
    app.register_error_handler(OperationalError, _database)
    if not app.testing:
        app.register_error_handler(Exception, _unexpected)
