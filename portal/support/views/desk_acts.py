"""What staff do to a ticket besides answering: who works on it, its impact, its end; each a POST of its own."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, flash, redirect
from flask_babel import gettext as _
from flask_login import current_user

from ...access.guard import requires
from ...accounts.users import User
from ...database import db
from ...errors import Forged, Refused
from .. import colleagues
from ..forms.desk import AssignmentForm, ImpactForm
from ..impact import Impact
from .desk import FOLDER, lock, page

bp = Blueprint("ticket_desk_acts", __name__, url_prefix="/provider/support/tickets")


@bp.post("/<uuid:ticket_id>/assignment")
@requires("support.read", act="support.answer")
def assign(ticket_id: uuid.UUID) -> Any:
    """Give the ticket to somebody who may answer, or back to the queue."""
    session, form = db.session(), AssignmentForm()
    form.offer(colleagues.who_answer(session))
    if not form.validate():
        raise Forged(f"assignee {form.assignee.data}")
    ticket = lock(ticket_id)
    chosen = session.get_one(User, uuid.UUID(form.assignee.data)) if form.assignee.data else None
    ticket.assign(session, chosen, by=current_user)
    if chosen is None:
        return _done(ticket_id, _("The ticket is nobody’s now."))
    return _done(ticket_id, _("%(name)s works on the ticket.", name=chosen.name))


@bp.post("/<uuid:ticket_id>/impact")
@requires("support.read", act="support.answer")
def correct(ticket_id: uuid.UUID) -> Any:
    """Correct the impact, with a note to the customer that says why."""
    form, status = ImpactForm(), 422
    if form.validate():
        try:
            lock(ticket_id).correct_impact(db.session(), Impact(form.impact.data), form.why.data or "", by=current_user)
            return _done(ticket_id, _("The impact is corrected, and the customer is told why."))
        except Refused as refused:
            db.session.rollback()
            status = form.refuse(refused)
    return page(ticket_id, correcting=form), status


@bp.post("/<uuid:ticket_id>/solution")
@requires("support.read", act="support.answer")
def solve(ticket_id: uuid.UUID) -> Any:
    """Say that the problem is gone."""
    lock(ticket_id).solve(db.session(), by=current_user)
    return _done(ticket_id, _("The ticket is solved. It closes by itself after some days unless the customer answers."))


@bp.post("/<uuid:ticket_id>/closure")
@requires("support.read", act="support.answer")
def close(ticket_id: uuid.UUID) -> Any:
    """End the ticket."""
    lock(ticket_id).close(db.session(), by=current_user)
    return _done(ticket_id, _("The ticket is closed."))


@bp.post("/<uuid:ticket_id>/reopening")
@requires("support.read", act="support.answer")
def reopen(ticket_id: uuid.UUID) -> Any:
    """Wake the ticket."""
    lock(ticket_id).reopen(db.session(), by=current_user)
    return _done(ticket_id, _("The ticket is open again."))


def _done(ticket_id: uuid.UUID, sentence: str) -> Any:
    db.session.commit()
    flash(sentence)
    return redirect(f"{FOLDER}{ticket_id}")
