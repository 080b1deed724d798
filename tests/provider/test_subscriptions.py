"""Subscriptions made by hand, and what they open and put to sleep."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.customers.subscriptions import today
from portal.i18n import format_date
from tests.browser import Browser
from tests.people.helpers import look
from tests.provider.helpers import post, send, subscriptions_of

ACME, BETA, GAMMA = (f"/provider/customers/{id}/subscriptions/" for id in ("acme", "beta", "gamma"))


@pytest.fixture
def day(app):
    with app.app_context():
        return today()


def said(app, day):
    with app.test_request_context():
        return format_date(day)


def test_the_list_says_until_when_support_is_offered_and_to_whom(app, as_, day):
    page = as_("pat").get(ACME)
    assert f"until {said(app, day + timedelta(days=24 + 14))}, grace included" in page
    assert "3 people hold it" in page
    assert "Ends soon" in page
    assert "1 person holds it and finds it asleep" in as_("pat").get(GAMMA)


def test_entering_support_offers_the_right_and_wakes_what_slept(app, as_, day):
    until = day + timedelta(days=400)
    page = send(
        as_("pat"), f"{GAMMA}new", "subscription", 302,
        edition="cce", services="", support="premium", start=str(day), end=str(until),
    ).follow()  # fmt: skip
    assert "Request Support is offered from now on" in page
    assert "1 person who held it can use it again." in page
    assert "Unlimited" in page
    send(as_("pat"), f"{BETA}new", "subscription", 302, support="basic")
    assert "Request Support" in as_("bea").get("/users/new")


def test_ending_support_early_says_who_loses_it_and_leaves_grants_alone(app, as_, day):
    id, _subscription = subscriptions_of(app, "acme")[1]
    page = as_("pat").get(ACME)
    sleeps = said(app, day + timedelta(days=15))
    assert f"3 people hold Request Support: it will sleep from {sleeps}." in page
    answer = post(as_("pat"), f"{ACME}{id}/end", 302, end=str(day)).follow()
    assert f"it will sleep from {sleeps}." in answer
    assert "request_support" in look(app, "uma")["rights"]


def test_a_renewal_moves_the_last_day(app, as_, day):
    id, before = subscriptions_of(app, "acme")[1]
    page = post(as_("pat"), f"{ACME}{id}/renewal", 302, end=str(before.ends_on + timedelta(days=365))).follow()
    assert "Request Support is offered until" in page
    assert "renewed the subscription Checkmk Cloud" in as_("pat").get("/provider/customers/acme/history/")


@pytest.mark.parametrize(("act", "days"), [("renewal", 0), ("renewal", -3), ("end", 1)])
def test_renewing_backwards_and_ending_later_are_refused_with_a_sentence(app, as_, act, days):
    id, before = subscriptions_of(app, "acme")[1]
    page = post(as_("pat"), f"{ACME}{id}/{act}", 422, end=str(before.ends_on + timedelta(days=days)))
    assert "Nothing was changed." in page
    assert subscriptions_of(app, "acme")[1][1].ends_on == before.ends_on


@pytest.mark.parametrize(
    ("fields", "field", "sentence"),
    [
        ({"services": "0"}, "services", "positive number"),
        ({"services": "-5"}, "services", "positive number"),
        ({"services": "many"}, "services", "whole number"),
        ({"services": "9" * 30}, "services", "positive number"),
        ({"start": "2026-02-30"}, "start", "Give a day like"),
        ({"end": ""}, "end", "Give a day like"),
        ({"start": "2026-05-01", "end": "2026-04-01"}, "end", "before the first"),
        ({"order_number": "x" * 81}, "order_number", "At most 80 characters."),
    ],
)
def test_what_does_not_hold_is_told_beside_its_field(app, as_, fields, field, sentence):
    page = send(as_("pat"), f"{BETA}new", "subscription", 422, **fields)
    assert sentence in page.html.select_one(f"#{field}-error").text
    assert len(subscriptions_of(app, "beta")) == 1


@pytest.mark.parametrize(("entered", "kept"), [("300000", 300_000), ("4711", 4711), ("unlimited", None), (" ", None)])
def test_a_size_is_one_of_those_sold_or_any_other_or_none(app, as_, entered, kept):
    page = as_("pat").get(f"{BETA}new")
    offered = [option["value"] for option in page.html.select(f"#{page.html.select_one('#services')['list']} option")]
    assert offered == [
        "3000", "7000", "12000", "18000", "30000", "60000", "100000", "200000", "300000", "500000", "1000000",
        "1500000", "2000000", "unlimited",
    ]  # fmt: skip
    send(as_("pat"), f"{BETA}new", "subscription", 302, services=entered, start="2020-01-01", end="2020-01-02")
    assert [one.services for _id, one in subscriptions_of(app, "beta")] == [12_000, kept]


@pytest.mark.parametrize("forged", [{"edition": "free"}, {"support": "gold"}])
def test_an_edition_or_tier_that_was_not_offered_is_forged(as_, day, forged):
    fields = {"edition": "cee", "services": "", "support": "", "start": str(day), "end": str(day), **forged}
    post(as_("pat"), f"{BETA}new", 403, **fields)


def test_the_second_of_two_editors_sees_both_versions(app, as_):
    id, _subscription = subscriptions_of(app, "beta")[0]
    late = Browser(app).sign_in("pat").get(f"{BETA}{id}/edit").forms["subscription"]
    send(as_("pat"), f"{BETA}{id}/edit", "subscription", 302, services="5000")
    late["services"] = "6000"
    page = late.submit(status=409)
    assert "5000" in page.html.select_one(".compare .differs").text
    assert "6000" in page.html.select_one(".compare .differs").text
    page.forms["subscription"].submit(status=302)
    assert subscriptions_of(app, "beta")[0][1].services == 6000


def test_a_subscription_is_found_only_under_its_own_customer(app, as_):
    id, _subscription = subscriptions_of(app, "beta")[0]
    as_("pat").get(f"{ACME}{id}/edit", status=404)
    post(as_("pat"), f"{ACME}{id}/end", 404, end="2026-01-01")


def test_the_page_takes_the_same_statements_however_many_there_are(app, as_, statements):
    pat = as_("pat")
    pat.get(BETA)
    statements.clear()
    pat.get(BETA)
    assert len(statements) == 5
    for _number in range(5):
        send(pat, f"{BETA}new", "subscription", 302, support="basic")
    pat.get(BETA)
    statements.clear()
    pat.get(BETA)
    assert len(statements) == 5
