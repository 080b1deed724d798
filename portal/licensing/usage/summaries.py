"""Summaries: how each subscription's usage stood when it was last evaluated, for pages that show many at once."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, ClassVar

from flask_babel import gettext as _
from sqlalchemy import BigInteger, ColumnElement, Date, ForeignKey, Uuid, and_, bindparam, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from ...customers.ownership import Owned
from ...customers.subscriptions import Subscription
from ...database import Base, UtcDateTime, db, now
from ...i18n import format_date, format_number
from ...records import panels, prepared
from .evaluation import Evaluation, Month
from .verdict import CLOSE


class UsageSummary(Owned, Base):
    """A subscription's last complete month with samples, and its highest; without one there is no row.

    `services` and `top_services` are sums over `days` and `top_days` days. The limit is the subscription's own, so that
    a changed one counts at once.
    """

    __tablename__ = "usage_summaries"

    read_by_customer: ClassVar[str] = "licenses.read"
    read_by_staff: ClassVar[str] = "documents.read"

    subscription_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("subscriptions.id"), primary_key=True)
    starts_on: Mapped[date] = mapped_column(Date)
    ends_on: Mapped[date] = mapped_column(Date)
    services: Mapped[int] = mapped_column(BigInteger)
    days: Mapped[int] = mapped_column()
    top_starts_on: Mapped[date] = mapped_column(Date)
    top_ends_on: Mapped[date] = mapped_column(Date)
    top_services: Mapped[int] = mapped_column(BigInteger)
    top_days: Mapped[int] = mapped_column()
    evaluated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    @classmethod
    def reached(cls) -> ColumnElement[bool]:
        """Return the condition that the last complete month has reached the limit of its subscription."""
        return and_(Subscription.services.is_not(None), cls.services >= Subscription.services * cls.days)

    @classmethod
    def ever_reached(cls) -> ColumnElement[bool]:
        """Return the condition that any complete month has."""
        return and_(Subscription.services.is_not(None), cls.top_services >= Subscription.services * cls.top_days)


def note(session: Session, subscription: Subscription, found: Evaluation) -> None:
    """Keep how usage stands."""
    present = session.get(UsageSummary, subscription.id)
    if found.last is None or found.highest is None:
        if present is not None:
            session.delete(present)
        return
    last, top = found.last, found.highest
    values = {
        "starts_on": last.starts, "ends_on": last.ends, "services": last.services, "days": last.days,
        "top_starts_on": top.starts, "top_ends_on": top.ends, "top_services": top.services, "top_days": top.days,
    }  # fmt: skip
    if present is None:
        owner = {"subscription_id": subscription.id, "customer_id": subscription.customer_id}
        try:
            with session.begin_nested():
                session.add(UsageSummary(**owner, **values))
            return
        except IntegrityError:  # two first reports at once
            present = session.get_one(UsageSummary, subscription.id)
    if any(getattr(present, name) != value for name, value in values.items()):
        for name, value in values.items():
            setattr(present, name, value)
        present.evaluated_at = now()


def last_of(row: Any) -> Month:
    """Return the last complete month of a summary's row."""
    return Month(row.starts_on, row.ends_on, row.services, row.days)


def said(month: Month, limit: int | None) -> str:
    """Return a month's average against the limit, as people read it."""
    average = format_number(month.average, 1)
    if limit is None:
        return str(_("%(average)s services", average=average))
    return str(_("%(average)s of %(limit)s services", average=average, limit=format_number(limit)))


def _shown(row: Any, limit: int | None) -> dict[str, Any]:
    """Return what the line about a license in the list says: a badge only where the limit is near or was reached."""
    month, top = last_of(row), Month(row.top_starts_on, row.top_ends_on, row.top_services, row.top_days)
    badge = None
    if month.reaches(limit):
        badge = _("Limit reached"), "bad"
    elif top.reaches(limit):
        badge = _("Limit reached in the month from %(day)s", day=format_date(top.starts)), "warn"
    elif limit is not None and month.share(limit) >= CLOSE:
        badge = _("Close to the limit"), "warn"
    return {"month": month, "limit": limit, "text": said(month, limit), "badge": badge}


@prepared.prepared
def _statement(reader: Any) -> Any:
    return select(UsageSummary.__table__).where(
        UsageSummary.seen_by(reader), UsageSummary.customer_id == prepared.CUSTOMER,
        UsageSummary.subscription_id.in_(bindparam("ids", expanding=True, type_=Uuid())),
    )  # fmt: skip


def load(reader: Any, rows: Sequence[Any], customer_id: str) -> dict[uuid.UUID, Any]:
    """Return what the list says of the usage of its licenses, by id; one statement for them all."""
    limits = {row.id: row.services for row in rows}
    values = {**prepared.parameters(reader, customer_id), "ids": list(limits)}
    found = prepared.run(db.session(), _statement(reader.verbs), values)
    return {row.subscription_id: _shown(row, limits[row.subscription_id]) for row in found}


panels.add_lines(panels.Line("subscriptions", "licensing/usage/line.html", load))
