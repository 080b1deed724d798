"""Offline verification: a site's request file in, the signed response file out."""

from __future__ import annotations

import re
import uuid
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, current_app, render_template, send_file
from flask_login import current_user

from ... import signing
from ...access.guard import requires
from ...audit.models import record
from ...customers.subscriptions import Subscription
from ...database import db
from ...errors import Refused
from .. import questions, verification
from ..credentials import refuse_unless_running
from ..forms.credentials import QuestionForm
from .credentials import subscription

bp = Blueprint("licensing_verification", __name__)


@bp.route("/licenses/<uuid:id>/verification", methods=["GET", "POST"])
@requires("licenses.read", "downloads.use")
def verify(id: uuid.UUID) -> Any:
    """Take a verification request, give the response as a file."""
    found, form, status = subscription(id), QuestionForm(), 200
    refuse_unless_running(found)
    if form.is_submitted():
        status = 422
        if form.validate():
            try:
                return _answer(found, questions.read(form.request.data.read(questions.LARGEST + 1)))
            except Refused as refused:
                db.session.rollback()
                status = form.refuse(refused)
    key = signing.public()
    page = render_template(
        "licensing/verification.html", subscription=found, form=form, key_id=signing.id_of(key), pem=signing.pem(key)
    )
    return page, status


@bp.get("/licenses/verify_license.py")
@requires("licenses.read", "downloads.use")
def script() -> Response:
    """Give the program that checks a response elsewhere."""
    path = Path(current_app.root_path).parent / "docs" / "verify_license.py"
    return send_file(path, mimetype="text/x-python", as_attachment=True)


def _answer(found: Subscription, asked: verification.Asked) -> Response:
    """Return the response file; that it was given is on record."""
    session = db.session()
    content = verification.sign(verification.document(session, found, asked))
    record(
        session, "verification.given", by=current_user, customer_id=found.customer_id,
        title=found.title, subscription=str(found.id), request=asked.request_id,
    )  # fmt: skip
    session.commit()
    response = Response(content, mimetype="application/json")
    name = re.sub(r"[^A-Za-z0-9-]+", "-", asked.request_id)[:60].strip("-")
    response.headers.set("Content-Disposition", "attachment", filename=f"verification-response-{name}.json")
    response.headers["Cache-Control"] = "private, no-store"
    return response
