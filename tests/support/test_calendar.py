"""Business hours: when so many working minutes have passed, over nights, weekends, holidays, changed clocks."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.support.calendar import Calendar, parse_holidays, parse_hours, present, say_hours

BERLIN = ZoneInfo("Europe/Berlin")


def calendar(hours: str = "mon-fri 09:00-17:00", holidays: str = "", zone: ZoneInfo = BERLIN) -> Calendar:
    return Calendar(parse_hours(hours), parse_holidays(holidays), zone)


def at(text: str, zone: ZoneInfo = BERLIN) -> datetime:
    """Return the moment of a local time like "2026-03-27 16:00"."""
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


@pytest.mark.parametrize(
    ("start", "minutes", "end"),
    [
        ("2026-11-18 10:00", 60, "2026-11-18 11:00"),  # within a Wednesday
        ("2026-11-18 16:30", 60, "2026-11-19 09:30"),  # over the night
        ("2026-11-18 03:00", 60, "2026-11-18 10:00"),  # before opening
        ("2026-11-18 22:00", 60, "2026-11-19 10:00"),  # after closing
        ("2026-11-20 16:00", 120, "2026-11-23 10:00"),  # over a weekend
        ("2026-11-21 12:00", 480, "2026-11-23 17:00"),  # from a Saturday; a whole day ends when it closes
        ("2026-11-18 09:00", 480, "2026-11-18 17:00"),
        ("2026-11-18 17:00", 1, "2026-11-19 09:01"),
    ],
)
def test_minutes_count_in_business_hours_only(start, minutes, end):
    assert calendar().after(at(start), minutes) == at(end)
    assert calendar().minutes_between(at(start), at(end)) == minutes


def test_a_holiday_counts_nothing_once_or_every_year():
    once, yearly = calendar(holidays="2026-11-19"), calendar(holidays="11-19")
    assert once.after(at("2026-11-18 16:00"), 120) == at("2026-11-20 10:00")
    assert once.after(at("2027-11-18 16:00"), 120) == at("2027-11-19 10:00")
    assert yearly.after(at("2026-11-18 16:00"), 120) == at("2026-11-20 10:00")
    assert yearly.after(at("2027-11-18 16:00"), 120) == at("2027-11-22 10:00")
    assert yearly.next_holidays(date(2026, 11, 19)) == [date(2026, 11, 19)]
    assert yearly.next_holidays(date(2026, 11, 20)) == [date(2027, 11, 19)]


@pytest.mark.parametrize(
    ("start", "minutes", "end"),
    [
        ("2026-03-28 23:00", 120, "2026-03-29 01:00"),
        ("2026-03-29 01:00", 120, "2026-03-29 04:00"),  # 02:00 to 03:00 does not exist
        ("2026-10-25 01:00", 180, "2026-10-25 03:00"),  # 02:00 to 03:00 comes twice
    ],
)
def test_around_the_clock_an_hour_is_an_hour_when_the_clock_changes(start, minutes, end):
    always = calendar("mon-sun 00:00-24:00")
    assert always.after(at(start), minutes) == at(end)
    assert always.minutes_between(at(start), at(end)) == minutes


def test_business_hours_keep_their_local_times_when_the_clock_changes():
    before, after = at("2026-03-27 16:00"), at("2026-03-30 10:00")
    assert calendar().after(before, 120) == after
    assert after - before == timedelta(hours=65)  # one less than the clock on the wall says


def test_hours_may_be_parted_end_at_midnight_and_differ_from_day_to_day():
    parted = calendar("mon-fri 09:00-12:00, mon-fri 13:00-17:00, sat 20:00-24:00, sun 00:00-02:00")
    assert parted.after(at("2026-11-18 11:30"), 60) == at("2026-11-18 13:30")
    assert parted.after(at("2026-11-21 19:00"), 300) == at("2026-11-22 01:00")
    assert say_hours(parted.hours[0]) == "09:00-12:00, 13:00-17:00"
    assert say_hours(parted.hours[5]) == "20:00-24:00"


def test_a_calendar_without_an_open_day_ahead_comes_to_an_end():
    holidays = " ".join(f"{month:02}-{day:02}" for month in range(1, 13) for day in range(1, 32) if legal(month, day))
    never = calendar(holidays=holidays)
    assert never.after(at("2026-11-18 10:00"), 60) > at("2029-01-01 00:00")
    assert never.minutes_between(at("2026-11-18 10:00"), at("2026-12-18 10:00")) == 0


def legal(month: int, day: int) -> bool:
    try:
        date(2000, month, day)
    except ValueError:
        return False
    return True


@pytest.mark.parametrize("text", ["", "mon", "mon 9-17", "fri-mon 09:00-17:00", "mon 17:00-09:00", "mon 09:00-24:01",
                                  "mon 09:61-17:00", "hol 09:00-17:00",
                                  "mon 09:00-12:00, mon 11:00-14:00"])  # fmt: skip
def test_hours_that_make_no_sense_are_refused(text):
    with pytest.raises(ValueError):
        parse_hours(text)


@pytest.mark.parametrize("text", ["02-30", "2026-13-01", "Christmas"])
def test_days_that_do_not_exist_are_no_holidays(text):
    with pytest.raises(ValueError):
        parse_holidays(text)


def test_the_settings_say_when_support_works(app):
    with app.app_context():
        assert present() == calendar()


STARTS = st.integers(0, 3 * 366 * 24 * 3600).map(
    lambda second: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=second)
)
CALENDARS = st.sampled_from(
    [
        calendar(),
        calendar("mon-sun 00:00-24:00"),
        calendar("mon-fri 08:00-12:00, mon-fri 13:00-18:30, sat 10:00-12:00", "12-24 12-25 2027-01-01"),
        calendar("sun 01:00-04:00"),  # where the clock changes
        calendar("mon-fri 22:00-24:00, tue-sat 00:00-06:00", zone=ZoneInfo("America/New_York")),
    ]
)


@given(CALENDARS, STARTS, st.integers(1, 20_000))
def test_after_and_between_agree(calendar, start, minutes):
    end = calendar.after(start, minutes)
    assert calendar.minutes_between(start, end) == minutes
    assert calendar.minutes_between(start, end - timedelta(seconds=1)) < minutes


@given(CALENDARS, STARTS, st.integers(1, 2_000), st.integers(1, 2_000))
def test_waiting_twice_is_waiting_for_the_sum(calendar, start, first, second):
    assert calendar.after(calendar.after(start, first), second) == calendar.after(start, first + second)
