"""Attention: licences whose limit is reached, and withdrawn releases that the reader downloaded."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import Select, String, cast, func

from ..customers.subscriptions import EDITIONS, Subscription
from ..i18n import format_date
from ..records import prepared
from ..records.attention import LAST, NAMED, TODAY, Item, Sort, add, part, whole
from .releases.fetched import Fetched
from .releases.models import Package, Release
from .usage.evaluation import Month
from .usage.summaries import UsageSummary, said


def _reached(reader: Any) -> Select[Any]:
    found = part(
        "reached", id=Subscription.id, name=Subscription.edition, more=cast(Subscription.services, String),
        amount=UsageSummary.services, count=UsageSummary.days, day=UsageSummary.starts_on,
    )  # fmt: skip
    return whole(
        found.join(UsageSummary, UsageSummary.subscription_id == Subscription.id)
        .where(
            Subscription.customer_id == prepared.CUSTOMER, Subscription.seen_by(reader), UsageSummary.seen_by(reader),
            Subscription.covers(TODAY, LAST), UsageSummary.reached(),
        )
        .order_by(Subscription.ends_on, Subscription.id)
        .limit(NAMED)
    )  # fmt: skip


def _withdrawn(reader: Any) -> Select[Any]:
    found = part("withdrawn", name=func.min(Release.number), count=func.count(Release.id.distinct()))
    return (
        found.join(Package, Package.release_id == Release.id)
        .join(Fetched, Fetched.package_id == Package.id)
        .where(
            Fetched.user_id == reader.id, Fetched.seen_by(reader), Fetched.customer_id == prepared.CUSTOMER,
            Fetched.dismissed_at.is_(None), Release.withdrawn_at.is_not(None),
        )
        .having(func.count() > 0)
    )  # fmt: skip


def _say_reached(rows: list[Any], _today: date) -> list[Item]:
    return [
        Item(
            "bad", str(_("Limit reached")), EDITIONS[row.name], f"/licenses/{row.id}",
            said(Month(row.day, row.day, row.amount, row.count), int(row.more)),
            str(_("in the month from %(day)s", day=format_date(row.day))),
        )
        for row in rows
    ]  # fmt: skip


def _say_withdrawn(rows: list[Any], _today: date) -> list[Item]:
    count = rows[0].count
    text = ngettext(
        "Checkmk %(number)s, which you downloaded",
        "%(num)d releases, which you downloaded", count, number=rows[0].name,
    )  # fmt: skip
    return [Item("bad", str(_("Withdrawn")), text, "/downloads/", count=count)]


def register() -> None:
    """Add these sorts."""
    add(
        Sort("withdrawn", "downloads.use", _withdrawn, _say_withdrawn, 15),
        Sort("reached", "licenses.read", _reached, _say_reached, 25),
    )
