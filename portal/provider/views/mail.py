"""Sent mail: what went to whom, what became of it, and another try for what failed."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from sqlalchemy import func, select

from ... import mail
from ...access.guard import requires
from ...audit.models import record
from ...customers.models import PROVIDER, Customer
from ...database import db
from ...mail import Mail
from ...web import paging

bp = Blueprint("provider_mail", __name__, url_prefix="/provider/mail")

STATES = {"waiting": _l("Waiting"), "sent": _l("Sent"), "failed": _l("Failed")}


@bp.get("/")
@requires("audit.mail")
def index() -> Any:
    """All messages, newest first."""
    q, state = paging.searched(), paging.chosen("state", STATES)
    statement = select(
        Mail.id, Mail.recipient, Mail.recipient_name, Mail.subject, Mail.created_at, Mail.sent_at, Mail.attempts,
        Mail.state.label("state"), Customer.name.label("company"),
    ).outerjoin(Customer, Customer.id == Mail.customer_id)  # fmt: skip
    if state:
        statement = statement.where(Mail.state == state)
    for word in q.casefold().split()[:8]:
        statement = statement.where(
            func.lower(Mail.recipient).contains(word, autoescape=True)
            | func.lower(Mail.recipient_name).contains(word, autoescape=True)
        )
    page = paging.page(db.session(), statement, id=Mail.id, descending=True)
    return render_template("provider/mail/index.html", page=page, q=q, state=state, states=STATES)


@bp.get("/<uuid:mail_id>")
@requires("audit.mail")
def show(mail_id: uuid.UUID) -> Any:
    """One message: its text without secrets, and its fate."""
    message = _find(mail_id)
    customer = db.session.get(Customer, message.customer_id) if message.customer_id else None
    return render_template(
        "provider/mail/show.html", message=message, states=STATES, customer=customer,
        is_served=customer is not None and customer.id != PROVIDER,
    )  # fmt: skip


@bp.post("/<uuid:mail_id>/delivery")
@requires("audit.mail", act="audit.mail_resend")
def deliver(mail_id: uuid.UUID) -> Any:
    """Try a failed message once more."""
    message = _find(mail_id)
    mail.send_again(db.session(), message)
    record(
        db.session(), "mail.resent", by=current_user, customer_id=message.customer_id, subject_id=message.user_id,
        mail=str(message.id),
    )  # fmt: skip
    db.session.commit()
    flash(_("The message is on its way again."))
    return redirect(url_for(".show", mail_id=mail_id))


def _find(mail_id: uuid.UUID) -> Mail:
    found = db.session.get(Mail, mail_id)
    if found is None:
        abort(404)
    return found
