"""ERP imports: run one, see how far it is, what came, and what was refused and why."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select

from ...access.guard import requires
from ...accounts.users import User
from ...customers.models import Customer
from ...database import db
from ...records import export
from ...web import paging
from .. import report, runs
from ..models import ErpFinding, ErpRun

bp = Blueprint("erp_imports", __name__, url_prefix="/provider/imports")


@bp.get("/")
@requires("documents.read")
def index() -> Any:
    """All imports, the last first."""
    statement: Any = select(
        ErpRun.id, ErpRun.address, ErpRun.state, ErpRun.created_at, ErpRun.started_at, ErpRun.finished_at,
        ErpRun.findings, ErpRun.error, User.name.label("by"),
    ).outerjoin(User, User.id == ErpRun.by_id)  # fmt: skip
    page = paging.page(db.session(), statement, id=ErpRun.id, descending=True)
    return render_template("erp/index.html", page=page, source=runs.shown(_source()))


@bp.post("/")
@requires("documents.read", act="documents.import")
def create() -> Any:
    """Put an import from the configured source in line."""
    if not _source():
        abort(404)
    run = runs.ask(db.session(), address=_source(), by=current_user)
    db.session.commit()
    flash(_("The import is in line. This page shows how far it is; you may leave it."))
    return redirect(url_for(".show", run_id=run.id))


@bp.get("/<uuid:run_id>")
@requires("documents.read")
def show(run_id: uuid.UUID) -> Any:
    """One import."""
    run = db.session.get(ErpRun, run_id) or abort(404)
    page = paging.page(
        db.session(),
        _findings(run).add_columns(Customer.name.label("company")).outerjoin(Customer),
        id=ErpFinding.id,
        keys=[ErpFinding.number],
    )
    by = db.session.get(User, run.by_id) if run.by_id else None
    return render_template(
        "erp/show.html", run=run, by=by, page=page, counts=report.counts(run), sums=report.sums(run),
        reconciles=report.reconciles(run), source=_source(), here=request.path,
    )  # fmt: skip


@bp.get("/<uuid:run_id>.csv")
@requires("documents.read")
def findings(run_id: uuid.UUID) -> Any:
    """The findings of an import as CSV."""
    run = db.session.get(ErpRun, run_id) or abort(404)
    headings = (_("File"), _("Line"), _("Record"), _("Customer"), _("Finding"))

    def rows() -> Iterator[tuple[Any, ...]]:
        for row in db.session.execute(_findings(run).order_by(ErpFinding.number)):
            yield row.file, row.line or None, row.record, row.customer_id, row.sentence

    return export.answer("findings", headings, rows())


def _findings(run: ErpRun) -> Any:
    columns = (ErpFinding.id, ErpFinding.file, ErpFinding.line, ErpFinding.record, ErpFinding.customer_id)
    return select(*columns, ErpFinding.sentence).where(ErpFinding.run_id == run.id)


def _source() -> str:
    return str(current_app.config["ERP_SOURCE"])
