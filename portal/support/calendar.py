"""Calendar: the provider's business hours and holidays, in which response times count."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

from flask import current_app

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
FARTHEST = 3 * 366
"""How many days are looked through before a calendar without open hours is given up."""


@dataclass(frozen=True)
class Calendar:
    """When the provider works: for each weekday its hours in local time, none on a holiday.

    `holidays` are "YYYY-MM-DD", or "MM-DD" for every year. A day that ends at 24:00 ends at the next midnight.
    """

    hours: tuple[tuple[tuple[int, int], ...], ...]
    holidays: frozenset[str]
    zone: ZoneInfo

    def after(self, start: datetime, minutes: int) -> datetime:
        """Return when so many working minutes have passed since `start`, in UTC."""
        left = timedelta(minutes=minutes)
        for opens, closes in self._open_from(start):
            begin = max(opens, start)
            if closes - begin >= left:
                return begin + left
            left -= max(closes - begin, timedelta())
        return start + timedelta(days=FARTHEST)

    def minutes_between(self, start: datetime, end: datetime) -> int:
        """Return the working minutes from `start` to `end`, never less than 0."""
        total = timedelta()
        for opens, closes in self._open_from(start):
            if opens >= end:
                break
            total += max(min(closes, end) - max(opens, start), timedelta())
        return int(total.total_seconds() // 60)

    def next_holidays(self, day: date, days: int = 365) -> list[date]:
        """Return the holidays of the next year, `day` among them."""
        coming = (day + timedelta(days=number) for number in range(days))
        return [one for one in coming if self._is_holiday(one)]

    def _is_holiday(self, day: date) -> bool:
        return not self.holidays.isdisjoint((day.isoformat(), day.isoformat()[5:]))

    def _open_from(self, start: datetime) -> Iterator[tuple[datetime, datetime]]:
        first = start.astimezone(self.zone).date()
        for day in (first + timedelta(days=number) for number in range(FARTHEST)):
            if self._is_holiday(day):
                continue
            for opens, closes in self.hours[day.weekday()]:
                yield self._moment(day, opens), self._moment(day, closes)

    def _moment(self, day: date, minute: int) -> datetime:
        if minute == 24 * 60:
            day, minute = day + timedelta(days=1), 0
        return datetime.combine(day, time(minute // 60, minute % 60), self.zone).astimezone(UTC)


def present() -> Calendar:
    """Return the provider's calendar as the settings say."""
    config = current_app.config
    return _read(config["BUSINESS_HOURS"], config["HOLIDAYS"], config["TIME_ZONE"])


def parse_hours(text: str) -> tuple[tuple[tuple[int, int], ...], ...]:
    """Return the hours of the seven weekdays from "mon-fri 09:00-17:00, sat 10:00-12:00"; raise ValueError.

    Hours of one day that overlap make no sense.
    """
    found: list[list[tuple[int, int]]] = [[] for _day in DAYS]
    for part in filter(None, (piece.strip().lower() for piece in text.split(","))):
        match = re.fullmatch(r"([a-z]{3})(?:-([a-z]{3}))?\s+(\d\d):(\d\d)-(\d\d):(\d\d)", part)
        if not match:
            raise ValueError(part)
        first, last = DAYS.index(match[1]), DAYS.index(match[2] or match[1])
        opens, closes = int(match[3]) * 60 + int(match[4]), int(match[5]) * 60 + int(match[6])
        if not (0 <= opens < closes <= 24 * 60 and first <= last and int(match[4]) < 60 and int(match[6]) < 60):
            raise ValueError(part)
        for day in range(first, last + 1):
            found[day].append((opens, closes))
    days = tuple(tuple(sorted(day)) for day in found)
    if not any(days) or any(later[0] < earlier[1] for day in days for earlier, later in pairwise(day)):
        raise ValueError(text)
    return days


def parse_holidays(text: str) -> frozenset[str]:
    """Return the holidays of a list of dates; raise ValueError for what is none."""
    found = frozenset(text.replace(",", " ").split())
    for day in found:
        date.fromisoformat(day if len(day) == 10 else f"2000-{day}")
    return found


def say_hours(hours: tuple[tuple[int, int], ...]) -> str:
    """Return the hours of a day as the settings write them: "09:00-12:00, 13:00-17:00"; "" for none."""
    return ", ".join("-".join(f"{at // 60:02}:{at % 60:02}" for at in span) for span in hours)


@lru_cache(maxsize=8)
def _read(hours: str, holidays: str, zone: str) -> Calendar:
    return Calendar(parse_hours(hours), parse_holidays(holidays), ZoneInfo(zone))
