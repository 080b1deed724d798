"""Subscription: what a customer bought and for how long. Rights depend on it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from flask import current_app
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    Date,
    Index,
    Integer,
    String,
    and_,
    exists,
    func,
)
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from ..audit.models import record
from ..database import Base, Identified, UtcDateTime, Versioned, now
from ..errors import Refused
from .ownership import Owned

ENDING_DAYS = 30


class Edition(StrEnum):
    """The editions one can subscribe to; codes as in licence usage reports."""

    ENTERPRISE = "cee"
    CLOUD = "cce"
    MSP = "cme"


EDITIONS = {
    Edition.ENTERPRISE: "Checkmk Enterprise",
    Edition.CLOUD: "Checkmk Cloud",
    Edition.MSP: "Checkmk MSP",
}


SIZES = (
    3000, 7000, 12_000, 18_000, 30_000, 60_000, 100_000, 200_000, 300_000, 500_000, 1_000_000, 1_500_000, 2_000_000,
)  # fmt: skip
"""The service limits that are sold as they stand; any other is a custom one, and more than the last is unlimited."""


class SupportTier(StrEnum):
    """How much support a subscription includes; None means none."""

    BASIC = "basic"
    ADVANCED = "advanced"
    PREMIUM = "premium"


TIERS = {
    SupportTier.BASIC: _l("Basic"),
    SupportTier.ADVANCED: _l("Advanced"),
    SupportTier.PREMIUM: _l("Premium"),
}


class State(StrEnum):
    """Where a subscription stands on a day."""

    UPCOMING = "upcoming"
    RUNNING = "running"
    ENDING = "ending"
    GRACE = "grace"
    ENDED = "ended"


def today() -> date:
    """Return today's date in the provider's time zone, which decides what runs."""
    return now().astimezone(ZoneInfo(current_app.config["TIME_ZONE"])).date()


def grace() -> timedelta:
    """Return how long a subscription still counts as running after its end."""
    return timedelta(days=current_app.config["GRACE_DAYS"])


class Subscription(Identified, Versioned, Owned, Base):
    """An edition with a service limit and perhaps support, from its first to its last day."""

    __tablename__ = "subscriptions"
    __table_args__ = (
        CheckConstraint("starts_on <= ends_on", name="term"),
        CheckConstraint("services IS NULL OR services > 0", name="services"),
        Index("ix_subscriptions_customer_id", "customer_id", "ends_on", "id"),
    )

    read_by_customer: ClassVar[str] = "licenses.read"
    read_by_staff: ClassVar[str] = "documents.read"
    search_kind: ClassVar[str] = "subscriptions"

    edition: Mapped[str] = mapped_column(String(10))
    services: Mapped[int | None] = mapped_column(Integer)
    support: Mapped[str | None] = mapped_column(String(20))
    starts_on: Mapped[date] = mapped_column(Date)
    ends_on: Mapped[date] = mapped_column(Date)
    order_number: Mapped[str] = mapped_column(String(80), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    end_set_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Since when `ends_on` is what it is; None: since the subscription was entered."""
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @classmethod
    def enter(
        cls,
        session: Session,
        *,
        customer_id: str,
        edition: Edition,
        services: int | None,
        support: SupportTier | None,
        starts_on: date,
        ends_on: date,
        order_number: str = "",
        by: Any,
    ) -> Subscription:
        """Add what a customer bought; `services` None means unlimited, both days are included."""
        subscription = cls(
            customer_id=customer_id,
            edition=edition,
            services=services,
            support=support,
            starts_on=starts_on,
            ends_on=ends_on,
            order_number=order_number,
        )
        subscription._check()
        session.add(subscription)
        session.flush()
        record(
            session, "subscription.entered", by=by, customer_id=customer_id, subscription=str(subscription.id),
            title=subscription.title, starts_on=starts_on.isoformat(), ends_on=ends_on.isoformat(), support=support,
        )  # fmt: skip
        return subscription

    def change(self, session: Session, *, by: Any, **values: Any) -> None:
        """Change edition, services, support, term or order number; record old and new values."""
        changed = {}
        for field, value in values.items():
            if getattr(self, field) != value:
                changed[field] = [_plain(getattr(self, field)), _plain(value)]
                setattr(self, field, value)
        self._check()
        if "ends_on" in changed:
            self.end_set_at = now()
        if changed:
            record(
                session, "subscription.changed", by=by, customer_id=self.customer_id,
                subscription=str(self.id), title=self.title, changed=changed,
            )  # fmt: skip

    def renew(self, session: Session, *, until: date, by: Any) -> None:
        """Move the last day to a later one."""
        if until <= self.ends_on:
            raise Refused(_("A renewal ends after the present last day."), field="end")
        before, self.ends_on, self.end_set_at = self.ends_on, until, now()
        record(
            session, "subscription.renewed", by=by, customer_id=self.customer_id, subscription=str(self.id),
            title=self.title, before=before.isoformat(), ends_on=until.isoformat(),
        )  # fmt: skip

    def end(self, session: Session, *, last_day: date, by: Any) -> None:
        """End the subscription early; what depends on it ends with its grace."""
        if last_day > self.ends_on:
            raise Refused(_("To prolong a subscription, renew it."), field="end")
        self.ends_on, self.end_set_at = max(last_day, self.starts_on), now()
        record(
            session, "subscription.ended", by=by, customer_id=self.customer_id, subscription=str(self.id),
            title=self.title, ends_on=self.ends_on.isoformat(),
        )  # fmt: skip

    def _check(self) -> None:
        if self.ends_on < self.starts_on:
            raise Refused(_("The last day lies before the first."), field="end")
        if self.services is not None and not 0 < self.services <= 100_000_000:
            raise Refused(_("The service limit is a positive number, or empty for unlimited."), field="services")

    def search_text(self) -> str:
        """Return the words under which the subscription is found: no order number, everyone may search."""
        return f"{self.title} {self.edition} {self.services or ''} {self.support or ''}"

    @property
    def title(self) -> str:
        """Return the edition's name."""
        return EDITIONS[Edition(self.edition)]

    def state(self, day: date) -> State:
        """Return where the subscription stands on `day`."""
        return state_on(self.starts_on, self.ends_on, day)

    @classmethod
    def running(cls, day: date) -> ColumnElement[bool]:
        """Return the condition that a subscription runs on `day`, grace included."""
        return cls.covers(day, day - grace())

    @classmethod
    def covers(cls, first: Any, last: Any) -> ColumnElement[bool]:
        """Return the condition that a subscription began by `first` and ends no sooner than `last`."""
        return and_(cls.archived_at.is_(None), cls.starts_on <= first, cls.ends_on >= last)

    @classmethod
    def followed(cls) -> ColumnElement[bool]:
        """Return the condition that one of the same edition that ends later takes its place."""
        later = aliased(cls)
        return exists().where(
            later.customer_id == cls.customer_id, later.edition == cls.edition,
            later.archived_at.is_(None), later.ends_on > cls.ends_on,
        )  # fmt: skip

    @classmethod
    def ever_ran(cls, day: Any) -> ColumnElement[bool]:
        """Return the condition that a subscription has begun by `day`."""
        return and_(cls.archived_at.is_(None), cls.starts_on <= day)


def state_on(starts_on: date, ends_on: date, day: date) -> State:
    """Return the state of a term on `day`."""
    if day < starts_on:
        return State.UPCOMING
    if day > ends_on:
        return State.GRACE if day <= ends_on + grace() else State.ENDED
    return State.ENDING if ends_on - day <= timedelta(days=ENDING_DAYS) else State.RUNNING


def offers_support(session: Session, customer_id: str, day: date | None = None) -> bool:
    """Tell whether a running subscription of the customer includes support: then the right is offered."""
    return bool(
        session.scalar(
            Subscription.__table__.select()
            .with_only_columns(func.count())
            .where(
                Subscription.customer_id == customer_id,
                Subscription.support.is_not(None),
                Subscription.running(day or today()),
            )
        )
    )


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
