"""Targets: how soon staff mean to answer, by support tier and impact, in business hours unless around the clock."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import CheckConstraint, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from ..audit.models import record
from ..customers.models import PROVIDER
from ..customers.subscriptions import Subscription, SupportTier, today
from ..database import Base, Versioned
from ..errors import Refused
from . import calendar
from .impact import Impact

NOTHING_DUE = datetime(9999, 1, 1, tzinfo=UTC)
"""Stands for "nothing is due": lists are sorted by a column that is never NULL."""

LONGEST = 90 * 24 * 60
"""The longest target, in minutes."""

TIER_RANK = {SupportTier.BASIC: 1, SupportTier.ADVANCED: 2, SupportTier.PREMIUM: 3}


@dataclass(frozen=True)
class Promise:
    """Minutes until the first and until every further answer."""

    first: int
    next: int
    around_the_clock: bool = False


DEFAULTS = {
    (SupportTier.BASIC, Impact.CRITICAL): Promise(8 * 60, 8 * 60),
    (SupportTier.BASIC, Impact.SIGNIFICANT): Promise(16 * 60, 16 * 60),
    (SupportTier.BASIC, Impact.LIMITED): Promise(24 * 60, 40 * 60),
    (SupportTier.BASIC, Impact.MINIMAL): Promise(40 * 60, 80 * 60),
    (SupportTier.ADVANCED, Impact.CRITICAL): Promise(4 * 60, 4 * 60),
    (SupportTier.ADVANCED, Impact.SIGNIFICANT): Promise(8 * 60, 8 * 60),
    (SupportTier.ADVANCED, Impact.LIMITED): Promise(16 * 60, 24 * 60),
    (SupportTier.ADVANCED, Impact.MINIMAL): Promise(24 * 60, 40 * 60),
    (SupportTier.PREMIUM, Impact.CRITICAL): Promise(60, 2 * 60, around_the_clock=True),
    (SupportTier.PREMIUM, Impact.SIGNIFICANT): Promise(4 * 60, 4 * 60),
    (SupportTier.PREMIUM, Impact.LIMITED): Promise(8 * 60, 16 * 60),
    (SupportTier.PREMIUM, Impact.MINIMAL): Promise(16 * 60, 24 * 60),
}


class Target(Versioned, Base):
    """What a provider has set instead of a default."""

    __tablename__ = "support_targets"
    __table_args__ = (CheckConstraint("first_minutes > 0 AND next_minutes > 0", name="minutes"),)

    tier: Mapped[str] = mapped_column(String(20), primary_key=True)
    impact: Mapped[str] = mapped_column(String(20), primary_key=True)
    first_minutes: Mapped[int] = mapped_column()
    next_minutes: Mapped[int] = mapped_column()
    around_the_clock: Mapped[bool] = mapped_column(default=False)

    @classmethod
    def of(cls, session: Session, tier: SupportTier, impact: Impact) -> Target:
        """Return the target set for a tier and an impact, or one not yet kept that says what the default does."""
        default = DEFAULTS[tier, impact]
        return session.get(cls, (tier, impact)) or cls(
            tier=tier, impact=impact, first_minutes=default.first, next_minutes=default.next,
            around_the_clock=default.around_the_clock, version=0,
        )  # fmt: skip

    @property
    def promise(self) -> Promise:
        """Return what it promises."""
        return Promise(self.first_minutes, self.next_minutes, self.around_the_clock)

    def set(self, session: Session, promised: Promise, *, by: Any) -> None:
        """Promise something else from now on; what is due already stays. Raises Refused naming the field."""
        for field, minutes in (("first", promised.first), ("next", promised.next)):
            if not 0 < minutes <= LONGEST:
                raise Refused(_("Between one minute and 90 days."), field=field)
        if promised == self.promise:
            return
        self.first_minutes, self.next_minutes = promised.first, promised.next
        self.around_the_clock = promised.around_the_clock
        session.add(self)
        record(session, "support_target.changed", by=by, customer_id=PROVIDER, tier=self.tier, impact=self.impact,
               first=promised.first, next=promised.next, around_the_clock=promised.around_the_clock)  # fmt: skip


def all_of(session: Session) -> dict[tuple[str, str], Promise]:
    """Return what is promised to every tier for every impact."""
    return {(str(tier), str(impact)): default for (tier, impact), default in DEFAULTS.items()} | {
        (row.tier, row.impact): row.promise for row in session.scalars(select(Target))
    }


def parse_minutes(text: str) -> int:
    """Return the minutes of "30", "30 min", "4 h", "1 h 30 min" or "2 d"; raise ValueError."""
    match = re.fullmatch(r"\s*(?:(\d{1,3})\s*d)?\s*(?:(\d{1,4})\s*h)?\s*(?:(\d{1,6})\s*(?:min|m)?)?\s*", text)
    if not match or not any(match.groups()):
        raise ValueError(text)
    days, hours, minutes = (int(part or 0) for part in match.groups())
    return days * 24 * 60 + hours * 60 + minutes


def say_minutes(minutes: int) -> str:
    """Return minutes as `parse_minutes` reads them: "4 h", "1 h 30 min". No days: a day of business has fewer hours."""
    hours, rest = divmod(minutes, 60)
    return " ".join(part for part in (f"{hours} h" if hours else "", f"{rest} min" if rest else "") if part)


def promise(session: Session, tier: str, impact: str) -> Promise:
    """Return what is promised to a tier for an impact."""
    row = session.get(Target, (tier, impact))
    if row is None:
        return DEFAULTS[SupportTier(tier), Impact(impact)]
    return Promise(row.first_minutes, row.next_minutes, row.around_the_clock)


def tier_of(session: Session, customer_id: str) -> SupportTier | None:
    """Return the best support tier among the customer's running subscriptions; None for none."""
    found = session.scalars(
        select(Subscription.support).where(
            Subscription.customer_id == customer_id, Subscription.support.is_not(None), Subscription.running(today())
        )
    )
    return max((SupportTier(tier) for tier in found if tier), key=TIER_RANK.__getitem__, default=None)


def first_due(session: Session, tier: str | None, impact: str, since: datetime) -> datetime:
    """Return when a ticket opened at `since` is to have its first answer."""
    if tier is None:
        return NOTHING_DUE
    promised = promise(session, tier, impact)
    return _after(since, promised.first, promised)


def next_due(session: Session, tier: str | None, impact: str, since: datetime) -> datetime:
    """Return when what a customer wrote at `since` is to be answered."""
    if tier is None:
        return NOTHING_DUE
    promised = promise(session, tier, impact)
    return _after(since, promised.next, promised)


def _after(since: datetime, minutes: int, promised: Promise) -> datetime:
    return since + timedelta(minutes=minutes) if promised.around_the_clock else calendar.present().after(since, minutes)
