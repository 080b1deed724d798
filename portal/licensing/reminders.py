"""Reminders: 30, 14 and 7 days before a subscription ends its company's super user and admins get a mail, once each.

After days without a worker only the nearest reminder is sent, late. One whose day had passed when the end was entered
or moved is none: whoever bought for a week knows it. A renewal brings new ones, for the new end.
"""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta
from typing import ClassVar
from zoneinfo import ZoneInfo

from flask import current_app
from sqlalchemy import Date, ForeignKey, Select, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from ..access.rights import PortalRole
from ..accounts.notices import address_of, tell_ids
from ..accounts.users import User
from ..customers.models import Customer
from ..customers.ownership import PORTAL, Owned
from ..customers.subscriptions import TIERS, Subscription, SupportTier, grace, today
from ..database import Base, UtcDateTime, now
from ..jobs import every
from ..leases import Job

DAYS = (7, 14, 30)
"""How many days before the end, the nearest first."""
HOUR = 60


class Reminder(Owned, Base):
    """That the company was reminded of an end so many days before it."""

    __tablename__ = "license_reminders"

    read_by_customer: ClassVar[str] = "licenses.read"
    read_by_staff: ClassVar[str] = "documents.read"

    subscription_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("subscriptions.id"), primary_key=True)
    ends_on: Mapped[date] = mapped_column(Date, primary_key=True)
    days: Mapped[int] = mapped_column(primary_key=True)
    written_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


def due(subscription: Subscription, day: date) -> int | None:
    """Return which reminder stands on a day: the nearest that has come, if its day was not over when the end was set.

    A nearer one stands for all before it, sent or not.
    """
    left = (subscription.ends_on - day).days
    days = next((days for days in DAYS if 0 <= left <= days), None)
    if days is None:
        return None
    zone = ZoneInfo(current_app.config["TIME_ZONE"])
    known_since = (subscription.end_set_at or subscription.created_at).astimezone(zone).date()
    return days if known_since <= subscription.ends_on - timedelta(days=days) else None


@every(HOUR, "licenses.remind")
def remind(session: Session, _job: Job) -> None:
    """Write the reminders that stand and are not written yet; each is committed with its mails, or not at all."""
    day = today()
    for subscription in session.scalars(_ending(day)).all():
        days = due(subscription, day)
        if days is not None and _claim(session, subscription, days):
            _write(session, subscription, day)
            session.commit()


def _ending(day: date) -> Select[Subscription]:
    return (
        Subscription.visible_to(PORTAL)
        .join(Customer, Customer.id == Subscription.customer_id)
        .where(
            Subscription.archived_at.is_(None), Customer.archived_at.is_(None), Subscription.starts_on <= day,
            Subscription.ends_on.between(day, day + timedelta(days=max(DAYS))), ~Subscription.followed(),
        )
        .order_by(Subscription.id)
    )  # fmt: skip


def _claim(session: Session, subscription: Subscription, days: int) -> bool:
    """Put the reminder on record; False when it, or a nearer one, is there already: the database decides."""
    key = {"subscription_id": subscription.id, "ends_on": subscription.ends_on, "days": days}
    if session.get(Reminder, key) is not None:
        return False
    try:
        with session.begin_nested():
            session.add(Reminder(customer_id=subscription.customer_id, **key))
    except IntegrityError:
        return False
    return True


def _write(session: Session, subscription: Subscription, day: date) -> None:
    leaders = session.scalars(
        select(User.id).where(
            User.customer_id == subscription.customer_id,
            User.portal_role.in_([PortalRole.SUPER_USER, PortalRole.ADMIN]), User.has_joined,
        )
    ).all()  # fmt: skip
    tell_ids(
        session, list(leaders), "license_ending",
        edition=subscription.title, services=subscription.services,
        support=TIERS[SupportTier(subscription.support)] if subscription.support else None,
        ends_on=subscription.ends_on, away=(subscription.ends_on - day).days, until=subscription.ends_on + grace(),
        contact=current_app.config["SUPPORT_CONTACT"], link=address_of(f"/licenses/{subscription.id}"),
    )  # fmt: skip
