"""Merging two tickets: what will be moved and who will see it, before it is done."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select

from ...access.guard import requires
from ...accounts.users import User
from ...database import db
from ...errors import Refused
from .. import casefile, queue
from ..forms.desk import MergeForm
from ..tickets import SeenBy, Ticket
from .desk import FOLDER, find, lock

bp = Blueprint("ticket_merging", __name__, url_prefix="/provider/support/tickets")


@bp.get("/<uuid:ticket_id>/merging")
@requires("support.read", act="support.answer")
def show(ticket_id: uuid.UUID) -> Any:
    """Choose the ticket that goes on; with its reference, see what a merge would do."""
    ticket, form, status = find(ticket_id), MergeForm(request.args, meta={"csrf": False}), 200
    other = None
    if form.other.data:
        try:
            other = _other(ticket, form.other.data)
        except Refused as refused:
            status = form.refuse(refused)
    return _page(ticket, form, other), status


@bp.post("/<uuid:ticket_id>/merging")
@requires("support.read", act="support.answer")
def merge(ticket_id: uuid.UUID) -> Any:
    """Move everything into the other ticket."""
    form, session = MergeForm(), db.session()
    status = 422
    if form.validate():
        try:
            ticket = lock(ticket_id)
            other = _other(ticket, form.other.data or "")
            ticket.merge_into(session, other, by=current_user)
            session.commit()
        except Refused as refused:
            session.rollback()
            status = form.refuse(refused)
        else:
            flash(_("%(one)s goes on in this ticket.", one=ticket.reference))
            return redirect(f"{FOLDER}{other.id}")
    return _page(find(ticket_id), form, None), status


def _other(ticket: Ticket, reference: str) -> Ticket:
    """Return the ticket of that reference. Raises Refused for none, and for one this cannot go into."""
    known = Ticket.visible_to(current_user).where(Ticket.reference == reference.strip().upper())
    found = db.session.scalar(known.where(Ticket.archived_at.is_(None)))
    if found is None or found.customer_id != ticket.customer_id:
        raise Refused(_("This customer has no ticket of that reference."), field="other")
    ticket.check_merge(found)
    return found


def _page(ticket: Ticket, form: MergeForm, other: Ticket | None) -> str:
    session = db.session()
    others = session.execute(
        select(Ticket.reference, Ticket.subject)
        .where(
            Ticket.seen_by(current_user), Ticket.customer_id == ticket.customer_id, Ticket.id != ticket.id,
            Ticket.merged_into_id.is_(None), queue.UNCLOSED,
        )
        .order_by(Ticket.updated_at.desc(), Ticket.id.desc())
        .limit(50)
    )  # fmt: skip
    followers = set()
    if other is not None:
        followers = ticket.followers() | other.followers()
    return render_template(
        "support/desk/merge.html", ticket=ticket, form=form, other=other,
        others=[(row.reference, f"{row.reference} · {row.subject}") for row in others],
        counts=casefile.count_of(session, ticket.id),
        by_company=other is not None and SeenBy.OPENER not in (ticket.seen_by_whom, other.seen_by_whom),
        followers=list(session.scalars(select(User.name).where(User.id.in_(followers)).order_by(User.name_key))),
    )  # fmt: skip
