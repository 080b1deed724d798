"""One site's changes: what waits for it, every snapshot it was given, a copy of one, and the way back to one."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select

from ...access.guard import requires
from ...audit.models import record
from ...customers.models import Customer
from ...customers.sites import Site
from ...database import db, separate
from ...errors import Refused
from ...web import paging
from ..changes import Change
from ..distribution import pending, rollback, shown, words
from ..distribution.snapshots import Snapshot, document
from ..distribution.standing import STATES, State, state_of

bp = Blueprint("setup_site_changes", __name__, url_prefix="/provider/changes/sites/<site_id>")
MOST_CHANGES = 200


@bp.get("")
@requires("setup.read")
def show(site_id: str) -> Any:
    """What waits for a site, and what it was given."""
    session, site = db.session(), _site(site_id)
    row = shown.one(session, site.id) or abort(404)
    is_first = row.number is None or row.published_for != row.customer_id
    waiting = [] if is_first else _waiting(site, row.through)
    page = paging.page(session, shown.snapshots(site.id), id=Snapshot.id, descending=True)
    return render_template(
        "setup/changes/site.html", site=site, row=row, state=state_of(row), states=STATES, is_first=is_first,
        changes=words.tell(session, waiting[:MOST_CHANGES]), has_more=len(waiting) > MOST_CHANGES, page=page,
        kinds=shown.KINDS, gone=shown.gone(session, Snapshot.site_id == site.id, row.number or 0),
        would_get=shown.contents(session, site.customer_id) if is_first else [],
        is_held_back=state_of(row) == State.HELD_BACK,
    )  # fmt: skip


@bp.get("/snapshots/<int:number>.json")
@requires("setup.read", act="setup.activate")
def export(site_id: str, number: int) -> Response:
    """A snapshot as the file that the site gets; it holds secrets, so who takes one is on record."""
    site = _site(site_id)
    snapshot = _snapshot(site, number)
    content = document(db.session(), snapshot)
    with separate() as session:
        record(
            session, "setup.exported", by=current_user, customer_id=snapshot.customer_id, site=site.id, number=number
        )  # fmt: skip
    response = Response(content, mimetype="application/json")
    response.headers.set("Content-Disposition", "attachment", filename=f"{site.id}-{number}.json")
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.get("/snapshots/<int:number>/rollback")
@requires("setup.read", act="setup.activate")
def preview(site_id: str, number: int) -> Any:
    """What going back to a snapshot would give the site."""
    return _preview(_site(site_id), number)


@bp.post("/snapshots/<int:number>/rollback")
@requires("setup.read", act="setup.activate")
def roll_back(site_id: str, number: int) -> Any:
    """Publish an earlier snapshot again, as far as the site may still have it."""
    session, site = db.session(), _site(site_id)
    _snapshot(site, number)
    try:
        made = rollback.roll_back(session, site, number, by=current_user)
        session.commit()
    except Refused as refused:
        session.rollback()
        return _preview(_site(site_id), number, refused.sentence), 409
    flash(_("Snapshot %(number)d waits for the site. What changed since is pending again.", number=made.number))
    return redirect(url_for(".show", site_id=site_id))


def _preview(site: Site, number: int, refusal: str = "") -> str:
    session, snapshot, plan = db.session(), _snapshot(site, number), None
    try:
        plan = rollback.plan(session, site, snapshot)
    except Refused as refused:
        refusal = refusal or refused.sentence
    waiting = _waiting(site, snapshot.through)
    return render_template(
        "setup/changes/rollback.html", site=site, snapshot=snapshot, plan=plan, refusal=refusal,
        customer=session.get_one(Customer, site.customer_id), changes=words.tell(session, waiting[:MOST_CHANGES]),
        kind_name=words.kind_name, kinds=shown.KINDS,
    )  # fmt: skip


def _waiting(site: Site, after: int) -> list[Any]:
    """Return the first changes that wait for a site, one more than is shown."""
    statement = pending.changes_of(site, after).order_by(Change.number).limit(MOST_CHANGES + 1)
    return list(db.session.execute(statement))


def _site(site_id: str) -> Site:
    found = None
    if len(site_id) <= Site.ID_LENGTH and site_id.isprintable():
        seen = Site.visible_to(current_user).where(Site.id == site_id, Site.archived_at.is_(None))
        found = db.session.scalar(seen)
    return found or abort(404)


def _snapshot(site: Site, number: int) -> Snapshot:
    if not 0 < number < 2**31:
        abort(404)
    found = select(Snapshot).where(Snapshot.site_id == site.id, Snapshot.number == number)
    return db.session.scalar(found) or abort(404)
