"""Acknowledgements, downtimes and comments of hosts and services, for programs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Blueprint, Response, abort, jsonify
from flask_babel import gettext as _
from flask_login import current_user

from ...access.guard import requires_one
from ...database import db, now
from ...errors import Refused
from ...monitoring import acts
from ...monitoring.acts import ACKNOWLEDGE, SCHEDULE, SEES, WRITE, Thing
from ...monitoring.tables.plain import plain
from .. import bodies, idempotency
from ..act_paths import ACKNOWLEDGEMENT, DOWNTIME, WRITTEN
from ..checking import check, refusal
from ..idempotency import Made

bp = Blueprint("api_acts", __name__, url_prefix="/api/v1/hosts/<string:site>/<name:host>")
SERVICE = "/services/<name:service>"
DOORS = tuple(sorted(SEES))
USUAL = timedelta(hours=2)
"""How long a downtime lasts when neither its end nor its minutes are said."""


def _at(act: str, method: str, verbs: tuple[str, ...]) -> Callable[[Any], Any]:
    """Put a view under the address of hosts and of services; names may begin with a slash."""

    def add(view: Any) -> Any:
        view = requires_one(*DOORS, acts=verbs)(view)
        for of, rule in (("host", f"/{act}"), ("service", f"{SERVICE}/{act}")):
            name = f"{method.lower()}_{act}_{of}"
            bp.add_url_rule(rule, name, view, methods=[method], merge_slashes=False, strict_slashes=False)
        return view

    return add


@_at("acknowledgement", "POST", ACKNOWLEDGE)
def acknowledge(site: str, host: str, service: str = "") -> Response:
    """Say of a problem that one knows of it."""
    body = bodies.json_object()
    said = check(ACKNOWLEDGEMENT, body, is_whole=True)
    return _done(site, host, service, body, lambda thing: acts.acknowledge(db.session(), thing, by=_by(), **said))


@_at("acknowledgement", "DELETE", ACKNOWLEDGE)
def unacknowledge(site: str, host: str, service: str = "") -> Response:
    """Take that back."""
    return _done(site, host, service, None, lambda thing: acts.remove_acknowledgement(db.session(), thing, by=_by()))


@_at("downtimes", "POST", SCHEDULE)
def schedule(site: str, host: str, service: str = "") -> Response:
    """Announce that something is out of work on purpose."""
    body = bodies.json_object()
    said = check(DOWNTIME, body, is_whole=True)
    start = _moment(said.get("start")) or now()
    if "end" in said and "minutes" in said:
        raise refusal({"minutes": [_("Say either the end or the minutes.")]})
    end = _moment(said.get("end")) or start + (timedelta(minutes=said["minutes"]) if "minutes" in said else USUAL)
    return _done(
        site, host, service, body,
        lambda thing: acts.schedule(db.session(), thing, by=_by(), comment=said["comment"], start=start, end=end),
    )  # fmt: skip


@_at("downtimes", "DELETE", SCHEDULE)
def cancel(site: str, host: str, service: str = "") -> Response:
    """Take all downtimes of it back."""
    return _done(site, host, service, None, lambda thing: acts.cancel(db.session(), thing, by=_by()))


@_at("comments", "POST", WRITE)
def write(site: str, host: str, service: str = "") -> Response:
    """Put a comment on it."""
    body = bodies.json_object()
    said = check(WRITTEN, body, is_whole=True)
    return _done(site, host, service, body, lambda thing: acts.write(db.session(), thing, by=_by(), **said))


def _by() -> Any:
    return current_user._get_current_object()


def _done(site: str, host: str, service: str, body: Any, act: Callable[[Thing], Thing]) -> Response:
    """Do it to what the address names, once for each key; 404 for what the account does not see."""

    def make() -> Made:
        thing = acts.look(db.session(), _by(), site, host, service) or abort(404)
        try:
            return Made(200, _standing(act(thing)))
        except Refused as refused:
            if refused.field:
                raise refusal({refused.field: [str(refused.sentence)]}) from None
            raise

    answer = jsonify(idempotency.once(current_user.id, body, make).body)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _standing(thing: Thing) -> Mapping[str, Any]:
    return {
        "site": thing.seen.target.site_id, "host": thing.host, "service": thing.service or None,
        "is_acknowledged": thing.is_acknowledged,
        "downtimes": [
            {
                "id": row.get("id"), "author": plain(row.get("author")), "comment": plain(row.get("comment")),
                "start": _said(row.moment("start_time")), "end": _said(row.moment("end_time")),
            }
            for row in thing.downtimes
        ],
        "comments": [
            {
                "id": row.get("id"), "author": plain(row.get("author")), "comment": plain(row.get("comment")),
                "at": _said(row.moment("entry_time")),
            }
            for row in thing.comments
        ],
    }  # fmt: skip


def _said(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _moment(text: str | None) -> datetime | None:
    """Return a moment that was checked, in UTC; raise the problem for one that no calendar has there."""
    try:
        return datetime.fromisoformat(text).astimezone(UTC) if text else None
    except (ValueError, OverflowError):
        raise refusal({"end": [_("This is no moment.")]}) from None
