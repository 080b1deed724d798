"""Figures of support: what is open, what came in time, how content customers were."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, render_template
from flask_login import current_user

from ...access.guard import requires
from ...customers.subscriptions import TIERS
from ...database import db
from ...records import export
from ...web import paging
from .. import figures
from ..forms.tickets import SATISFACTION
from ..impact import LABELS, TONES

bp = Blueprint("support_figures", __name__, url_prefix="/provider/support")


@bp.get("/figures/")
@requires("support.read")
def index() -> Any:
    """What is open now, and the last 30 or 90 days."""
    session, reader, days = db.session(), current_user._get_current_object(), _days()
    return render_template(
        "support/figures.html", open=figures.open_tickets(session, reader), ages=figures.AGES,
        met=[row for row in figures.met(session, reader, int(days)) if row.has_any],
        said=figures.satisfaction(session, reader, int(days)), days=days,
        periods=figures.PERIODS, tiers=TIERS, impacts=LABELS, tones=TONES, words=SATISFACTION, share=figures.share,
    )  # fmt: skip


@bp.get("/figures.csv")
@requires("support.read")
def table() -> Response:
    """Export what came in time."""
    rows = figures.met(db.session(), current_user._get_current_object(), int(_days()))
    return export.answer("figures", *figures.csv_rows(rows))


def _days() -> str:
    return paging.chosen("days", figures.PERIODS, "30")
