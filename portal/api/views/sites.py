"""Sites: each fetches its own configuration, and says what became of it and what it runs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, current_app, request, send_file
from flask_babel import gettext as _
from sqlalchemy import select

from ...access.guard import by_secret, public
from ...customers.sites import Site
from ...database import db, separate
from ...setup import sites
from ...setup.distribution import standing
from ...setup.distribution.snapshots import Snapshot, document
from ...setup.distribution.standing import REASON_LENGTH, SiteStanding
from ...setup.editions import is_held_back
from .. import bearer, bodies
from ..problems import Problem

bp = Blueprint("sites_api", __name__, url_prefix="/api/v1/sites")
SITE_TOKEN = "site token"  # noqa: S105 - what a token is called
LARGEST = 16 * 1024
LONGEST = {"reason": REASON_LENGTH, "edition": 20, "version": 60}
SUFFIXES = (":br", ":gzip")
"""What compression adds to the tag of an answer."""


@bp.get("/<site_id>/configuration")
@by_secret(SITE_TOKEN)
def configuration(site_id: str) -> Response:
    """Give a site its last snapshot, unless it has that already."""
    snapshot = _last(bearer.site(site_id))
    known = {
        tag.removesuffix(suffix)
        for tag in request.if_none_match.as_set(include_weak=True)
        for suffix in ("", *SUFFIXES)
    }
    has_it = snapshot.etag in known
    content, number = b"" if has_it else document(db.session(), snapshot), snapshot.number
    etag = snapshot.etag
    db.session.close()
    if request.method == "GET":
        with separate() as session:
            standing.fetched(session, site_id, number, again=has_it)
    response = Response(content, status=304 if has_it else 200, mimetype="application/json")
    response.set_etag(etag)
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.post("/<site_id>/report")
@by_secret(SITE_TOKEN)
def report(site_id: str) -> Response:
    """Keep what a site says: that it applied a snapshot or why it could not, its edition and version."""
    site = bearer.site(site_id)
    said = _said(bodies.raw(most=LARGEST))
    session = db.session()
    if "snapshot" in said:
        present = session.get(SiteStanding, site.id)
        if present is None or not 0 < said["snapshot"] <= present.number:
            raise Problem(422, _("This site has no snapshot %(number)d.", number=said["snapshot"]))
        applied = said["state"] == "applied"
        standing.reported(session, site.id, said["snapshot"], applied=applied, why=said.get("reason", ""))
    if "edition" in said:
        sites.report(session, site.id, edition=said["edition"], product_version=said.get("version", ""))
    session.commit()
    answer = Response(status=204)
    del answer.headers["Content-Type"]
    return answer


@bp.get("/fetch_configuration.py")
@public
def script() -> Response:
    """Give the program with which a site fetches its configuration, checks it and reports."""
    path = Path(current_app.root_path).parent / "docs" / "fetch_configuration.py"
    return send_file(path, mimetype="text/x-python", as_attachment=True, max_age=3600)


def _last(site: Site) -> Snapshot:
    """Return the last snapshot of a site; raise Problem where it is to have none."""
    if is_held_back(site.edition):
        raise Problem(409, _("Only sites of the managed services edition get a configuration."))
    session = db.session()
    present = session.get(SiteStanding, site.id)
    if present is None:
        raise Problem(404, _("Nothing was activated for this site yet."))
    if present.customer_id != site.customer_id:
        raise Problem(409, _("This site changed hands. It gets a configuration with the next activation."))
    found = select(Snapshot).where(Snapshot.site_id == site.id, Snapshot.number == present.number)
    return session.scalars(found).one()


def _said(body: bytes) -> dict[str, Any]:
    """Return what a report says; raise Problem 422 unless it is exactly of the shape that is described."""
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        raise Problem(422, _("This is not JSON.")) from None
    if not isinstance(said, dict) or not said or not said.keys() <= {"snapshot", "state", *LONGEST}:
        raise Problem(422, _("A report is an object with snapshot, state, reason, edition and version."))
    for name, most in LONGEST.items():
        text = said.get(name, "")
        if not isinstance(text, str) or len(text) > most or not text.isprintable():
            raise Problem(422, _("%(name)s is one line of at most %(number)d characters.", name=name, number=most))
    has_state = {"snapshot", "state"} & said.keys()
    if has_state and (type(said.get("snapshot")) is not int or said.get("state") not in ("applied", "failed")):
        raise Problem(422, _("Give snapshot, a number, with state, applied or failed."))
    if "reason" in said and said.get("state") != "failed":
        raise Problem(422, _("A reason belongs to the state failed."))
    if "version" in said and "edition" not in said or not (has_state or "edition" in said):
        raise Problem(422, _("Give edition with version."))
    return said
