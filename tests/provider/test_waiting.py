"""Waiting for me: what somebody should look at next, each by permission."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from portal.accounts.tokens import Token
from portal.customers.subscriptions import Subscription, today
from portal.database import db, now
from portal.erp.models import ErpRun
from tests.people.helpers import id_of
from tests.provider.helpers import make_colleague, make_customer, make_role, post, send


def groups(browser):
    page = browser.get("/provider/")
    return {card.h2.text: card.text for card in page.html.select("main section.card") if card.h2}


def test_what_waits_stands_under_its_title(app, as_):
    make_customer(app, "delta", "Delta Oy")
    send(
        as_("pat"), "/provider/requests/new", "request", 302, customer="acme", nominee=id_of(app, "uma"),
        way="call", asked_by="Carl", reason="Ada left",
    )  # fmt: skip
    found = groups(as_("pat"))
    assert "Uma Dietrich as super user of Acme GmbH" in found["Requests to decide"]
    assert "Delta Oy" in found["Customers without a super user"]
    assert "Acme GmbH · Checkmk Cloud" in found["Subscriptions that end"]
    assert "in 24 days" in found["Subscriptions that end"]
    assert "Gamma" not in found["Subscriptions that end"]


@pytest.mark.parametrize(("hours", "said"), [(-1, "Expired"), (24, "Expires soon")])
def test_invitations_stand_there_before_and_after_they_expire(app, as_, hours, said):
    send(
        as_("pat"), "/provider/customers/acme/people/new", "person", 302,
        name="Nina Faber", email="nina@acme.example", role="user",
    )  # fmt: skip
    assert "Invitations" not in groups(as_("pat"))
    with app.app_context():
        db.session.execute(update(Token).values(expires_at=now() + timedelta(hours=hours)))
        db.session.commit()
        db.session.remove()
    assert "Nina Faber of Acme GmbH" in groups(as_("pat"))["Invitations"]
    assert said in groups(as_("pat"))["Invitations"]


def test_a_subscription_in_grace_stands_there_until_a_later_one_runs(app, as_):
    with app.app_context():
        day = today()
        last = Subscription.customer_id == "gamma"
        db.session.execute(update(Subscription).where(last).values(ends_on=day - timedelta(days=3)))
        db.session.commit()
        db.session.remove()
    assert "In grace" in groups(as_("pat"))["Subscriptions that end"]
    send(as_("pat"), "/provider/customers/gamma/subscriptions/new", "subscription", 302, edition="cce")
    assert "Gamma" not in groups(as_("pat"))["Subscriptions that end"]


def test_each_title_says_how_many_there_are(app, as_):
    def beside(title):
        return as_("pat").get("/provider/").html.find("h2", string=title).find_next_sibling().get_text(" ", strip=True)

    for number in range(6):
        make_customer(app, f"new{number}", f"New {number}")
    assert beside("Customers without a super user") == "6"
    make_customer(app, "new6", "New 6")
    assert beside("Customers without a super user") == "more than 6 All of them"


def test_requests_stand_there_only_for_who_may_decide(app, as_):
    send(
        as_("pat"), "/provider/requests/new", "request", 302, customer="acme", nominee=id_of(app, "uma"),
        way="mail", asked_by="Carl", reason="Ada left",
    )  # fmt: skip
    assert "Requests to decide" not in groups(as_("gil"))
    make_role(app, "narrow", "user", customers__read=True, customers__super_user=True)
    make_colleague(app, "nat", "narrow")
    assert list(groups(as_("nat"))) == ["Requests to decide"]


def test_nothing_waits_is_said_to_whoever_only_looks_at_monitoring(app, as_):
    make_colleague(app, "max", "user")
    page = as_("max").get("/provider/")
    assert "Nothing waits" in page
    menu = [a["href"] for a in page.html.select("nav.side li a")]
    assert menu == ["/provider/", "/provider/monitoring/", "/provider/setup/folders/"]


def test_the_page_takes_one_statement_for_each_sort_of_thing(as_, statements):
    pat = as_("pat")
    pat.get("/provider/")
    statements.clear()
    pat.get("/provider/")
    assert len(statements) == 11
    assert post(pat, "/provider/", 405)


@pytest.mark.parametrize(
    ("run", "said"),
    [
        ({"state": "finished", "findings": 3}, "3 records were refused"),
        ({"state": "failed", "findings": 0}, "did not end well"),
        ({"state": "finished", "findings": 0}, ""),
    ],
)
def test_the_last_import_stands_there_only_with_its_trouble(app, as_, run, said):
    with app.app_context():
        db.session.add(ErpRun(address="/export", state="failed"))
        db.session.flush()
        db.session.add(ErpRun(address="/export", **run))
        db.session.commit()
        db.session.remove()
    assert ("Last ERP import" in groups(as_("pat"))) == bool(said)
    assert said in groups(as_("pat")).get("Last ERP import", "")
