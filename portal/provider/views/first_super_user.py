"""A customer's first super user: invited by mail, or appointed from its active people."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select

from ...access.guard import requires
from ...access.rights import PortalRole, Right
from ...accounts import hand_over
from ...accounts.users import User, offered_rights
from ...customers.models import Customer
from ...database import db
from ...errors import Refused
from .. import finding
from ..forms.customers import AppointmentForm, InvitationForm

bp = Blueprint("provider_first", __name__, url_prefix="/provider/customers/<customer_id>")


@bp.route("/invitation", methods=["GET", "POST"])
@requires("customers.read", act="customers.super_user")
def invite(customer_id: str) -> Any:
    """Invite the first super user."""
    customer = finding.open_served(customer_id)
    form, status = InvitationForm(), 200
    form.offer(offered_rights(db.session(), customer_id))
    if form.validate_on_submit():
        try:
            user = hand_over.invite_super_user(
                db.session(), customer, name=form.name.data or "", email=form.email.data or "",
                rights=[Right(right) for right in form.rights.data or ()], by=current_user,
            )  # fmt: skip
            db.session.commit()
        except Refused as refused:
            db.session.rollback()
            status = form.refuse(refused)
        else:
            flash(_("%(name)s gets a mail with the invitation.", name=user.name))
            return redirect(url_for("provider_customers.show", customer_id=customer_id))
    elif form.is_submitted():
        status = 422
    return _page(customer, form, AppointmentForm(formdata=None), status)


@bp.post("/appointment")
@requires("customers.read", act="customers.super_user")
def appoint(customer_id: str) -> Any:
    """Make an active person the super user, while nobody has ever signed in as such."""
    customer = finding.open_served(customer_id)
    form, status = AppointmentForm(), 422
    if form.validate_on_submit():
        try:
            nominee = _nominee(customer_id, form.nominee.data or "")
            hand_over.appoint(db.session(), customer, nominee, by=current_user)
            db.session.commit()
        except Refused as refused:
            db.session.rollback()
            status = form.refuse(refused)
        else:
            flash(_("%(name)s is the super user now.", name=nominee.name))
            return redirect(url_for("provider_customers.show", customer_id=customer_id))
    invitation = InvitationForm(formdata=None)
    invitation.rights.choices = []
    invitation.offer(offered_rights(db.session(), customer_id))
    return _page(customer, invitation, form, status)


def _nominee(customer_id: str, text: str) -> User:
    """Return the person whose id stands in the field, of this customer."""
    try:
        found = db.session.scalar(
            User.visible_to(current_user).where(User.id == uuid.UUID(text), User.customer_id == customer_id)
        )
    except ValueError:
        found = None
    if found is None:
        raise Refused(_("Choose an active person of this company."), field="nominee")
    return found


def _page(customer: Customer, form: InvitationForm, appointment: AppointmentForm, status: int) -> Any:
    people = db.session.execute(
        select(User.id, User.name, User.email)
        .where(
            User.customer_id == customer.id, User.seen_by(current_user), User.has_joined,
            User.is_machine.is_(False),
            User.disabled_at.is_(None), User.portal_role != PortalRole.SUPER_USER,
        )
        .order_by(User.name_key)
        .limit(500)
    )  # fmt: skip
    return render_template(
        "provider/customers/invitation.html", customer=customer, form=form, appointment=appointment,
        present=hand_over.super_user_of(db.session(), customer.id),
        open=hand_over.may_appoint(db.session(), customer),
        people=[(row.id, f"{row.name} · {row.email}") for row in people],
        right_sentences={
            Right.DOWNLOAD_LICENSE: _("May download Checkmk and manage licensing credentials"),
            Right.REQUEST_SUPPORT: _("May open support tickets and answer in them"),
        },
    ), status  # fmt: skip
