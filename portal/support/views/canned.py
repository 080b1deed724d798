"""Canned answers: the list, a new one, one changed, archived or brought back."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select

from ...access.guard import requires
from ...database import db
from ...errors import Refused, Stale
from ...text import sort_key
from ...web import paging
from ..desk import CannedAnswer
from ..forms.desk import CannedForm

bp = Blueprint("canned_answers", __name__, url_prefix="/provider/support/answers")
LIST = "/provider/support/answers/"


@bp.get("/")
@requires("support.read")
def index() -> str:
    """All canned answers, by title."""
    q, archived = paging.searched(), paging.chosen("archived", ("1",))
    statement = select(CannedAnswer.id, CannedAnswer.title, CannedAnswer.body, CannedAnswer.archived_at).where(
        CannedAnswer.archived_at.is_not(None) if archived else CannedAnswer.archived_at.is_(None)
    )
    for word in sort_key(q).split()[:8]:
        statement = statement.where(CannedAnswer.title_key.contains(word, autoescape=True))
    page = paging.page(db.session(), statement, id=CannedAnswer.id, keys=[CannedAnswer.title_key])
    return render_template("support/answers/index.html", page=page, q=q, archived=archived)


@bp.route("/new", methods=["GET", "POST"])
@requires("support.read", act="support.manage")
def new() -> Any:
    """Write one."""
    form, status = CannedForm(), 200
    if form.validate_on_submit():
        try:
            found = CannedAnswer.write(
                db.session(), title=form.title.data or "", body=form.body.data or "", by=current_user
            )
            db.session.commit()
        except Refused as refused:
            db.session.rollback()
            status = form.refuse(refused)
        else:
            flash(_("“%(title)s” can be used from now on.", title=found.title))
            return redirect(LIST)
    elif form.is_submitted():
        status = 422
    return render_template("support/answers/edit.html", form=form, answer=None, compared=[]), status


@bp.route("/<uuid:answer_id>/edit", methods=["GET", "POST"])
@requires("support.read", act="support.manage")
def edit(answer_id: uuid.UUID) -> Any:
    """Change one."""
    found = _find(answer_id)
    form, status, compared = CannedForm(obj=found), 200, []
    if form.validate_on_submit():
        try:
            form.check_version(found)
            found.change(db.session(), title=form.title.data or "", body=form.body.data or "", by=current_user)
            db.session.commit()
        except Refused as refused:
            db.session.rollback()
            status = form.refuse(refused)
            if isinstance(refused, Stale):
                fields = ("title", "body")
                compared = [(form[name].label.text, form[name].data, getattr(found, name)) for name in fields]
                form.version.data = str(found.version)
        else:
            flash(_("Saved."))
            return redirect(LIST)
    elif form.is_submitted():
        status = 422
    return render_template("support/answers/edit.html", form=form, answer=found, compared=compared), status


@bp.post("/<uuid:answer_id>/archival")
@requires("support.read", act="support.manage")
def archive(answer_id: uuid.UUID) -> Any:
    """Offer it no longer."""
    found = _find(answer_id)
    found.archive(db.session(), by=current_user)
    db.session.commit()
    flash(_("“%(title)s” is offered no longer.", title=found.title))
    return redirect(LIST)


@bp.post("/<uuid:answer_id>/restoration")
@requires("support.read", act="support.manage")
def restore(answer_id: uuid.UUID) -> Any:
    """Offer it again."""
    found = _find(answer_id)
    found.restore(db.session(), by=current_user)
    db.session.commit()
    flash(_("“%(title)s” can be used again.", title=found.title))
    return redirect(LIST)


def _find(answer_id: uuid.UUID) -> CannedAnswer:
    return db.session.get(CannedAnswer, answer_id) or abort(404)
