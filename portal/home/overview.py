"""The overview: what home shows besides what waits. Each part is a few rows, from one statement that is kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Date, bindparam, func, not_, select, union_all

from ..access.rights import Right
from ..accounts.grants import Grant
from ..accounts.users import User
from ..customers.subscriptions import EDITIONS, TIERS, Subscription, SupportTier, grace
from ..database import db
from ..documents.models import Document, DocumentKind
from ..licensing.usage.evaluation import Month
from ..licensing.usage.summaries import UsageSummary
from ..records import prepared

RECENT = 5


@dataclass(frozen=True)
class License:
    """A running subscription as home shows it."""

    id: Any
    edition: str
    services: int | None
    support: str
    ends_on: date
    used: Any
    """The last complete month with samples, or None."""


@dataclass(frozen=True)
class People:
    """How many people work with the portal."""

    active: int
    invited: int
    may_request_support: int | None


def licenses(reader: Any, today: date) -> list[License]:
    """Return what runs or still counts as running, what ends first standing first."""
    values = prepared.parameters(reader, reader.customer_id) | {"day": today, "last": today - grace()}
    found = prepared.run(db.session(), _licenses(reader.verbs), values)
    return [
        License(
            row.id, EDITIONS[row.edition], row.services,
            str(TIERS[SupportTier(row.support)]) if row.support else str(_("None")), row.ends_on,
            Month(row.used_from, row.used_to, row.used, row.days) if row.days else None,
        )
        for row in found
    ]  # fmt: skip


@prepared.prepared
def _licenses(reader: Any) -> Any:
    return (
        select(
            Subscription.id,
            Subscription.edition,
            Subscription.services,
            Subscription.support,
            Subscription.ends_on,
            UsageSummary.starts_on.label("used_from"),
            UsageSummary.ends_on.label("used_to"),
            UsageSummary.services.label("used"),
            UsageSummary.days,
        )
        .outerjoin(UsageSummary, (UsageSummary.subscription_id == Subscription.id) & UsageSummary.seen_by(reader))
        .where(
            Subscription.seen_by(reader),
            Subscription.customer_id == prepared.CUSTOMER,
            Subscription.covers(bindparam("day", type_=Date), bindparam("last", type_=Date)),
        )
        .order_by(Subscription.ends_on, Subscription.id)
        .limit(3)
    )


def recent(reader: Any) -> list[Any]:
    """Return the latest documents of all commercial kinds, newest first."""
    values = prepared.parameters(reader, reader.customer_id)
    return list(prepared.run(db.session(), _recent(reader.verbs), values))


@prepared.prepared
def _recent(reader: Any) -> Any:
    """Return the union of the latest of each kind: each part reads a few entries of its index."""
    columns = (
        Document.id, Document.kind, Document.number, Document.title, Document.date, Document.state, Document.type,
        Document.due_on, Document.due_key, Document.currency, Document.total_minor,
    )  # fmt: skip
    parts = [
        select(
            select(*columns)
            .where(
                Document.seen_by(reader), Document.customer_id == prepared.CUSTOMER,
                Document.kind == kind, Document.archived_at.is_(None),
            )
            .order_by(Document.date.desc(), Document.id.desc())
            .limit(RECENT)
            .subquery()
        )
        for kind in DocumentKind
    ]  # fmt: skip
    every = union_all(*parts).subquery()
    return select(every).order_by(every.c.date.desc(), every.c.id.desc()).limit(RECENT)


def people(reader: Any) -> People:
    """Return how many people of the company are active and invited, and may request support where it is offered."""
    row = prepared.run(db.session(), _people(reader.verbs), prepared.parameters(reader, reader.customer_id)).one()
    return People(row.active, row.invited, row.support if reader.support_is_offered else None)


@prepared.prepared
def _people(reader: Any) -> Any:
    may_sign_in, has_joined = User.disabled_at.is_(None), User.has_joined
    supports = Grant.user_id.is_not(None)
    return (
        select(
            func.count().filter(may_sign_in, has_joined).label("active"),
            func.count().filter(may_sign_in, not_(has_joined)).label("invited"),
            func.count().filter(may_sign_in, supports).label("support"),
        )
        .outerjoin(Grant, (Grant.user_id == User.id) & (Grant.right == Right.REQUEST_SUPPORT.value))
        .where(User.seen_by(reader), User.customer_id == prepared.CUSTOMER)
    )


def greeting(moment: datetime, name: str) -> str:
    """Return the greeting for a moment in the reader's own zone."""
    first = name.split()[0]
    if 5 <= moment.hour < 12:
        return str(_("Good morning, %(name)s", name=first))
    if 12 <= moment.hour < 18:
        return str(_("Good afternoon, %(name)s", name=first))
    return str(_("Good evening, %(name)s", name=first))
