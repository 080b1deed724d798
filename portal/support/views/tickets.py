"""The company's own tickets: the list, a new one, one with its conversation, and the files in it."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, Response, abort, current_app, flash, redirect, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from sqlalchemy import and_

from ...access import policy
from ...access.guard import requires
from ...accounts import chronicle
from ...audit.models import Event
from ...customers.models import Customer
from ...customers.subscriptions import EDITIONS
from ...database import db, now
from ...records import pages
from ...storage import answer
from ...web import navigation, uploads
from ...web.navigation import Entry
from .. import attachments, lapse, listing, reading
from ..forms.tickets import ENVIRONMENTS, SATISFACTION, SEEN_BY, SEEN_BY_MEANS, RatingForm, ReplyForm, TicketForm
from ..impact import DEFINITIONS, Impact
from ..tickets import OVER, REOPEN_WITHIN, Environment, Ticket
from .sending import keep, send

bp = Blueprint("tickets", __name__)
FOLDER = "/support/tickets/"
MOST_STEPS = 20
navigation.add(
    Entry(_l("Support"), "/support/tickets/", "tickets.use", order=40, icon="support", name="tickets",
          short=_l("Support")),
)  # fmt: skip
uploads.widen("tickets.new", attachments.most_bytes)
uploads.widen("tickets.reply", attachments.most_bytes)


@bp.get("/support/tickets/")
@requires("tickets.use")
def index() -> str:
    """All tickets the reader sees."""
    navigation.badge({"tickets": listing.waiting(db.session(), current_user)})
    return pages.index(_place(), withheld=_withheld())


@bp.get("/support/tickets.csv")
@requires("tickets.use")
def table() -> Response:
    """Export the filtered list."""
    return pages.table(_place())


@bp.route("/support/tickets/new", methods=["GET", "POST"])
@requires("tickets.use", act="tickets.write")
def new() -> Any:
    """Open a ticket."""
    session, status = db.session(), 200
    company = session.get_one(Customer, current_user.customer_id)
    editions = listing.editions(session, current_user)
    form = TicketForm(data={"seen_by": company.tickets_seen_by, "edition": editions[0] if len(editions) == 1 else ""})
    form.offer(editions)
    form.prepare()
    if form.is_submitted():
        status, found = send(form, _open, FOLDER)
        if found:
            return found
    page = render_template(
        "support/tickets/new.html", form=form, definitions=DEFINITIONS, seen_by_means=SEEN_BY_MEANS, **_limits()
    )
    return page, status


def _open(form: TicketForm) -> str:
    session = db.session()
    files = keep(form, current_user.customer_id)
    ticket = Ticket.open_(
        session, customer_id=current_user.customer_id, subject=form.subject.data or "",
        description=form.description.data or "", impact=Impact(form.impact.data), edition=form.edition.data or "",
        environment=form.environment.data, product_version=form.version.data or "", site=form.site.data or "",
        seen_by_whom=form.seen_by.data, files=files, form_key=form.key.data or None, by=current_user,
    )  # fmt: skip
    session.commit()
    flash(_("Ticket %(reference)s is open. You get mail at every step.", reference=ticket.reference))
    return f"/support/tickets/{ticket.id}"


@bp.get("/support/tickets/<uuid:id>")
@requires("tickets.use")
def show(id: uuid.UUID) -> Any:
    """One ticket: what was said, how it stands, what can be done."""
    return page(id, ReplyForm())


@bp.post("/support/tickets/<uuid:id>/messages")
@requires("tickets.use", act="tickets.write")
def reply(id: uuid.UUID) -> Any:
    """Add to the conversation."""
    form = ReplyForm()

    def say(form: ReplyForm) -> str:
        session = db.session()
        files = keep(form, current_user.customer_id)
        ticket = reading.locked(session, current_user, id)
        if ticket is not None and ticket.merged_into_id:  # the conversation goes on where it was moved to
            ticket = reading.locked(session, current_user, ticket.merged_into_id) or ticket
        if ticket is None:
            abort(404)
        was_over = ticket.is_over
        message = ticket.answer(
            session, form.body.data or "", files=files, form_key=form.key.data or None, by=current_user
        )
        session.commit()
        flash(_("Your answer is sent, and the ticket is open again.") if was_over else _("Your answer is sent."))
        return f"/support/tickets/{ticket.id}#{message.id}"

    status, found = send(form, say, FOLDER)
    return found or (page(id, form), status)


@bp.get("/support/tickets/<uuid:id>/attachments/<uuid:attachment_id>")
@requires("tickets.use")
def attachment(id: uuid.UUID, attachment_id: uuid.UUID) -> Response:
    """A file somebody sent, as a download that no browser interprets."""
    file = reading.attachment(db.session(), current_user, id, attachment_id)
    if file is None:
        abort(404)
    return answer(file)


def _place() -> pages.Place:
    reader = current_user._get_current_object()
    return pages.Place(listing.TICKETS, reader, reader.customer_id, "/support/tickets/")


def _withheld() -> str:
    return "" if "tickets.write" in current_user.verbs else lapse.why(current_user)


def _limits() -> dict[str, Any]:
    return {"limit": current_app.config["TICKET_LIMIT"], "most": attachments.MOST_FILES}


def page(id: uuid.UUID, form: ReplyForm, rating: RatingForm | None = None) -> Any:
    """Return the page of a ticket, with forms that did not hold where given; 404 for one the reader does not see."""
    session, reader = db.session(), current_user._get_current_object()
    shown = reading.load(reader, id, reader.customer_id)
    if shown is None:
        abort(404)
    record = shown["record"]
    if record.merged_into_id:
        return _merged(record)
    form.prepare()
    rating = rating or RatingForm(None, data={"satisfaction": record.satisfaction, "comment": record.satisfaction_text})
    rating.prepare()
    before = _before()
    said, has_earlier = reading.conversation(session, reader, id, before=before)
    own = (Event.record_id == id, Event.customer_id == reader.customer_id)
    steps = chronicle.latest(session, and_(*own), reader=reader, limit=MOST_STEPS)
    may_write, is_over = "tickets.write" in reader.verbs, record.state in OVER
    editions = {str(code): name for code, name in EDITIONS.items()}
    is_past = record.state == "closed" and now() - record.closed_at > REOPEN_WITHIN
    return render_template(
        "support/tickets/show.html", **shown, said=said, steps=steps, has_earlier=has_earlier, before=before, form=form,
        rating=rating, state=listing.state(record, now().date()), impact=listing.impact(record, now().date()),
        environment=ENVIRONMENTS[Environment(record.environment)], seen_by=SEEN_BY[record.seen_by_whom],
        means=SEEN_BY_MEANS, satisfaction=SATISFACTION, edition=editions.get(record.edition, record.edition),
        is_over=is_over, may_write=may_write, may_answer=may_write and not is_past, is_past=is_past,
        withheld=_withheld(), may_choose=may_write and policy.may_choose_readers(reader, record.opener_id),
        watches=any(person.id == reader.id for person in shown["watchers"]), **_limits(),
    )  # fmt: skip


def _merged(record: Any) -> Any:
    reader = current_user._get_current_object()
    if reading.load(reader, record.merged_into_id, reader.customer_id):
        return redirect(f"/support/tickets/{record.merged_into_id}")
    return render_template("support/tickets/merged.html", record=record)


def _before() -> uuid.UUID | None:
    try:
        return uuid.UUID(request.args["before"]) if "before" in request.args else None
    except ValueError:
        return None
