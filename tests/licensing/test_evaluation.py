"""Evaluation: months from the start day, averages over days with samples, the first that reaches the limit."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from portal.customers.subscriptions import Edition, Subscription, today
from portal.database import db
from portal.licensing.usage import chart, evaluation
from portal.licensing.usage import intake as usage
from portal.licensing.usage.evaluation import Day, Evaluation, Month, begin, evaluate
from portal.licensing.usage.verdict import judge
from tests.factories import usage as make

SITES = [uuid.uuid5(make.SITE, name) for name in ("hamburg", "berlin", "lab")]


@pytest.fixture(autouse=True)
def inside(app: Flask):
    with app.test_request_context("/"):
        yield
        db.session.rollback()
        db.session.remove()


@pytest.fixture
def on(monkeypatch: pytest.MonkeyPatch):
    """Make it another day."""

    def set_day(day: date) -> None:
        for module in ("usage.evaluation", "credentials"):
            monkeypatch.setattr(f"portal.licensing.{module}.today", lambda: day)

    return set_day


def subscription(starts_on: date, ends_on: date, services: int | None = 3000) -> Subscription:
    return Subscription.enter(
        db.session(), customer_id="acme", edition=Edition.ENTERPRISE, services=services, support=None,
        starts_on=starts_on, ends_on=ends_on, by=None,
    )  # fmt: skip


def report(found: Subscription, samples: list[dict[str, Any]]) -> None:
    usage.keep(db.session(), found, make.report(samples), by=None)


def test_three_sites_of_400_days_cross_the_limit_once_in_exactly_one_month():
    """The same sums, done here with plain calendars: a term that began 420 days ago, one month of eleven over."""
    last = today()
    first = last - timedelta(days=399)
    term = subscription(last - timedelta(days=420), last + timedelta(days=300))
    over = begin(term.starts_on, 6)
    for number, site in enumerate(SITES):
        days = [first + timedelta(days=ahead) for ahead in range(400)]
        counts = [1100 if over <= day < begin(term.starts_on, 7) else 900 + number for day in days]
        report(term, make.history(last, counts, instance=site, site=str(site)))
    found = evaluate(db.session(), term)

    expected = []
    for starts, ends in pairwise(begin(term.starts_on, number) for number in range(30)):
        counted = [day for day in days if starts <= day < ends]
        if counted and ends <= last:
            each = 3300 if starts == over else 2703
            expected.append((starts, ends - timedelta(days=1), len(counted), each * len(counted)))
    assert [(month.starts, month.ends, month.days, month.services) for month in found.months] == expected
    assert len(found.days) == 400
    assert len(expected) in (13, 14)
    assert found.first_exceeded == found.highest
    assert found.first_exceeded is not None
    assert (found.first_exceeded.starts, found.first_exceeded.average) == (over, Decimal(3300))
    assert found.last is not None
    assert (found.last.starts, found.last.average) == (expected[-1][0], Decimal(2703))
    assert judge(found).tone == "warn"
    assert "lies below it again" in judge(found).sentence
    drawn = chart.draw(found)
    assert drawn is not None
    assert {strip.role for strip in drawn.strips} == {"", "last", "first", "highest"}


def test_an_average_counts_days_with_samples_only(on: Any):
    on(date(2026, 3, 1))
    term = subscription(date(2026, 1, 15), date(2027, 1, 14))
    report(term, [make.sample(date(2026, 1, day), services) for day, services in ((16, 100), (20, 200), (31, 400))])
    [month] = evaluate(db.session(), term).months
    assert (month.starts, month.ends, month.days) == (date(2026, 1, 15), date(2026, 2, 14), 3)
    assert month.average == Decimal("233.3")


def test_a_month_counts_on_the_day_after_its_last(on: Any):
    term = subscription(date(2026, 1, 15), date(2027, 1, 14))
    on(date(2026, 2, 14))
    report(term, [make.sample(date(2026, 1, 20), 50)])
    before = evaluate(db.session(), term)
    assert (before.months, before.current and before.current.average) == ([], Decimal(50))
    on(date(2026, 2, 15))
    assert [month.starts for month in evaluate(db.session(), term).months] == [date(2026, 1, 15)]


def test_the_last_month_of_a_term_counts_when_it_is_whole_and_not_when_it_is_cut_short(on: Any):
    on(date(2026, 4, 20))
    samples = [make.sample(date(2026, month, 2), 5) for month in (1, 2, 3)]
    whole = subscription(date(2026, 1, 1), date(2026, 3, 31))
    cut = subscription(date(2026, 1, 1), date(2026, 3, 30))
    on(date(2026, 4, 1))
    for term in (whole, cut):
        report(term, samples)
    on(date(2026, 4, 20))
    assert len(evaluate(db.session(), whole).months) == 3
    assert len(evaluate(db.session(), cut).months) == 2


def test_only_samples_within_the_term_count_both_days_included(on: Any):
    on(date(2026, 2, 3))
    term = subscription(date(2026, 1, 5), date(2026, 2, 1))
    report(term, make.history(date(2026, 2, 3), [1] * 40))
    days = evaluate(db.session(), term).days
    assert (days[0].day, days[-1].day, len(days)) == (date(2026, 1, 5), date(2026, 2, 1), 28)


def test_at_most_the_last_400_days_count(on: Any):
    on(date(2026, 6, 1))
    term = subscription(date(2025, 1, 1), date(2026, 12, 31))
    report(term, make.history(date(2025, 6, 1), [7] * 100))
    report(term, make.history(date(2026, 6, 1), [7] * 365))
    days = evaluate(db.session(), term).days
    assert (len(days), days[0].day) == (400, date(2026, 6, 1) - timedelta(days=399))


def test_a_site_counts_once_a_day_with_its_highest_sample(on: Any):
    on(date(2026, 2, 3))
    term = subscription(date(2026, 1, 5), date(2026, 12, 1))
    noon = make.midnight(date(2026, 1, 6)) + 12 * 3600
    report(term, [make.sample(date(2026, 1, 6), 10), make.sample(date(2026, 1, 6), 30, sample_time=noon)])
    assert [day.services for day in evaluate(db.session(), term).days] == [30]


def test_an_average_that_equals_the_limit_has_reached_it_and_one_just_below_has_not():
    assert Month(date(2026, 1, 1), date(2026, 1, 31), 3000 * 31, 31).reaches(3000)
    below = Month(date(2026, 1, 1), date(2026, 1, 31), 3000 * 31 - 1, 31)
    assert not below.reaches(3000)
    assert (below.average, below.share(3000)) == (Decimal("2999.9"), 99)


def test_unlimited_is_never_exceeded():
    month = Month(date(2026, 1, 1), date(2026, 1, 31), 10**12, 31)
    found = Evaluation([Day(date(2026, 1, 1), 10**12, 1, 1)], [month], None, None)
    assert found.first_exceeded is None
    assert found.highest == found.last == month
    assert judge(found).tone == "good"
    drawn = chart.draw(found)
    assert drawn is not None
    assert drawn.limit is None


@pytest.mark.parametrize(
    ("number", "day"),
    [(0, date(2026, 1, 31)), (1, date(2026, 2, 28)), (2, date(2026, 3, 31)), (13, date(2027, 2, 28))],
)
def test_months_of_a_term_that_begins_late_in_a_month_do_not_drift(number: int, day: date):
    assert begin(date(2026, 1, 31), number) == day


@pytest.mark.parametrize(
    ("starts_on", "day"), [(date(2026, 1, 31), date(2026, 2, 28)), (date(2026, 1, 5), date(2026, 2, 5))]
)
def test_the_first_day_of_a_month_belongs_to_it(starts_on: date, day: date):
    months = evaluation.months_of([Day(day - timedelta(days=1), 1, 1, 1), Day(day, 2, 1, 1)], starts_on)
    assert [(month.starts, month.services) for month in months] == [(starts_on, 1), (day, 2)]


MONTHS = [Month(begin(date(2026, 1, 1), number), begin(date(2026, 1, 1), number + 1) - timedelta(days=1), 0, 1)
          for number in range(4)]  # fmt: skip


@pytest.mark.parametrize(
    ("averages", "current", "tone", "said"),
    [
        ((10, 20), 20, "good", "used 20 % of the limit"),
        ((10, 95), 95, "warn", "used 95 % of the limit"),
        ((10, 20), 100, "warn", "will exceed the limit if it stays like this"),
        ((), 50, "info", "not complete yet"),
        ((10, 100, 120), 90, "bad", "exceeded since the month 1 Feb 2026 – 28 Feb 2026: the excess will be billed"),
        ((100, 20, 120), 90, "bad", "first exceeded in the month 1 Jan 2026 – 31 Jan 2026, and is again"),
        ((100, 20), 90, "warn", "lies below it again"),
    ],
)
def test_the_verdict_says_an_excess_before_anything_else(averages: Any, current: int, tone: str, said: str):
    months = [Month(month.starts, month.ends, average, 1)
              for month, average in zip(MONTHS, averages, strict=False)]  # fmt: skip
    running = Month(MONTHS[3].starts, MONTHS[3].ends, current, 1)
    verdict = judge(Evaluation([Day(date(2026, 1, 1), 1, 1, 1)], months, running, 100))
    assert verdict.tone == tone
    assert said in verdict.sentence


def test_a_day_without_samples_breaks_the_line():
    days = [Day(date(2026, 1, day), 5, 1, 1) for day in (1, 2, 4)]
    drawn = chart.draw(Evaluation(days, [], None, 10))
    assert drawn is not None
    assert drawn.line.count("M") == 2
    assert chart.draw(Evaluation([], [], None, 10)) is None


def test_a_reader_of_another_company_sees_nothing(as_: Any):
    term = subscription(today() - timedelta(days=40), today() + timedelta(days=40))
    report(term, make.history(today(), [5] * 30))

    class Stranger:
        id = None
        customer_id = "beta"
        verbs = frozenset({"licenses.read"})

    assert evaluate(db.session(), term, Stranger()).days == []
    assert len(db.session.scalars(select(Subscription).where(Subscription.id == term.id)).all()) == 1
