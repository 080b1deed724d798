"""Licence usage: reports that people upload, and the daily totals as CSV. The panel stands on the licence's page."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from ...access.guard import requires
from ...customers.subscriptions import Subscription
from ...database import db
from ...errors import Refused
from ...records import export
from ...storage import clean_name
from ..credentials import why_none
from ..forms.usage import MOST_FILES, ReportForm
from ..usage import intake as usage
from ..usage import panel
from ..usage.evaluation import evaluate
from ..usage.reports import LARGEST
from .credentials import subscription

__all__ = ["panel"]

bp = Blueprint("licence_usage", __name__)


@bp.route("/licenses/<uuid:id>/usage/new", methods=["GET", "POST"])
@requires("licenses.read", "downloads.use")
def new(id: uuid.UUID) -> Any:
    """Upload the reports of sites that cannot report by themselves: all of them are kept, or none."""
    found, form, status = subscription(id), ReportForm(), 200
    if reason := why_none(found):
        raise Refused(f"{reason} " + _("Usage can be reported only while it runs."))
    if form.is_submitted():
        status = 422
        if form.validate():
            try:
                kept = _keep(found, form.report.data)
                db.session.commit()
            except Refused as refused:
                db.session.rollback()
                status = form.refuse(refused)
            else:
                flash(_said(kept))
                return redirect(f"/licenses/{id}#usage")
    page = render_template(
        "licensing/usage/new.html", subscription=found, form=form, largest=LARGEST, most=MOST_FILES
    )  # fmt: skip
    return page, status


def _keep(found: Subscription, files: list[Any]) -> list[usage.Kept]:
    """Keep every file; a refusal says which one it is about when there are several."""
    kept = []
    for file in files:
        try:
            kept.append(usage.keep(db.session(), found, file.stream.read(LARGEST + 1), by=current_user))
        except Refused as refused:
            if len(files) == 1:
                raise
            raise Refused(f"{clean_name(file.filename)}: {refused.sentence}", field=refused.field) from None
    return kept


def _said(kept: list[usage.Kept]) -> str:
    samples, new = sum(one.samples for one in kept), sum(one.new for one in kept)
    if not samples:
        return str(_("The report was read, but holds no samples yet: Checkmk takes one a day."))
    told = ngettext("The report was kept: %(num)d sample is new.", "The report was kept: %(num)d samples are new.", new)
    known = ngettext("%(num)d was known already.", "%(num)d were known already.", samples - new)
    return f"{told} {known}" if samples > new else str(told)


@bp.get("/licenses/<uuid:id>/usage.csv")
@requires("licenses.read")
def table(id: uuid.UUID) -> Response:
    """Give the daily totals the months are made of."""
    found = evaluate(db.session(), subscription(id), current_user)
    headings = (_("Day"), _("Services"), _("Hosts"), _("Sites"))
    return export.answer("usage", headings, [(day.day, day.services, day.hosts, day.sites) for day in found.days])
