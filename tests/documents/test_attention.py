"""What waits: the most pressing first, in one statement, by role."""

from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask

from portal.customers.subscriptions import today
from portal.database import db
from portal.records.attention import Item, attention, badges
from tests.factories import documents as make

ADA = SimpleNamespace(customer_id="acme", verbs=frozenset({"commercial.read", "licenses.read"}))
UMA = SimpleNamespace(customer_id="acme", verbs=frozenset({"licenses.read"}))


@pytest.fixture
def waits(app: Flask) -> Any:
    def ask(reader: Any = ADA, add: Any = lambda _today: None) -> list[Item]:
        with app.test_request_context("/"):
            add(today())
            db.session.flush()
            found = attention(db.session(), reader, "acme", today())
            db.session.rollback()
            db.session.remove()
        return found

    return ask


def labels(items: list[Item]) -> list[str]:
    return [item.label for item in items]


def everything(day: date) -> None:
    make.document("invoices", "INV-1", due_on=day - timedelta(days=18), residual_minor=12_345)
    make.document("invoices", "INV-2", due_on=day - timedelta(days=2), currency="USD", state="partial")
    make.document("invoices", "INV-3", due_on=day)
    make.document("invoices", "INV-4", due_on=day - timedelta(days=9), type="bill")
    make.document("invoices", "INV-5", due_on=day - timedelta(days=9), state="paid")
    make.document("invoices", "INV-6", due_on=day - timedelta(days=9), customer_id="beta")
    for number in range(5):
        make.document("quotations", f"Q-{number}", due_on=day + timedelta(days=9 - number), title="Cloud")
    make.document("quotations", "Q-old", due_on=day - timedelta(days=1))
    make.document("quotations", "Q-ever", due_on=None)
    make.task("Late one", "#1", deadline=day - timedelta(days=4))
    make.task("Late and to change", "#2", deadline=day - timedelta(days=1), state="changes_requested")
    make.task("To change", "#3", state="changes_requested")
    make.task("Done", "#4", deadline=day - timedelta(days=4), state="done")


def test_says_what_presses_most_first(waits: Any):
    items = waits(add=everything)
    assert labels(items) == [
        "Overdue", "Ends soon", "To answer", "To answer", "To answer", "To answer", "Late", "Changes requested",
    ]  # fmt: skip
    overdue, ends, first, _second, _third, rest, late, changes = items
    assert (overdue.text, overdue.when) == ("2 invoices", "oldest due 18 days ago")
    assert overdue.amount == "€123.45 + $1,190.00"
    assert (ends.text, ends.when) == ("Checkmk Cloud, 3,000 services", "ends in 24 days")
    assert first.text == "Quotation Q-4, Cloud"
    assert first.url.startswith("/documents/quotations/")
    assert rest.text == "3 more quotations"
    assert (late.text, late.count) == ("2 tasks", 2)
    assert changes.text == "Task: To change"
    assert badges(items) == {"invoices": 2, "quotations": 6}


def test_a_user_is_told_of_licenses_only(waits: Any):
    assert labels(waits(UMA, everything)) == ["Ends soon"]


def test_one_invoice_is_named(waits: Any):
    item = waits(add=lambda day: make.document("invoices", "INV-9", due_on=day - timedelta(days=1)))[0]
    assert (item.text, item.when) == ("Invoice INV-9", "due 1 day ago")


def test_a_subscription_in_grace_says_until_when_it_counts(app: Flask, waits: Any):
    from portal.customers.subscriptions import Subscription

    def end(day: date) -> None:
        for subscription in db.session.query(Subscription).filter_by(customer_id="acme", edition="cce"):
            subscription.ends_on = day - timedelta(days=3)

    item = waits(UMA, end)[0]
    assert item.label == "In grace"
    assert item.when.startswith("counts until ")


def test_every_address_leads_to_what_was_counted(documents: Flask, as_: Any):
    home = as_("ada").get("/")
    links = home.html.select("main .list.plain a")
    assert links
    for link in links:
        page = as_("ada").get(link["href"])
        assert page.html.h1
        if "?" in link["href"]:
            assert page.html.select(".list .main a")


def test_it_takes_one_statement(app: Flask, statements: list[str]):
    with app.test_request_context("/"):
        statements.clear()
        attention(db.session(), ADA, "acme", today())
        assert len(statements) == 1
        db.session.remove()
