"""Super-user requests: the list, one entered for a call or a mail, everything on record about one, its decision."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, Response, abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from ... import storage
from ...access.guard import requires
from ...accounts.hand_over import OldBecomes, super_user_of
from ...accounts.requests import Evidence, RequestState, SuperUserRequest, Way
from ...database import db
from ...errors import Refused
from ...web import paging
from .. import customers, finding, requests
from ..forms.requests import BECOMES_SENTENCES, OUTCOMES, WAYS, ApprovalForm, RefusalForm, RequestForm

bp = Blueprint("provider_requests", __name__, url_prefix="/provider/requests")


@bp.get("/")
@requires("customers.read")
def index() -> Any:
    """All requests, open ones first."""
    state = paging.chosen("state", [state.value for state in RequestState])
    page = paging.page(
        db.session(), requests.listed(current_user, state=state),
        id=SuperUserRequest.id, keys=[requests.OPEN_FIRST], descending=True,
    )  # fmt: skip
    return render_template(
        "provider/requests/index.html", page=page, state=state, states=requests.STATES, ways=WAYS,
    )  # fmt: skip


@bp.route("/new", methods=["GET", "POST"])
@requires("customers.read", act="customers.super_user")
def new() -> Any:
    """Enter a request for somebody who called or wrote."""
    form, status = RequestForm(), 200
    if not form.is_submitted():
        form.customer.data = request.args.get("customer", "").replace("\0", "")
    if form.validate_on_submit():
        try:
            wish = _raise(form)
            db.session.commit()
        except Refused as refused:
            db.session.rollback()
            status = form.refuse(refused)
        else:
            flash(_("The request is on record. The super user was told by mail."))
            return redirect(url_for(".show", request_id=wish.id))
    elif form.is_submitted():
        status = 422
    session = db.session()
    return render_template(
        "provider/requests/new.html", form=form, customers=customers.served(session),
        candidates=requests.candidates(session, current_user, form.customer.data or ""),
        limit=current_app.config["EVIDENCE_LIMIT"],
    ), status  # fmt: skip


def _raise(form: RequestForm) -> SuperUserRequest:
    session = db.session()
    customer = finding.find_served(form.customer.data or "")
    if customer is None or customer.archived_at is not None:
        raise Refused(_("There is no active customer with this ID."), field="customer")
    nominee = requests.nominee(session, current_user, customer.id, form.nominee.data or "")
    if nominee is None:
        raise Refused(_("Choose an active person of this company."), field="nominee")
    files = [
        storage.save(
            session, upload.stream, name=upload.filename or "", purpose="evidence", customer_id=customer.id,
            by_id=current_user.id, limit=current_app.config["EVIDENCE_LIMIT"], field="evidence",
        )
        for upload in form.evidence.data or ()
    ]  # fmt: skip
    session.flush()
    return SuperUserRequest.raise_(
        session, customer=customer, nominee=nominee, reason=form.reason.data or "", by=current_user,
        way=Way(form.way.data), asked_by_name=form.asked_by.data or "", evidence=files,
    )  # fmt: skip


@bp.get("/<uuid:request_id>")
@requires("customers.read")
def show(request_id: uuid.UUID) -> Any:
    """Everything on record about a request."""
    return _page(_find(request_id), ApprovalForm(formdata=None), RefusalForm(formdata=None))


@bp.post("/<uuid:request_id>/approval")
@requires("customers.read", act="customers.super_user")
def approve(request_id: uuid.UUID) -> Any:
    """Hand over to the nominee."""
    wish, form = _find(request_id), ApprovalForm()
    status = 422
    if form.validate_on_submit():
        try:
            wish.approve(db.session(), old_becomes=OldBecomes(form.old_becomes.data), by=current_user)
            db.session.commit()
        except Refused as refused:
            db.session.rollback()
            status = form.refuse(refused)
        else:
            flash(_("%(name)s is the super user now. Those concerned get mail.", name=wish.nominee.name))
            return redirect(url_for(".show", request_id=request_id))
    return _page(wish, form, RefusalForm(formdata=None)), status


@bp.post("/<uuid:request_id>/refusal")
@requires("customers.read", act="customers.super_user")
def refuse(request_id: uuid.UUID) -> Any:
    """Say no."""
    wish, form = _find(request_id), RefusalForm()
    status = 422
    if form.validate_on_submit():
        try:
            wish.decline(db.session(), reason=form.reason.data or "", by=current_user)
            db.session.commit()
        except Refused as refused:
            db.session.rollback()
            status = form.refuse(refused)
        else:
            flash(_("Declined. Those concerned get mail with your reason."))
            return redirect(url_for(".show", request_id=request_id))
    return _page(wish, ApprovalForm(formdata=None), form), status


@bp.get("/<uuid:request_id>/evidence/<uuid:file_id>")
@requires("customers.read")
def evidence(request_id: uuid.UUID, file_id: uuid.UUID) -> Response:
    """A file attached to the request, as a download."""
    found = db.session.scalar(
        Evidence.visible_to(current_user).where(Evidence.request_id == request_id, Evidence.file_id == file_id)
    )
    if found is None or not found.file.path.is_file():
        abort(404)
    return storage.answer(found.file)


def _find(request_id: uuid.UUID) -> SuperUserRequest:
    found = db.session.scalar(SuperUserRequest.visible_to(current_user).where(SuperUserRequest.id == request_id))
    if found is None:
        abort(404)
    return found


def _page(wish: SuperUserRequest, approval: ApprovalForm, refusal: RefusalForm) -> str:
    session = db.session()
    present = super_user_of(session, wish.customer_id)
    return render_template(
        "provider/requests/show.html", wish=wish, customer=wish.customer, nominee=wish.nominee,
        present=present if wish.state == RequestState.OPEN else None,
        names=finding.names({wish.asked_by_id, wish.entered_by_id, wish.decided_by_id}),
        files=[one.file for one in wish.evidence], approval=approval, refusal=refusal,
        is_open=wish.state == RequestState.OPEN, states=requests.STATES, ways=WAYS, outcomes=OUTCOMES,
        nominee_is_active=nominee_is_active(wish), becomes_sentences=BECOMES_SENTENCES,
    )  # fmt: skip


def nominee_is_active(wish: SuperUserRequest) -> bool:
    """Tell whether the nominee could become super user now."""
    return wish.nominee.state == "active" and wish.nominee.customer_id == wish.customer_id
