"""Support that ended: what is old can be read, nothing new begins, the page says why; it returns, and all wakes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.access.rights import PortalRole, Right
from portal.customers.subscriptions import Edition, Subscription, SupportTier, today
from portal.database import db
from tests.factories.tickets import do, opened
from tests.people.helpers import forge, make

POSTS = (
    "new", "{}/messages", "{}/solution", "{}/closure", "{}/reopening", "{}/rating", "{}/watching", "{}/watching/end",
    "{}/visibility",
)  # fmt: skip


@pytest.fixture
def contact(app, monkeypatch):
    monkeypatch.setitem(app.config, "SUPPORT_CONTACT", "help@vendor.example")


def test_old_tickets_are_readable_and_nothing_can_be_done(app, as_, contact):
    id = opened(app, by="gus", subject="Old one")
    do(app, id, "answer", "Old answer", by="pat")
    listed = as_("gus").get("/support/tickets/")
    assert "Old one" in listed
    assert "/support/tickets/new" not in listed
    page = as_("gus").get(f"/support/tickets/{id}")
    assert "Old answer" in page
    assert not [form for form in page.forms.values() if "/support/" in form.action]
    for said in (listed, page):
        assert "No running subscription of Gamma Ltd includes support" in said
        assert "write to help@vendor.example" in said
    assert as_("gus").get("/support/tickets.csv").text.count("Old one") == 1


@pytest.mark.parametrize("address", POSTS)
def test_every_act_is_refused_with_the_reason(app, as_, contact, address):
    id = opened(app, by="gus")
    page = forge(as_("gus"), f"/support/tickets/{address.format(id)}", 403, body="Hello", subject="S")
    assert "No running subscription of Gamma Ltd includes support" in page
    assert "Nothing was changed." in page
    assert "ask an admin of your company" not in page


def test_the_form_for_a_new_one_says_why_not(as_, contact):
    page = as_("gus").get("/support/tickets/new", status=403)
    assert page.html.h1.text == "You may not do this"
    assert "help@vendor.example" in page


def test_others_are_sent_to_their_super_user(app, as_, contact):
    make(app, "gia", customer="gamma", role=PortalRole.USER, rights=(Right.REQUEST_SUPPORT,))
    assert "Ask Gus Keller" in as_("gia").get("/support/tickets/")


def test_when_support_returns_all_wakes(app, as_):
    id = opened(app, by="gus")
    as_("gus").get("/support/tickets/new", status=403)
    with app.app_context():
        Subscription.enter(
            db.session(), customer_id="gamma", edition=Edition.CLOUD, services=100, support=SupportTier.BASIC,
            starts_on=today(), ends_on=today() + timedelta(days=30), by=None,
        )  # fmt: skip
        db.session.commit()
        db.session.remove()
    assert "/support/tickets/new" in as_("gus").get("/support/tickets/")
    forge(as_("gus"), f"/support/tickets/{id}/messages", 302, body="We are back")
    assert "No running subscription" not in as_("gus").get(f"/support/tickets/{id}")


def test_where_there_never_was_support_even_a_grant_opens_nothing(app, as_):
    make(app, "bix", customer="beta", rights=(Right.REQUEST_SUPPORT,))
    for address in ("/support/tickets/", "/support/tickets/new", "/support/watchers/"):
        as_("bix").get(address, status=404)
    as_("bea").get("/support/watchers/", status=404)
    page = as_("bix").get("/")
    assert "Support" not in page.html.select_one("nav.side").text


def test_support_that_ends_today_still_holds_through_its_grace(app, as_):
    with app.app_context():
        for subscription in db.session.scalars(select(Subscription).where(Subscription.customer_id == "acme")):
            subscription.ends_on = today() - timedelta(days=14)
        db.session.commit()
        db.session.remove()
    forge(as_("uma"), "/support/tickets/new", 302, subject="S", description="D", impact="minimal")
