"""Evaluation: what the samples of a subscription amount to, month by month, as Checkmk's own licence server counts.

The rules (Checkmk's `MonthlyServiceAverages`): services of all sites are summed by day, for at most 400 days; months
begin on the day of the month on which the subscription does; a month's average is its sum by the number of its days
with samples; a month that is not over, or that the subscription cuts short, does not count. Told are the last month,
the highest, and the first whose average reaches the limit. Only days within the subscription's term count. A day is
one in the provider's time zone; of several samples of one site on one day the highest counts, or it would count twice.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_FLOOR, Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ...customers.ownership import PORTAL, Reader
from ...customers.subscriptions import Subscription, today
from .samples import Sample

MOST_DAYS = 400
TENTH = Decimal("0.1")


@dataclass(frozen=True)
class Day:
    """What all sites that reported counted on one day."""

    day: date
    services: int
    hosts: int
    sites: int


@dataclass(frozen=True)
class Month:
    """A month of the subscription, `ends` its last day; `services` is the sum over its `days` with samples."""

    starts: date
    ends: date
    services: int
    days: int

    @property
    def average(self) -> Decimal:
        """Return the average in tenths, rounded down: nothing below a limit ever reads as if it were reached."""
        return (Decimal(self.services) / self.days).quantize(TENTH, ROUND_FLOOR)

    def reaches(self, limit: int | None) -> bool:
        """Tell whether the exact average reaches the limit; nothing reaches none."""
        return limit is not None and self.services >= limit * self.days

    def share(self, limit: int) -> int:
        """Return the average as a part of the limit, in percent, rounded down."""
        return self.services * 100 // (self.days * limit)


@dataclass(frozen=True)
class Evaluation:
    """A subscription's days and complete months with samples, the oldest first, and its limit (None: unlimited).

    `current` is the month that is not over yet; it counts for nothing, but warns.
    """

    days: Sequence[Day]
    months: Sequence[Month]
    current: Month | None
    limit: int | None

    @property
    def last(self) -> Month | None:
        """Return the last complete month."""
        return self.months[-1] if self.months else None

    @property
    def highest(self) -> Month | None:
        """Return the first of the months with the highest average."""
        return max(self.months, key=lambda month: Decimal(month.services) / month.days, default=None)

    @property
    def first_exceeded(self) -> Month | None:
        """Return the first month that reached the limit."""
        return next((month for month in self.months if month.reaches(self.limit)), None)


def evaluate(
    session: Session, subscription: Subscription, reader: Reader = PORTAL, *, lasting: bool = False
) -> Evaluation:
    """Return what the samples that `reader` sees amount to as of today; `lasting`: as of the last day with samples.

    The lasting one changes only with the samples themselves, and so is fit to be printed.
    """
    days = _days(session, subscription, reader)
    as_of = days[-1].day if lasting and days else today()
    months = months_of(days, subscription.starts_on)
    complete = [month for month in months if month.ends < as_of and month.ends <= subscription.ends_on]
    current = next((month for month in months if month.starts <= as_of <= month.ends), None)
    return Evaluation(days, complete, current, subscription.services)


def months_of(days: Iterable[Day], starts_on: date) -> list[Month]:
    """Return the months of a term that have samples, complete or not, from its days in order."""
    found: dict[int, list[int]] = {}
    for day in days:
        found.setdefault(_number(starts_on, day.day), []).append(day.services)
    return [
        Month(begin(starts_on, number), begin(starts_on, number + 1) - timedelta(days=1), sum(some), len(some))
        for number, some in found.items()
    ]


def begin(starts_on: date, number: int) -> date:
    """Return the first day of a term's month (0 the first); a day the calendar month does not have is its last."""
    year, month = divmod(starts_on.year * 12 + starts_on.month - 1 + number, 12)
    return date(year, month + 1, min(starts_on.day, calendar.monthrange(year, month + 1)[1]))


def _number(starts_on: date, day: date) -> int:
    months = (day.year - starts_on.year) * 12 + day.month - starts_on.month
    return months if begin(starts_on, months) <= day else months - 1


def _days(session: Session, subscription: Subscription, reader: Reader) -> list[Day]:
    by_site: Any = (
        select(Sample.day, func.max(Sample.services).label("services"), func.max(Sample.hosts).label("hosts"))
        .where(
            Sample.seen_by(reader), Sample.subscription_id == subscription.id,
            Sample.day.between(subscription.starts_on, subscription.ends_on),
        )
        .group_by(Sample.day, Sample.site_id)
        .subquery()
    )  # fmt: skip
    rows = session.execute(
        select(by_site.c.day, func.sum(by_site.c.services), func.sum(by_site.c.hosts), func.count())
        .group_by(by_site.c.day)
        .order_by(by_site.c.day.desc())
        .limit(MOST_DAYS)
    ).all()
    return [Day(day, int(services), int(hosts), sites) for day, services, hosts, sites in reversed(rows)]
