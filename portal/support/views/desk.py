"""A ticket on the desk: what was said and noted, the answer to the customer, the note to colleagues."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, Response, abort, current_app, flash, redirect, render_template, request
from flask_babel import gettext as _
from flask_login import current_user

from ... import storage
from ...access.guard import requires
from ...customers.subscriptions import EDITIONS, TIERS, state_on, today
from ...database import db, now
from ...errors import Refused, Stale
from ...web import navigation, uploads
from .. import attachments, casefile, colleagues, due, queue, reading, waiting
from ..desk import CannedAnswer
from ..forms.desk import BECOMES_MEANS, AnswerForm, AssignmentForm, ImpactForm, NoteForm
from ..forms.tickets import ENVIRONMENTS, SATISFACTION, SEEN_BY
from ..impact import DEFINITIONS, LABELS, TONES
from ..notes import Note
from ..tickets import OVER, REOPEN_WITHIN, Ticket
from .sending import keep, send

FOLDER = "/provider/support/tickets/"
bp = Blueprint("ticket_desk", __name__, url_prefix="/provider/support/tickets")
uploads.widen("ticket_desk.answer", attachments.most_bytes)


@bp.get("/<uuid:ticket_id>")
@requires("support.read")
def show(ticket_id: uuid.UUID) -> Any:
    """One ticket with everything around it; `?canned` begins an answer with a canned one."""
    return page(ticket_id)


@bp.post("/<uuid:ticket_id>/messages")
@requires("support.read", act="support.answer")
def answer(ticket_id: uuid.UUID) -> Any:
    """Answer the customer; refused when somebody else answered since the page was opened."""
    form = AnswerForm()

    def say(form: AnswerForm) -> str:
        session = db.session()
        files = keep(form, find(ticket_id).customer_id)
        ticket = lock(ticket_id)
        if str(casefile.last_message(session, ticket_id) or "") != form.last.data:
            raise Stale(_("Somebody answered meanwhile. Read it above; your text is kept, files must be chosen again."))
        ticket.answer(
            session, form.body.data or "", files=files, state=form.becomes.data, form_key=form.key.data or None,
            by=current_user,
        )  # fmt: skip
        session.commit()
        flash(_("Your answer is sent."))
        return f"{FOLDER}{ticket_id}"

    status, found = send(form, say, FOLDER)
    return found or (page(ticket_id, form=form), status)


@bp.post("/<uuid:ticket_id>/notes")
@requires("support.read", act="support.answer")
def note(ticket_id: uuid.UUID) -> Any:
    """Leave a note for colleagues; no customer ever sees it."""
    form, status = NoteForm(), 422
    if form.validate():
        try:
            Note.write(db.session(), lock(ticket_id), form.note.data or "", by=current_user)
            db.session.commit()
        except Refused as refused:
            db.session.rollback()
            status = form.refuse(refused)
        else:
            flash(_("The note stands between the messages. Only colleagues see it."))
            return redirect(f"{FOLDER}{ticket_id}")
    return page(ticket_id, noting=form), status


@bp.get("/<uuid:ticket_id>/attachments/<uuid:attachment_id>")
@requires("support.read")
def attachment(ticket_id: uuid.UUID, attachment_id: uuid.UUID) -> Response:
    """A file of the ticket, as a download that no browser interprets."""
    file = reading.attachment(db.session(), current_user, ticket_id, attachment_id)
    if file is None:
        abort(404)
    return storage.answer(file)


def find(ticket_id: uuid.UUID) -> Ticket:
    """Return a ticket to read."""
    found = db.session.scalar(Ticket.visible_to(current_user).where(Ticket.id == ticket_id))
    return found or abort(404)


def lock(ticket_id: uuid.UUID) -> Ticket:
    """Return a ticket to act on: whoever else acts on it waits."""
    return reading.locked(db.session(), current_user, ticket_id) or abort(404)


def page(
    ticket_id: uuid.UUID,
    *,
    form: AnswerForm | None = None,
    noting: NoteForm | None = None,
    correcting: ImpactForm | None = None,
) -> str:
    """Return the page of a ticket, with the forms as somebody filled them in."""
    session, reader, moment = db.session(), current_user._get_current_object(), now()
    found = casefile.load(session, reader, ticket_id, before=_before())
    if found is None:
        abort(404)
    ticket, staff = found.ticket, colleagues.who_answer(session)
    assignment = AssignmentForm(formdata=None, data={"assignee": str(ticket.assignee_id or "")})
    assignment.offer(staff)
    if form is None:
        form = AnswerForm(formdata=None, data={"body": _canned(ticket)})
    form.prepare()
    form.last.data = str(found.last or "")
    navigation.badge({"support": waiting.count(session)})
    is_past = ticket.state == "closed" and moment - ticket.closed_at > REOPEN_WITHIN
    return render_template(
        "support/desk/show.html", file=found, ticket=ticket, before=request.args.get("before", ""), form=form,
        noting=noting or NoteForm(formdata=None), assignment=assignment,
        correcting=correcting or ImpactForm(formdata=None, data={"impact": ticket.impact}),
        states=queue.STATES, impacts=LABELS, tones=TONES, definitions=DEFINITIONS, becomes_means=BECOMES_MEANS,
        due=due.say(ticket.due_at, moment), first=due.met(ticket.first_due_at, ticket.first_answer_at, moment),
        is_over=ticket.state in OVER, is_past=is_past, may_answer=not is_past and not ticket.merged_into_id,
        canned=casefile.canned(session), environments=ENVIRONMENTS, seen_by=SEEN_BY, satisfaction=SATISFACTION,
        editions={str(code): name for code, name in EDITIONS.items()}, tiers=TIERS, day=today(), state_on=state_on,
        is_mine=ticket.assignee_id == reader.id, is_colleague=any(one.id == reader.id for one in staff),
        limit=current_app.config["TICKET_LIMIT"], most=attachments.MOST_FILES,
    )  # fmt: skip


def _canned(ticket: Any) -> str:
    """Return the canned answer the address names, filled in for the opener."""
    try:
        found = db.session.get(CannedAnswer, uuid.UUID(request.args.get("canned", "")))
    except ValueError:
        return ""
    return found.filled(name=ticket.opener, reference=ticket.reference) if found and not found.archived_at else ""


def _before() -> uuid.UUID | None:
    try:
        return uuid.UUID(request.args["before"]) if "before" in request.args else None
    except ValueError:
        return None
