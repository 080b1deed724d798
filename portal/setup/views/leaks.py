"""The leak report: what elements tell readers who may not know it, and what was accepted."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from ...access.guard import requires
from ...database import db
from ...errors import Refused
from ...records import export
from ...web import paging
from ..forms.leaks import AcceptanceForm
from ..leaks import report, rounds
from ..leaks.models import Leak
from ..leaks.sorts import RISKS

bp = Blueprint("leaks", __name__, url_prefix="/provider/setup")

RISK_CHOICES = {"high": _l("High risk"), "moderate": _l("Moderate risk")}
STATES = {"accepted": _l("Accepted")}
BELOW = 10
"""How many accepted ones stand below the open ones."""


@bp.get("/leaks/")
@requires("setup.read")
def index() -> Any:
    """What is open, the highest risk first; below, what was accepted last."""
    return _page(AcceptanceForm(formdata=None))


@bp.get("/leaks.csv")
@requires("setup.read")
def table() -> Response:
    """All leaks of the filter: the open ones, then those accepted."""
    kind, rank, accepted = _asked()
    statements = [report.statement(kind, rank, accepted=True)]
    if not accepted:
        statements.insert(0, report.statement(kind, rank))
    return export.answer("leaks", report.HEADINGS, report.csv_rows(db.session(), statements))


@bp.post("/leaks/<uuid:leak_id>/acceptance")
@requires("setup.read", act="setup.edit")
def accept(leak_id: uuid.UUID) -> Any:
    """Say that a leak may stay, and why."""
    form, leak = AcceptanceForm(), _find(leak_id)
    status = 422
    if form.validate():
        try:
            leak.accept(db.session(), form.reason.data or "", by=current_user)
            db.session.commit()
        except Refused as refused:
            db.session.rollback()
            status = form.refuse(refused)
        else:
            flash(_("Accepted. It is open again as soon as the element changes."))
            return redirect(url_for(".index"))
    return _page(form, leak_id), status


@bp.post("/leaks/<uuid:leak_id>/reopening")
@requires("setup.read", act="setup.edit")
def reopen(leak_id: uuid.UUID) -> Any:
    """Take an acceptance back."""
    _find(leak_id).reopen(db.session(), by=current_user)
    db.session.commit()
    flash(_("The leak is open again."))
    return redirect(url_for(".index"))


def _find(leak_id: uuid.UUID) -> Leak:
    found = db.session.get(Leak, leak_id)
    if found is None:
        abort(404)
    return found


def _asked() -> tuple[str, int | None, bool]:
    """Return the kind, the risk and whether only accepted ones are asked for."""
    risk = paging.chosen("risk", RISK_CHOICES)
    kind, state = paging.chosen("kind", report.KIND_LABELS), paging.chosen("state", STATES)
    return kind, RISKS[risk] if risk else None, state == "accepted"


def _page(form: AcceptanceForm, refused: uuid.UUID | None = None) -> str:
    session, (kind, rank, accepted) = db.session(), _asked()
    if accepted:
        page = paging.page(
            session, report.statement(kind, rank, accepted=True), id=Leak.id, keys=(Leak.accepted_at,), descending=True
        )
        below: list[Any] = []
    else:
        page = paging.page(session, report.statement(kind, rank), id=Leak.id, keys=(Leak.rank,))
        newest = report.statement(kind, rank, accepted=True).order_by(Leak.accepted_at.desc(), Leak.id.desc())
        below = list(session.execute(newest.limit(BELOW + 1)))
    rows = list(page.rows)
    if refused and all(row.id != refused for row in rows):
        rows = [*session.execute(report.statement().where(Leak.id == refused)), *rows]
    shown = report.show(session, [*rows, *below[:BELOW]])
    return render_template(
        "setup/leaks/index.html", page=page, leaks=shown[: len(rows)], below=shown[len(rows) :],
        more_below=len(below) > BELOW, form=form, refused=refused, searched=rounds.standing(session),
        kind=kind, risk=paging.chosen("risk", RISK_CHOICES), accepted=accepted, kinds=report.KIND_LABELS,
        risks=RISK_CHOICES, csv_url=paging.address().replace("/leaks/", "/leaks.csv", 1),
    )  # fmt: skip
