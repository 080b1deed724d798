"""Response targets: defaults, what a provider sets instead, and when an answer is due."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from portal.customers.subscriptions import Subscription, SupportTier
from portal.database import db
from portal.support import targets
from portal.support.impact import Impact
from portal.support.targets import DEFAULTS, NOTHING_DUE, parse_minutes, say_minutes
from tests.factories.tickets import do, look, opened
from tests.provider.helpers import post, send

TARGETS = "/provider/support/targets/"
EDIT = f"{TARGETS}advanced/significant/edit"
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)  # ten in Berlin


def change(as_, status=302, **fields):
    return send(as_("pat"), EDIT, "target", status, **fields)


@pytest.mark.parametrize(
    ("text", "minutes"),
    [("30", 30), ("30 min", 30), ("4 h", 240), ("4h", 240), ("1 h 30 min", 90), ("2 d", 2880), ("90m", 90)],
)
def test_lengths_of_time_are_read_as_people_write_them(text, minutes):
    assert parse_minutes(text) == minutes
    assert parse_minutes(say_minutes(minutes)) == minutes


@pytest.mark.parametrize("text", ["", " ", "soon", "-5", "4.5 h", "h", "4 h h", "10000000", "1 min 1 h"])
def test_anything_else_is_no_length_of_time(text):
    with pytest.raises(ValueError):
        parse_minutes(text)


def test_the_worse_the_impact_and_the_better_the_tier_the_sooner_an_answer():
    for tier in SupportTier:
        firsts = [DEFAULTS[tier, impact].first for impact in Impact]
        assert firsts == sorted(firsts)
    for impact in Impact:
        firsts = [DEFAULTS[tier, impact].first for tier in SupportTier]
        assert firsts == sorted(firsts, reverse=True)


def test_the_page_shows_what_is_promised_and_when_support_works(app, as_):
    app.config.update(HOLIDAYS="12-25")
    page = as_("gil").get(TARGETS).html.select_one("main").get_text(" ", strip=True)
    for part in ("Basic", "Advanced", "Premium", "around the clock", "Monday 09:00-17:00", "Sunday closed", "25 Dec",
                 "Europe/Berlin"):  # fmt: skip
        assert part in page
    app.config.update(HOLIDAYS="")
    assert "Change" not in page


@time_machine.travel(MONDAY, tick=False)
def test_a_change_counts_for_what_comes_in_from_then_on(app, as_):
    before = opened(app, impact=Impact.SIGNIFICANT)
    page = change(as_, first="90", next="2 h", around_the_clock=True).follow()
    assert "1 h 30 min default 8 h" in page.html.select_one("main").get_text(" ", strip=True)
    after = opened(app, impact=Impact.SIGNIFICANT)
    assert look(app, before)["due_at"] == datetime(2026, 11, 24, 9, 0, tzinfo=UTC)  # eight hours of business
    assert look(app, after)["due_at"] == MONDAY + timedelta(minutes=90)
    do(app, after, "answer", "Which version?", by="pat")
    assert look(app, after)["due_at"] == NOTHING_DUE
    do(app, after, "answer", "2.4", by="uma")
    assert look(app, after)["due_at"] == MONDAY + timedelta(hours=2)
    history = as_("pat").get("/provider/history/").text
    assert "set the response targets of support tier Advanced, impact Significant" in history
    assert "set the response targets" not in as_("ada").get("/history/")


@pytest.mark.parametrize(
    ("fields", "field", "said"),
    [
        ({"first": "soon"}, "first", "no length of time"),
        ({"first": ""}, "first", "Say how long"),
        ({"next": "0"}, "next", "Between one minute"),
        ({"next": "91 d"}, "next", "Between one minute"),
    ],
)
def test_what_does_not_hold_is_told_beside_its_field(as_, fields, field, said):
    page = change(as_, 422, **fields)
    assert said in page.html.select_one(f"#{field}-error").text
    assert page.forms["target"][field].value == fields[field]


def test_the_second_of_two_editors_sees_both_versions(as_):
    late = as_("pat").get(EDIT).forms["target"]
    change(as_, first="3 h")
    late["first"] = "5 h"
    page = late.submit(status=409)
    assert "Somebody else changed this meanwhile" in page
    assert [cell.text for cell in page.html.select("tr.differs td")] == ["5 h", "3 h"]
    page.forms["target"].submit(status=302)
    assert as_("pat").get(EDIT).forms["target"]["first"].value == "5 h"


def test_saving_what_stands_already_changes_nothing(as_):
    change(as_)
    assert "set the response targets" not in as_("pat").get("/provider/history/")


@pytest.mark.parametrize("address", ["gold/critical/edit", "basic/awful/edit"])
def test_there_are_three_tiers_and_four_impacts(as_, address):
    as_("pat").get(TARGETS + address, status=404)
    post(as_("pat"), TARGETS + address, 404)


def test_the_best_of_several_running_subscriptions_counts(app):
    with app.app_context():
        session = db.session()
        assert targets.tier_of(session, "acme") == SupportTier.ADVANCED
        assert targets.tier_of(session, "beta") is None
        assert targets.tier_of(session, "gamma") is None
        day = datetime.now(UTC).date()
        Subscription.enter(
            session, customer_id="acme", edition="cee", services=100, support="premium",
            starts_on=day - timedelta(days=1), ends_on=day + timedelta(days=9), by=None,
        )  # fmt: skip
        session.flush()
        assert targets.tier_of(session, "acme") == SupportTier.PREMIUM
        db.session.rollback()
        db.session.remove()


def test_without_support_nothing_is_due(app):
    assert look(app, opened(app, "gus"))["due_at"] == NOTHING_DUE
