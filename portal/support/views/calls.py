"""A ticket for somebody who called: opened by staff, for a person of the customer who then follows it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, flash, render_template, request
from flask_babel import gettext as _
from flask_login import current_user

from ...access.guard import requires
from ...accounts.users import User
from ...customers.models import Customer
from ...customers.subscriptions import Edition, offers_support
from ...database import db
from ...errors import Refused
from ...web import uploads
from .. import attachments, lookups
from ..forms.calls import CallForm
from ..impact import DEFINITIONS, Impact
from ..tickets import Ticket
from .desk import FOLDER
from .sending import keep, send

bp = Blueprint("ticket_calls", __name__, url_prefix="/provider/support/tickets")
uploads.widen("ticket_calls.new", attachments.most_bytes)


@bp.route("/new", methods=["GET", "POST"])
@requires("support.read", "customers.read", act="support.answer")
def new() -> Any:
    """Open a ticket for a customer's person; on record is who entered it."""
    form, status = CallForm(), 200
    form.offer([edition.value for edition in Edition])
    form.prepare()
    if form.is_submitted():
        status, found = send(form, _open, FOLDER)
        if found:
            return found
    else:
        form.customer.data = request.args.get("customer", "").replace("\0", "")
    session = db.session()
    page = render_template(
        "support/desk/new.html", form=form, definitions=DEFINITIONS, customers=lookups.customers(session),
        openers=lookups.openers(session, current_user, form.customer.data or ""),
        limit=current_app.config["TICKET_LIMIT"], most=attachments.MOST_FILES,
    )  # fmt: skip
    return page, status


def _open(form: CallForm) -> str:
    customer_id = _concerned(form)[0].id
    files = keep(form, customer_id)
    customer, opener = _concerned(form)
    ticket = Ticket.open_(
        db.session(), customer_id=customer.id, subject=form.subject.data or "",
        description=form.description.data or "", impact=Impact(form.impact.data), edition=form.edition.data or "",
        environment=form.environment.data, product_version=form.version.data or "", site=form.site.data or "",
        seen_by_whom=customer.tickets_seen_by, files=files, form_key=form.key.data or None, opener=opener,
        by=current_user,
    )  # fmt: skip
    db.session.commit()
    flash(_("Ticket %(reference)s is open. %(name)s gets a mail.", reference=ticket.reference, name=opener.name))
    return f"{FOLDER}{ticket.id}"


def _concerned(form: CallForm) -> tuple[Customer, User]:
    """Return the customer and its person. Raises Refused where there is no support or no right."""
    session = db.session()
    customer = lookups.customer(session, form.customer.data or "")
    if customer is None:
        raise Refused(_("There is no active customer with this ID."), field="customer")
    if not offers_support(session, customer.id):
        raise Refused(_("No running subscription of this customer includes support."), field="customer")
    opener = lookups.opener(session, current_user, customer.id, form.opener.data or "")
    if opener is None:
        raise Refused(_("Choose somebody of this company who has the right “Request Support”."), field="opener")
    return customer, opener
