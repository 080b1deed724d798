"""The own sessions: where one is signed in, and how to end that."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from ...access.guard import requires
from ...audit.models import record
from ...database import db
from .. import session_rows, sessions
from ..browsers import browser_name
from ..users import User

bp = Blueprint("sessions", __name__)


@bp.get("/profile/sessions")
@requires("general.edit_profile")
def index() -> Any:
    """List the browsers that are signed in, this one first."""
    rows = session_rows.open_ones(db.session(), current_user.id)
    rows.sort(key=lambda row: row.token_hash != current_user.token_hash)
    return render_template("accounts/sessions.html", rows=rows, browser_name=browser_name)


@bp.post("/profile/sessions/<key>/ending")
@requires("general.edit_profile")
def end(key: str) -> Any:
    """Sign one browser out."""
    rows = session_rows.open_ones(db.session(), current_user.id)
    row = next((row for row in rows if row.key == key), None)
    if row is None:
        abort(404)
    _record()
    if row.token_hash == current_user.token_hash:
        sessions.stop(db.session(), current_user)
        db.session.commit()
        flash(_("You are signed out."))
        return redirect(url_for("door.login"))
    db.session.delete(row)
    db.session.commit()
    flash(_("That browser is signed out."))
    return redirect(url_for("sessions.index"))


@bp.post("/profile/sessions/ending")
@requires("general.edit_profile")
def end_others() -> Any:
    """Sign all other browsers out."""
    db.session.get_one(User, current_user.id).end_sessions(but=current_user.token_hash)
    _record()
    db.session.commit()
    flash(_("All other browsers are signed out."))
    return redirect(url_for("sessions.index"))


def _record() -> None:
    record(
        db.session(), "session.ended", by=current_user, customer_id=current_user.customer_id, subject_id=current_user.id
    )
