"""Forgotten passwords: ask for a mail, choose a new one."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, render_template, request
from flask_babel import gettext as _

from ...access.guard import public
from ...database import db
from ...errors import TooMany
from .. import forgotten, throttle
from ..forms import ForgottenForm
from ..tokens import Purpose
from . import links

bp = Blueprint("password", __name__)


@bp.get("/password/forgot")
@public
def forgot() -> Any:
    """Ask whose password it is."""
    return render_template("accounts/forgot.html", form=ForgottenForm())


@bp.post("/password/forgot")
@public
def ask() -> Any:
    """Have the mail written by a job; say the same whether or not anybody is meant."""
    form = ForgottenForm()
    if not form.validate_on_submit():
        return render_template("accounts/forgot.html", form=form), 422
    db.session.rollback()
    try:
        throttle.try_mail(request.remote_addr or "")
    except TooMany as error:
        error.sentence = _("Too many mails were asked for from where you are today.")
        raise
    forgotten.ask(db.session(), form.username.data)
    db.session.commit()
    return render_template("accounts/asked.html", hours=current_app.config["RESET_HOURS"])


@bp.route("/password/reset/<token>", methods=["GET", "POST"])
@public
def reset(token: str) -> Any:
    """Let whoever got the mail choose a new password."""
    found = links.opened(token, Purpose.RESET)
    return links.choose_password(found, template="accounts/reset.html", tag="password.reset")
