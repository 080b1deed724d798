"""Asking for another super user: the list, the form, a request and its evidence."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, Response, abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from ...access import policy
from ...access.guard import requires
from ...accounts.hand_over import super_user_of
from ...accounts.requests import Evidence, RequestState, SuperUserRequest
from ...customers.models import Customer
from ...database import db
from ...errors import Refused, StorageFull
from ...storage import File, answer
from ...web import paging, uploads
from .. import requests
from ..forms import RequestForm

bp = Blueprint("super_user_requests", __name__)
uploads.widen("super_user_requests.new", requests.most_bytes)


@bp.get("/super-user-requests/")
@requires("super_user.ask")
def index() -> str:
    """All requests of the company, the newest first."""
    page = paging.page(db.session(), requests.rows(current_user), id=SuperUserRequest.id, descending=True)
    is_open = any(row.state == RequestState.OPEN for row in page.rows)
    return render_template(
        "people/requests/index.html", page=page, states=requests.STATES, asked_by=requests.asked_by, is_open=is_open
    )


@bp.route("/super-user-requests/new", methods=["GET", "POST"])
@requires("super_user.ask")
def new() -> Any:
    """Ask for another super user."""
    session, form, status = db.session(), RequestForm(), 200
    if not form.is_submitted():
        form.nominee.data = request.args.get("nominee", "")[:40]
    else:
        status = 422
        if form.validate():
            try:
                wish = _raise(form)
                db.session.commit()
            except StorageFull as full:
                db.session.rollback()
                status = 507
                form.refuse(Refused(full.sentence, field="evidence"))
            except Refused as refused:
                db.session.rollback()
                status = form.refuse(refused)
            except IntegrityError:
                db.session.rollback()
                sentence = _("There is already an open request. Withdraw it first, or wait for the decision.")
                status = form.refuse(Refused(sentence))
            else:
                flash(_("The request is with the provider. Everybody concerned gets mail at each step."))
                return redirect(url_for("super_user_requests.show", id=wish.id))
    options = requests.nominees(session, current_user)
    page = render_template(
        "people/requests/new.html", form=form, options=options,
        present=super_user_of(session, current_user.customer_id), chosen=dict(options).get(form.nominee.data or ""),
        limit=current_app.config["EVIDENCE_LIMIT"], most=requests.MOST_FILES,
    )  # fmt: skip
    return page, status


def _raise(form: RequestForm) -> SuperUserRequest:
    session = db.session()
    return SuperUserRequest.raise_(
        session, customer=session.get_one(Customer, current_user.customer_id),
        nominee=requests.nominee(session, current_user, form.nominee.data or ""), reason=form.reason.data or "",
        by=current_user, evidence=requests.keep(session, form.evidence.data or (), by=current_user),
    )  # fmt: skip


@bp.get("/super-user-requests/<uuid:id>")
@requires("super_user.ask")
def show(id: uuid.UUID) -> str:
    """One request: who, why, what for, and what became of it."""
    session = db.session()
    row = session.execute(requests.rows(current_user).where(SuperUserRequest.id == id)).first()
    if row is None:
        abort(404)
    label, tone = requests.STATES[RequestState(row.state)]
    return render_template(
        "people/requests/show.html", row=row, label=label, tone=tone, is_open=row.state == RequestState.OPEN,
        files=requests.evidence(session, current_user, id), asked_by=requests.asked_by(row),
        decided_by=requests.decided_by(row), way=requests.WAYS[row.way],
        old_became=requests.OLD_BECAME[row.old_becomes] if row.old_becomes else None,
        may_withdraw=policy.may_withdraw_request(current_user, row.asked_by_id),
    )  # fmt: skip


@bp.post("/super-user-requests/<uuid:id>/withdrawal")
@requires("super_user.ask")
def withdraw(id: uuid.UUID) -> Any:
    """Take a request back before it is decided."""
    wish = db.session.scalar(SuperUserRequest.visible_to(current_user).where(SuperUserRequest.id == id))
    if wish is None:
        abort(404)
    if not policy.may_withdraw_request(current_user, wish.asked_by_id):
        abort(403)
    wish.withdraw(db.session(), by=current_user)
    db.session.commit()
    flash(_("The request is withdrawn."))
    return redirect(url_for("super_user_requests.show", id=id))


@bp.get("/super-user-requests/<uuid:id>/evidence/<uuid:file_id>")
@requires("super_user.ask")
def evidence(id: uuid.UUID, file_id: uuid.UUID) -> Response:
    """A file beside a request, as a download that no browser interprets."""
    file = db.session.scalar(
        select(File)
        .join(Evidence, Evidence.file_id == File.id)
        .where(Evidence.seen_by(current_user), Evidence.request_id == id, Evidence.file_id == file_id)
    )
    if file is None:
        abort(404)
    return answer(file)
