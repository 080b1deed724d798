"""Home: what waits comes from every feature, in one statement, and only to whom it concerns."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from portal.customers.subscriptions import Subscription, today
from portal.database import db
from portal.licensing.usage import intake as usage
from tests.factories import releases, tickets
from tests.factories import usage as reports


def waits(browser: Any) -> list[tuple[str, str, str]]:
    """Return badge, text and address of what waits."""
    rows = browser.get("/").html.select("main .list.plain tbody tr")
    return [(row.select_one(".badge").text, row.a.text, row.a["href"]) for row in rows]


def labels(browser: Any) -> list[str]:
    return [label for label, _text, _url in waits(browser)]


def test_a_ticket_that_waits_for_its_opener_stands_there_until_it_is_answered(app: Flask, as_: Any):
    id = tickets.opened(app, "uma", subject="No graphs")
    assert "Waiting for you" not in labels(as_("uma"))
    tickets.do(app, id, "answer", "Which site?", by="pat")
    reference = tickets.look(app, id)["reference"]
    assert ("Waiting for you", f"Ticket {reference}: No graphs", f"/support/tickets/{id}") in waits(as_("uma"))
    menu = as_("uma").get("/").html.select_one("nav.side a[href='/support/tickets/']")
    assert "1" in menu.select_one(".waits").text
    assert "Waiting for you" not in labels(as_("ada"))
    _watch(app, id, "ada")
    assert "Waiting for you" in labels(as_("ada"))
    tickets.do(app, id, "answer", "The first one.", by="uma")
    assert "Waiting for you" not in labels(as_("uma"))


def _watch(app: Flask, id: str, username: str) -> None:
    with app.app_context():
        ticket = db.session.get_one(tickets.Ticket, tickets.uuid.UUID(id))
        ticket.watch(db.session(), tickets.person(username), by=tickets.person("uma"))
        db.session.commit()
        db.session.remove()


def test_of_many_tickets_three_are_named_and_the_rest_counted(app: Flask, as_: Any):
    for number in range(5):
        id = tickets.opened(app, "uma", subject=f"Number {number}")
        tickets.do(app, id, "answer", "And?", by="pat")
    found = [item for item in waits(as_("uma")) if item[0] == "Waiting for you"]
    assert [text.partition(": ")[2] for _label, text, _url in found[:3]] == ["Number 0", "Number 1", "Number 2"]
    assert found[3][1:] == ("2 more tickets", "/support/tickets/?state=waiting&mine=1")
    assert len(as_("uma").get(found[3][2]).html.select(".list .main a")) == 5


def test_nothing_of_support_waits_for_whom_it_sleeps(app: Flask, as_: Any):
    id = tickets.opened(app, "uma")
    tickets.do(app, id, "answer", "Which site?", by="pat")
    with app.app_context():
        db.session.execute(update(Subscription).values(support=None))
        db.session.commit()
        db.session.remove()
    assert "Waiting for you" not in labels(as_("uma"))


@pytest.fixture
def limit_reached(app: Flask) -> None:
    """Acme's Checkmk Enterprise has used its limit for months."""
    with app.test_request_context("/"):
        found = select(Subscription).where(Subscription.customer_id == "acme", Subscription.edition == "cee")
        history = reports.history(today(), [7000] * 100)
        usage.keep(db.session(), db.session.scalars(found).one(), reports.report(history), by=None)
        db.session.commit()
        db.session.remove()


def test_a_license_over_its_limit_stands_there_for_the_company_and_for_staff(limit_reached: None, as_: Any):
    for username in ("ada", "ugo"):
        label, text, url = next(item for item in waits(as_(username)) if item[0] == "Limit reached")
        assert text == "Checkmk Enterprise"
        assert "Exceeded" in as_(username).get(url)
    assert "Limit reached" not in labels(as_("bea"))
    card = as_("pat").get("/provider/").html.find("h2", string="Licences over their limit").find_parent("section")
    assert "Acme GmbH · Checkmk Enterprise" in card.text
    assert "7,000 of 7,000 services" in card.text
    assert as_("pat").get(card.a["href"]).html.h1.text == "Checkmk Enterprise"


def test_a_withdrawn_release_waits_for_who_took_it_until_they_have_read_the_warning(app: Flask, as_: Any):
    package = releases.shelf(app, "2.4.0p9")["2.4.0p9", "cce", "jammy"]
    for username in ("uma", "bob"):
        releases.fetched(app, username, package)
    releases.withdraw(app, "2.4.0p9", "It loses data.")
    for username in ("uma", "bob"):
        assert waits(as_(username))[0] == ("Withdrawn", "Checkmk 2.4.0p9, which you downloaded", "/downloads/")
    assert "Withdrawn" not in labels(as_("ada"))
    page = as_("uma").get("/downloads/")
    next(form for form in page.forms.values() if "/dismissal" in form.action).submit(status=302)
    assert "Withdrawn" not in labels(as_("uma"))
    assert "Withdrawn" in labels(as_("bob"))


@pytest.mark.parametrize(("username", "count"), [("ada", 5), ("uma", 3), ("ugo", 3), ("bob", 3)])
def test_home_takes_the_same_statements_whatever_waits(
    limit_reached: None, app: Flask, as_: Any, statements: list[str], username: str, count: int
):
    browser = as_(username)
    browser.get("/")
    statements.clear()
    browser.get("/")
    assert len(statements) == count, "\n".join(statements)
    if username == "uma":
        for _number in range(5):
            tickets.do(app, tickets.opened(app, "uma"), "answer", "And?", by="pat")
        statements.clear()
        browser.get("/")
        assert len(statements) == count
