"""The usage panel under a licence: how it stands, the chart, the months, what was counted, and which sites report."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, select

from ...customers.subscriptions import Subscription, today
from ...database import db
from ...i18n import format_number
from ...records import panels
from ..credentials import why_none
from . import chart, sites
from .evaluation import Evaluation, Month, evaluate
from .samples import Sample
from .verdict import judge, period


def load(reader: Any, subscription: Subscription, place: Any) -> dict[str, Any] | None:
    """Return what the panel shows; on paper nothing that depends on the day, and no panel without samples."""
    found = evaluate(db.session(), subscription, reader, lasting=place is None)
    if place is None and not found.days:
        return None
    shown = {
        "found": found, "verdict": judge(found), "chart": chart.draw(found), "key": key(found),
        "months": [(month, period(month), marks(found, month)) for month in reversed(found.months)],
    }  # fmt: skip
    return shown if place is None else {**shown, **_around(reader, subscription)}


def _around(reader: Any, subscription: Subscription) -> dict[str, Any]:
    """Return what only the page has: the sites, and what the reader can do."""
    day, runs = today(), not why_none(subscription)
    reporting = sites.of(db.session(), subscription, reader)
    silent = [site.silent(day) for site in reporting if site.silent(day) <= sites.GONE_DAYS] if runs else []
    return {
        "today": day, "runs": runs, "sites": reporting, "breakdown": sites.breakdown(reporting, day),
        "silent": max(silent, default=0), "stale_days": sites.STALE_DAYS, "blocked_days": sites.BLOCKED_DAYS,
        "is_staff": reader.is_staff, "may_upload": runs and "downloads.use" in reader.verbs,
    }  # fmt: skip


def marks(found: Evaluation, month: Month) -> list[tuple[str, str]]:
    """Return words, with their tones, for what a month is among the others."""
    named = (
        (found.first_exceeded, _("First exceeded"), "warn"),
        (found.highest, _("Highest"), "neutral"),
        (found.last, _("Last"), "good"),
    )
    return [(str(word), tone) for its, word, tone in named if its == month]


def key(found: Evaluation) -> list[tuple[str, str]]:
    """Return the key of the chart: what is drawn, and what it means."""
    named = (("last", found.last, _("Last month")), ("first", found.first_exceeded, _("First month exceeded")),
             ("highest", found.highest, _("Highest month")))  # fmt: skip
    lines = [("day", str(_("Daily total")))]
    if found.months:
        lines.append(("month", str(_("Monthly average"))))
    lines += [(role, f"{word}: {format_number(its.average, 1)}") for role, its, word in named if its]
    if found.limit is not None:
        lines.append(("limit", str(_("Limit: %(number)s", number=format_number(found.limit)))))
    return lines


REPORTED = (
    select(func.max(Sample.reported_at))
    .where(Sample.subscription_id == Subscription.id)
    .correlate(Subscription)
    .scalar_subquery()
)
"""A kept PDF is out of date once something was reported after it."""

panels.add(
    panels.Panel(
        "subscriptions", "licensing/usage/panel.html", load, order=40, printed="print/usage.html",
        printed_also=(REPORTED,),
    )
)  # fmt: skip
