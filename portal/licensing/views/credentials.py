"""Licensing credentials: made, rotated and revoked under the subscription they speak for."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, abort, flash, make_response, redirect, render_template
from flask_babel import gettext as _
from flask_login import current_user

from ...access.guard import requires
from ...customers.subscriptions import Subscription
from ...database import db
from ...errors import Refused
from .. import holding
from ..credentials import Credential, refuse_unless_running
from ..forms.credentials import LabelForm, RotationForm

bp = Blueprint("licensing_credentials", __name__)


def subscription(id: uuid.UUID) -> Subscription:
    """Return a subscription of the reader's own company; 404 for any other."""
    found = db.session.scalar(
        Subscription.visible_to(current_user).where(
            Subscription.id == id, Subscription.archived_at.is_(None),
            Subscription.customer_id == current_user.customer_id,
        )
    )  # fmt: skip
    if found is None:
        abort(404)
    return found


@bp.route("/licenses/<uuid:id>/credentials/new", methods=["GET", "POST"])
@requires("licenses.read", "downloads.use")
def new(id: uuid.UUID) -> Any:
    """Warn, then make a credential and show it once."""
    found, form, status = subscription(id), LabelForm(), 200
    refuse_unless_running(found)
    if form.is_submitted():
        status = 422
        if form.validate():
            try:
                credential, password = Credential.generate(
                    db.session(), found, label=form.label.data or "", by=current_user
                )
                db.session.commit()
            except Refused as refused:
                db.session.rollback()
                status = form.refuse(refused)
            else:
                return _shown(found, credential, password)
    return render_template("licensing/credentials/new.html", subscription=found, form=form), status


@bp.route("/licenses/<uuid:id>/credentials/<uuid:credential_id>/rotation", methods=["GET", "POST"])
@requires("licenses.read", "downloads.use")
def rotate(id: uuid.UUID, credential_id: uuid.UUID) -> Any:
    """Replace a password, show the new one once."""
    found, credential = subscription(id), _credential(id, credential_id)
    form, status = RotationForm(), 200
    refuse_unless_running(found)
    credential.refuse_if_revoked()
    if form.is_submitted():
        status = 422
        if form.validate():
            try:
                form.check_version(credential)
                password = credential.rotate(db.session(), overlap=form.time, by=current_user)
                db.session.commit()
            except Refused as refused:
                db.session.rollback()
                status = form.refuse(refused)
            else:
                return _shown(found, credential, password)
    form.version.data = str(credential.version)
    page = render_template(
        "licensing/credentials/rotate.html", subscription=found, credential=credential, form=form
    )  # fmt: skip
    return page, status


@bp.post("/licenses/<uuid:id>/credentials/<uuid:credential_id>/revocation")
@requires("licenses.read", "downloads.use")
def revoke(id: uuid.UUID, credential_id: uuid.UUID) -> Any:
    """Let a credential open nothing any more."""
    subscription(id)
    _credential(id, credential_id).revoke(db.session(), by=current_user)
    db.session.commit()
    flash(_("The credential is revoked: it opens nothing any more."))
    return redirect(f"/licenses/{id}#credentials")


@bp.post("/provider/customers/<customer_id>/subscriptions/<uuid:id>/credentials/<uuid:credential_id>/revocation")
@requires("customers.read", "documents.read", act="customers.subscriptions")
def revoke_for(customer_id: str, id: uuid.UUID, credential_id: uuid.UUID) -> Any:
    """Revoke a customer's credential."""
    credential = _credential(id, credential_id)
    if credential.customer_id != customer_id:
        abort(404)
    credential.revoke(db.session(), by=current_user)
    db.session.commit()
    flash(_("The credential is revoked: it opens nothing any more."))
    return redirect(f"/provider/customers/{customer_id}/documents/subscriptions/{id}#credentials")


def _credential(id: uuid.UUID, credential_id: uuid.UUID) -> Credential:
    found = holding.find(db.session(), current_user, id, credential_id)
    if found is None:
        abort(404)
    return found


def _shown(found: Subscription, credential: Credential, password: str) -> Any:
    page = render_template(
        "licensing/credentials/shown.html", subscription=found, credential=credential, password=password
    )
    response = make_response(page)
    response.headers["Cache-Control"] = "no-store"
    return response
