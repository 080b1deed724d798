"""Waiting: the licences whose limit was reached, for where staff begin."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from ..customers.models import Customer
from ..customers.subscriptions import EDITIONS, Subscription, today
from ..i18n import format_date
from ..web.waiting import Item, Source, add
from .usage.evaluation import Month
from .usage.summaries import UsageSummary, said


def over_limit(session: Session, reader: Any, limit: int) -> list[Item]:
    """Return running subscriptions with a month that reached the limit, the latest such month first."""
    rows = session.execute(
        select(
            Subscription.id, Subscription.customer_id, Subscription.edition, Subscription.services, Customer.name,
            UsageSummary.top_starts_on, UsageSummary.top_ends_on, UsageSummary.top_services, UsageSummary.top_days,
            UsageSummary.reached().label("still"),
        )
        .join(UsageSummary, UsageSummary.subscription_id == Subscription.id)
        .join(Customer, Customer.id == Subscription.customer_id)
        .where(
            Subscription.seen_by(reader), Customer.archived_at.is_(None), Subscription.running(today()),
            UsageSummary.ever_reached(),
        )
        .order_by(UsageSummary.top_starts_on.desc(), Subscription.id)
        .limit(limit)
    )  # fmt: skip
    return [_item(row) for row in rows]


def _item(row: Any) -> Item:
    month = Month(row.top_starts_on, row.top_ends_on, row.top_services, row.top_days)
    return Item(
        f"{row.name} · {EDITIONS[row.edition]}",
        f"/provider/customers/{row.customer_id}/documents/subscriptions/{row.id}",
        _("%(usage)s in the month from %(day)s", usage=said(month, row.services), day=format_date(month.starts)),
        _("Limit reached") if row.still else _("Was exceeded"),
        "bad" if row.still else "warn",
    )  # fmt: skip


def register() -> None:
    """Add this source."""
    add(Source(_l("Licences over their limit"), "documents.read", over_limit, order=35))
