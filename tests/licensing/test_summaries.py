"""What My Licenses say of usage in the list: kept with every report, against the limit as it is."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from portal import jobs
from portal.customers.subscriptions import Subscription, today
from portal.database import db
from portal.licensing.usage import excess
from portal.licensing.usage import intake as usage
from portal.licensing.usage.summaries import UsageSummary
from tests.factories import usage as make


def license_of(customer_id: str = "acme") -> Subscription:
    found = select(Subscription).where(Subscription.customer_id == customer_id, Subscription.edition == "cee")
    return db.session.scalars(found).one()


@pytest.fixture
def report(app: Flask) -> Any:
    """Report so many services a day under acme's Checkmk Enterprise, for the last days, the oldest first."""

    def keep(counts: list[int]) -> None:
        with app.test_request_context("/"):
            history = make.history(today(), counts)
            usage.keep(db.session(), license_of(), make.report(history), by=None)
            db.session.commit()
            db.session.remove()

    return keep


@pytest.fixture
def card(as_: Any) -> Any:
    """The card of that license as somebody sees it."""

    def see(username: str = "ugo") -> str:
        page = as_(username).get("/licenses/")
        card = page.html.find("a", string="Checkmk Enterprise").find_parent("li")
        return " ".join(card.get_text(" ").split())

    return see


def test_nothing_is_said_before_a_month_is_complete(report, card):
    assert "Used, month from" not in card()
    report([100] * 3)
    assert "Used, month from" not in card()


@pytest.mark.parametrize(
    ("counts", "said", "badge"),
    [
        ([1200] * 100, "1,200 of 7,000 services", None),
        ([6400] * 100, "6,400 of 7,000 services", "Close to the limit"),
        ([7000] * 100, "7,000 of 7,000 services", "Limit reached"),
        ([9000] * 35 + [500] * 65, "500 of 7,000 services", "Limit reached in the month from"),
    ],
)
def test_the_last_complete_month_stands_against_the_limit(report, card, counts, said, badge):
    report(counts)
    text = card()
    assert said in text
    badges = [
        word for word in ("Close to the limit", "Limit reached in the month from", "Limit reached") if word in text
    ]
    assert badges[:1] == ([badge] if badge else [])


def test_another_limit_counts_at_once_and_none_is_never_reached(app, report, card):
    report([6400] * 100)
    for limit, said, badge in ((6000, "6,400 of 6,000 services", True), (None, "6,400 services", False)):
        with app.app_context():
            license_of().services = limit
            db.session.commit()
            db.session.remove()
        assert said in card()
        assert ("Limit reached" in card()) == badge


def test_a_month_that_is_over_counts_without_a_report_after_it(app, report, card, monkeypatch):
    report([100] * 3)
    with app.app_context():
        one = license_of()
        one.starts_on = today() - timedelta(days=60)
        db.session.execute(usage.Sample.__table__.update().values(day=today() - timedelta(days=40)))
        db.session.commit()
        excess.look_at_all(db.session(), jobs.Job())
        db.session.commit()
        db.session.remove()
    assert "Used, month from" in card()


def test_what_no_longer_stands_is_forgotten(app, report, card):
    report([100] * 100)
    with app.app_context():
        db.session.execute(usage.Sample.__table__.delete())
        excess.look(db.session(), license_of())
        db.session.commit()
        assert db.session.scalars(select(UsageSummary)).all() == []
        db.session.remove()
    assert "Used, month from" not in card()


def test_nobody_else_sees_it(report, as_):
    report([100] * 100)
    assert "Used, month from" in as_("pat").get("/provider/customers/acme/documents/subscriptions/")
    assert "Used, month from" not in as_("bob").get("/licenses/")
