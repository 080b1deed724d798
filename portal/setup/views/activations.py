"""Activations: who activated what and when, how far one is, and what kept it."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, abort, render_template, request
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from ...access.guard import requires
from ...accounts.users import User
from ...database import db
from ...leases import Job
from ...web import paging
from ..distribution import shown
from ..distribution.activation import Activation, State
from ..distribution.checks import Problem
from ..distribution.snapshots import Snapshot

bp = Blueprint("setup_activations", __name__, url_prefix="/provider/changes/activations")
OUTCOMES = {
    State.WAITING: (_l("Running"), "info"),
    State.DONE: (_l("Done"), "good"),
    State.REFUSED: (_l("Refused"), "bad"),
    State.FAILED: (_l("Failed"), "bad"),
}


@bp.get("/")
@requires("setup.read")
def index() -> Any:
    """All activations, the last first."""
    page = paging.page(db.session(), shown.activations(), id=Activation.id, descending=True)
    return render_template("setup/changes/activations.html", page=page, outcomes=OUTCOMES)


@bp.get("/<uuid:activation_id>")
@requires("setup.read")
def show(activation_id: uuid.UUID) -> Any:
    """One activation: the sites it gave something, or why it did not."""
    session = db.session()
    found = session.get(Activation, activation_id) or abort(404)
    job = session.get(Job, found.job_id) if found.job_id and found.state == State.WAITING else None
    page = paging.page(session, shown.given(found), id=Snapshot.id)
    return render_template(
        "setup/changes/activation.html", activation=found, page=page, outcomes=OUTCOMES, job=job,
        problems=shown.grouped(session, [Problem(*problem) for problem in found.problems]),
        gone=shown.gone(session, Snapshot.activation_id == found.id, found.sites),
        by=session.scalar(select(User.name).where(User.id == found.by_id)), here=request.path,
    )  # fmt: skip
