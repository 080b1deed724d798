"""Subscriptions: My Licenses. Everyone of the company sees edition, limits, term and state; order numbers some."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import and_

from ...customers.models import Customer
from ...customers.subscriptions import EDITIONS, ENDING_DAYS, TIERS, Subscription, SupportTier, grace, state_on, today
from ...database import db
from ...i18n import format_number
from ...records import cells
from ...records.kind import Column, Filter, Kind, Sort, read_date
from .. import states


def edition(row: Any) -> str:
    """Return the edition's name."""
    return EDITIONS[row.edition]


def services(row: Any) -> str:
    """Return the service limit as people read it."""
    return str(_("Unlimited")) if row.services is None else format_number(row.services)


def support(row: Any) -> str:
    """Return the support tier as people read it."""
    return str(_("None")) if row.support is None else str(TIERS[SupportTier(row.support)])


def state(row: Any, day: date) -> states.Said:
    """Return how a subscription stands on a day."""
    return states.SUBSCRIPTION[state_on(row.starts_on, row.ends_on, day)]


def load(reader: Any, id: uuid.UUID, customer_id: str | None) -> dict[str, Any] | None:
    """Return what a subscription's page and PDF show; the order number only to readers of commercial documents."""
    query = Subscription.visible_to(reader).where(Subscription.id == id, Subscription.archived_at.is_(None))
    if customer_id is not None:
        query = query.where(Subscription.customer_id == customer_id)
    record = db.session.scalar(query)
    if record is None:
        return None
    sees_orders = {"commercial.read", "documents.read"} & reader.verbs
    return {
        "record": record,
        "name": edition(record),
        "edition": edition(record),
        "services": services(record),
        "support": support(record),
        "state": state(record, today()),
        "grace_until": record.ends_on + grace(),
        "order_number": record.order_number if sees_orders else "",
        "customer": db.session.get_one(Customer, record.customer_id),
    }


def _ending(day: date) -> Any:
    return and_(
        Subscription.starts_on <= day,
        Subscription.ends_on >= day,
        Subscription.ends_on <= day + timedelta(days=ENDING_DAYS),
    )


SUBSCRIPTIONS = Kind(
    slug="subscriptions",
    label=_l("My Licenses"),
    singular=_l("Subscription"),
    lead=_l("What your company may run, how much of it, and until when."),
    empty=_l("A subscription appears here as soon as the provider has entered it."),
    model=Subscription,
    fields=(
        Subscription.id, Subscription.edition, Subscription.services, Subscription.support,
        Subscription.starts_on, Subscription.ends_on,
    ),
    scope=Subscription.archived_at.is_(None),
    columns=(
        Column(_l("Edition"), cells.linked_by(edition), edition, "main"),
        Column(_l("Services"), lambda row, _around: services(row), lambda row: row.services, "num"),
        Column(_l("Support"), lambda row, _around: support(row), lambda row: row.support),
        Column(_l("Start"), cells.day("starts_on"), lambda row: row.starts_on, "spare", "start"),
        Column(_l("End"), cells.day("ends_on"), lambda row: row.ends_on, "", "end"),
        Column(_l("State"), cells.state(state), lambda row: str(state_on(row.starts_on, row.ends_on, today())), "side"),
    ),
    sorts=(
        Sort("end", _l("End"), Subscription.ends_on, descending=True, read=read_date),
        Sort("start", _l("Start"), Subscription.starts_on, descending=True, read=read_date),
    ),
    filters=(
        Filter(
            "state",
            _l("Any state"),
            (
                ("running", _l("Running"), Subscription.running),
                ("ending", _l("Ends soon"), _ending),
                ("ended", _l("Ended"), lambda day: Subscription.ends_on < day - grace()),
            ),
        ),
    ),
    period=Subscription.ends_on,
    period_label=_l("End"),
    load=load,
    icon="licenses",
)  # fmt: skip
