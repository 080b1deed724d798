"""A new e-mail address: confirmed by the link that was mailed to it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from ...access.guard import public
from ...database import db
from ..tokens import Purpose
from . import links

bp = Blueprint("email", __name__)


@bp.get("/email/<token>")
@public
def show(token: str) -> Any:
    """Ask whether the address is theirs: mail programs open links on their own."""
    found = links.opened(token, Purpose.EMAIL)
    return render_template("accounts/email.html", email=found.email, person=found.user)


@bp.post("/email/<token>")
@public
def confirm(token: str) -> Any:
    """Make the address theirs."""
    found = links.opened(token, Purpose.EMAIL)
    if not found.use(db.session()):
        links.over(Purpose.EMAIL)
    found.user.change_email(found.email, by=found.user)
    db.session.commit()
    flash(_("%(email)s is your e-mail address now.", email=found.email))
    if current_user.is_authenticated:
        return redirect("/profile" if "general.edit_profile" in current_user.verbs else "/")
    return redirect(url_for("door.login"))
