"""What somebody of the company does to a ticket with one button: each a POST of its own."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, abort, flash, redirect
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select

from ...access import policy
from ...access.guard import requires
from ...accounts.users import User
from ...database import db
from ...errors import Refused
from .. import reading
from ..forms.tickets import RatingForm, ReplyForm, SeenByForm
from ..tickets import Ticket
from .tickets import page

bp = Blueprint("ticket_acts", __name__)


@bp.post("/support/tickets/<uuid:id>/solution")
@requires("tickets.use", act="tickets.write")
def solve(id: uuid.UUID) -> Any:
    """Say that the problem is gone."""
    _ticket(id).solve(db.session(), by=current_user)
    return _done(id, _("Good to hear. The ticket closes by itself after a while; answering opens it again."))


@bp.post("/support/tickets/<uuid:id>/closure")
@requires("tickets.use", act="tickets.write")
def close(id: uuid.UUID) -> Any:
    """End the ticket."""
    _ticket(id).close(db.session(), by=current_user)
    return _done(id, _("The ticket is closed."))


@bp.post("/support/tickets/<uuid:id>/reopening")
@requires("tickets.use", act="tickets.write")
def reopen(id: uuid.UUID) -> Any:
    """Wake the ticket."""
    _ticket(id).reopen(db.session(), by=current_user)
    return _done(id, _("The ticket is open again."))


@bp.post("/support/tickets/<uuid:id>/rating")
@requires("tickets.use", act="tickets.write")
def rate(id: uuid.UUID) -> Any:
    """Say how content one is."""
    ticket, form = _ticket(id), RatingForm()
    if not form.validate():
        return page(id, ReplyForm(None), form), 422
    ticket.rate(db.session(), form.satisfaction.data or "", form.comment.data or "", by=current_user)
    return _done(id, _("Thank you. The provider’s support reads it."))


@bp.post("/support/tickets/<uuid:id>/watching")
@requires("tickets.use", act="tickets.write")
def watch(id: uuid.UUID) -> Any:
    """Follow the ticket."""
    session = db.session()
    _ticket(id).watch(session, session.get_one(User, current_user.id), by=current_user)
    return _done(id, _("You follow the ticket and get mail at every step."))


@bp.post("/support/tickets/<uuid:id>/watching/end")
@requires("tickets.use", act="tickets.write")
def unwatch(id: uuid.UUID) -> Any:
    """Follow it no longer: who saw it only by following sees it no more."""
    _ticket(id).unwatch(db.session(), current_user.id, by=current_user)
    return _done(id, _("You no longer follow the ticket."))


@bp.post("/support/tickets/<uuid:id>/visibility")
@requires("tickets.use", act="tickets.write")
def show_to(id: uuid.UUID) -> Any:
    """Choose who of the company sees the ticket."""
    ticket, form = _ticket(id), SeenByForm()
    if not policy.may_choose_readers(current_user, ticket.opener_id):
        abort(403)
    if not form.validate():
        raise Refused(_("Choose who sees the ticket."))
    ticket.show_to(db.session(), form.seen_by.data or "", by=current_user)
    return _done(id, _("Saved: who sees the ticket."))


def _ticket(id: uuid.UUID) -> Ticket:
    ticket = reading.locked(db.session(), current_user, id)
    if ticket is None:
        abort(404)
    if ticket.merged_into_id:
        raise Refused(_("This ticket was merged into another one. Go on there."))
    return ticket


def _done(id: uuid.UUID, sentence: str) -> Any:
    session = db.session()
    session.flush()
    is_seen = session.scalar(select(Ticket.id).where(Ticket.seen_by(current_user), Ticket.id == id)) is not None
    session.commit()
    flash(sentence)
    return redirect(f"/support/tickets/{id}" if is_seen else "/support/tickets/")
