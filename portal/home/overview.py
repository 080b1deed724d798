"""The overview: what home shows besides what waits. Each part is a few rows, read in one statement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, select, union_all
from sqlalchemy.orm import Session

from ..access.rights import Right
from ..accounts.users import User
from ..customers.subscriptions import EDITIONS, TIERS, Subscription, SupportTier, grace
from ..documents.kinds.users import GRANTS
from ..documents.models import Document, DocumentKind

RECENT = 5


@dataclass(frozen=True)
class License:
    """A running subscription as home shows it."""

    id: Any
    edition: str
    services: int | None
    support: str
    starts_on: date
    ends_on: date


@dataclass(frozen=True)
class People:
    """How many people work with the portal."""

    active: int
    invited: int
    may_request_support: int | None


def licenses(session: Session, reader: Any, today: date) -> list[License]:
    """Return what runs or still counts as running, what ends first standing first."""
    rows = session.execute(
        select(
            Subscription.id, Subscription.edition, Subscription.services, Subscription.support,
            Subscription.starts_on, Subscription.ends_on,
        )
        .where(
            Subscription.seen_by(reader), Subscription.customer_id == reader.customer_id,
            Subscription.covers(today, today - grace()),
        )
        .order_by(Subscription.ends_on, Subscription.id)
        .limit(3)
    )  # fmt: skip
    return [
        License(
            row.id, EDITIONS[row.edition], row.services,
            str(TIERS[SupportTier(row.support)]) if row.support else str(_("None")), row.starts_on, row.ends_on,
        )
        for row in rows
    ]  # fmt: skip


def recent(session: Session, reader: Any) -> list[Any]:
    """Return the latest documents of all commercial kinds, newest first."""
    columns = (
        Document.id, Document.kind, Document.number, Document.title, Document.date, Document.state, Document.type,
        Document.due_on, Document.due_key, Document.currency, Document.total_minor,
    )  # fmt: skip
    parts = [
        select(
            select(*columns)
            .where(
                Document.seen_by(reader), Document.customer_id == reader.customer_id,
                Document.kind == kind, Document.archived_at.is_(None),
            )
            .order_by(Document.date.desc(), Document.id.desc())
            .limit(RECENT)
            .subquery()
        )
        for kind in DocumentKind
    ]  # fmt: skip
    every = union_all(*parts).subquery()
    return list(session.execute(select(every).order_by(every.c.date.desc(), every.c.id.desc()).limit(RECENT)).all())


def people(session: Session, reader: Any) -> People:
    """Return how many people of the company are active and invited, and may request support where it is offered."""
    active = User.disabled_at.is_(None)
    signed = User.password_hash.is_not(None)
    row = session.execute(
        select(
            func.count().filter(active, signed).label("active"),
            func.count().filter(active, User.password_hash.is_(None)).label("invited"),
            func.count().filter(active, GRANTS.contains(Right.REQUEST_SUPPORT.value)).label("support"),
        ).where(User.seen_by(reader), User.customer_id == reader.customer_id)
    ).one()
    return People(row.active, row.invited, row.support if reader.support_is_offered else None)


def greeting(moment: datetime, name: str) -> str:
    """Return the greeting for a moment in the reader's own zone."""
    first = name.split()[0]
    if 5 <= moment.hour < 12:
        return str(_("Good morning, %(name)s", name=first))
    if 12 <= moment.hour < 18:
        return str(_("Good afternoon, %(name)s", name=first))
    return str(_("Good evening, %(name)s", name=first))
