"""Pages of documents: what people read on each, kind by kind."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask

from portal.customers.subscriptions import today
from portal.database import db
from tests.factories import documents as make


def words(page: Any) -> str:
    return " ".join(page.html.main.get_text(" ").split())


@pytest.fixture
def shown(app: Flask, as_: Any) -> Callable[..., Any]:
    """Add what a function makes, and open the page of the record it returns as Ada."""

    def show(slug: str, add: Callable[[], Any]) -> Any:
        with app.app_context():
            id = add().id
            db.session.commit()
            db.session.remove()
        return as_("ada").get(f"/documents/{slug}/{id}")

    return show


def day() -> date:
    return today()


def test_an_invoice_says_what_is_left_until_when_and_how_to_pay(shown: Any):
    def add() -> Any:
        return make.document(
            "invoices", "INV-1", due_on=day() + timedelta(days=8), reference="4500017210", payment_terms="30 Days",
            state="partial", residual_minor=50_000, details={"payment_reference": "RF18", "billing": ["Acme", "Köln"]},
            note='<p>Thank <b>you</b></p><script>x</script>',
            lines=[
                {"display": "section", "text": "Licences"},
                make.line("[CLD] Checkmk Cloud\nfor a year", 100_000, quantity=2, discount=Decimal(10)),
                make.line("Books", 10_000, tax=7),
                {"display": "note", "text": "as agreed"},
            ],
        )  # fmt: skip

    page = shown("invoices", add)
    text = words(page)
    assert page.html.h1.text == "Invoice INV-1"
    assert "Left to pay €500.00" in text
    assert "in 8 days" in text
    assert "€797.00 of €1,297.00 are paid" in text
    assert "DE89 3704 0044 0532 0130 00" in text
    assert "COBADEFF" in text
    assert "Reference Copy RF18" in text
    assert "Subtotal €1,100.00" in text
    assert "less 10%" in text
    assert "7% VAT on €100.00 €7.00" in text
    assert "19% VAT on €1,000.00 €190.00" in text
    assert "Net €1,100.00" in text
    assert "Billing address Acme Köln" in text
    assert page.html.select_one(".foreign").decode_contents() == "<p>Thank <b>you</b></p>"


def test_an_overdue_invoice_says_so(shown: Any):
    page = shown("invoices", lambda: make.document("invoices", "INV-1", due_on=day() - timedelta(days=18)))
    assert page.html.select_one(".badge").text == "Overdue"
    assert "18 days ago" in words(page)
    assert page.html.select_one(".standing.bad")


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"state": "paid", "residual_minor": 0}, "Paid in full"),
        ({"state": "in_payment", "residual_minor": 0}, "There is nothing to do"),
        ({"state": "reversed", "residual_minor": 0}, "Reversed by a credit note"),
        ({"state": "cancelled"}, "Cancelled: nothing is to be paid"),
        ({"type": "credit_note"}, "In your favour"),
        ({"type": "credit_note", "residual_minor": 0, "state": "paid"}, "set off or paid back to you"),
        ({"type": "bill"}, "to be paid to you by"),
        ({"type": "vendor_credit"}, "deducted from what is paid to you next"),
    ],
)
def test_what_is_not_to_be_paid_says_what_it_means_and_names_no_account(shown: Any, values: Any, sentence: str):
    page = shown("invoices", lambda: make.document("invoices", "INV-1", **values))
    assert sentence in words(page)
    assert "IBAN" not in words(page)


def test_a_quotation_says_how_to_accept_it_and_by_when(shown: Any, app: Flask):
    page = shown(
        "quotations",
        lambda: make.document("quotations", "Q-1", due_on=day() + timedelta(days=3), salesperson="Hanna Brandt"),
    )
    assert "in 3 days" in words(page)
    assert "Tell Hanna Brandt" in words(page)
    assert not page.html.main.select("form")


def test_an_expired_quotation_does_not_say_how_to_accept_it(shown: Any):
    page = shown("quotations", lambda: make.document("quotations", "Q-1", due_on=day() - timedelta(days=1)))
    assert page.html.select_one(".badge").text == "Expired"
    assert "How to accept" not in words(page)


def test_an_order_shows_its_progress_and_its_invoices(shown: Any):
    def add() -> Any:
        order = make.document(
            "sales-orders", "S-1", details={"signed_by": "Käthe Weiß", "signed_on": "2026-03-01T23:30:00+00:00"},
            lines=[
                make.line("Appliance", 100_000, quantity=4, delivered=Decimal(3), invoiced=Decimal(4)),
                make.line("Training", 50_000, delivered=Decimal(1), invoiced=Decimal(0)),
            ],
        )  # fmt: skip
        make.link(order, make.document("invoices", "INV-7", due_on=day() - timedelta(days=1)))
        return order

    page = shown("sales-orders", add)
    text = words(page)
    assert "3 of 4 delivered" in text
    assert "Lines delivered in full 1 of 2" in text
    assert "Signed by Käthe Weiß" in text
    assert "2 Mar 2026" in text
    assert re.search(r"Invoices INV-7 .* Overdue", text)
    invoice = page.click("INV-7")
    assert invoice.html.h1.text == "Invoice INV-7"
    assert invoice.click("S-1").request.path == page.request.path


def test_a_request_asks_the_vendor_for_an_answer(shown: Any):
    page = shown("purchase-orders", lambda: make.document("purchase-orders", "P-1"))
    assert page.html.h1.text == "Request for quotation P-1"
    assert "please answer with your price and date" in words(page)


def test_a_project_shows_milestones_tasks_by_state_and_hours_by_month(shown: Any):
    def add() -> Any:
        project = make.project("Rollout", description="<p>Three sites</p>")
        make.milestone(project, "Inventory", date(2026, 2, 1), date(2026, 2, 3))
        make.milestone(project, "Hand-over", day() + timedelta(days=30))
        task = make.task("Plan", "#1", project, deadline=day() - timedelta(days=2), planned=Decimal(10))
        make.task("Old", "#2", project, state="done")
        make.timesheet("Talked", "2.5", project, task, date=date(2026, 3, 2))
        make.timesheet("Wrote", "4", project, task, date=date(2026, 3, 30))
        make.timesheet("Began", "1", project, task, date=date(2025, 12, 1))
        return project

    page = shown("projects", add)
    text = words(page)
    for said in ("Three sites", "Open tasks 1 of 2", "Hours spent 7.5 h", "Milestones 1 of 2 reached",
                 "Reached on 3 Feb 2026", "December 2025 1 h", "March 2026 6.5 h", "Late"):  # fmt: skip
        assert said in text
    assert page.click("Plan").html.h1.text == "Plan"


def test_a_task_shows_what_belongs_to_it(shown: Any):
    def add() -> Any:
        project = make.project("Rollout")
        parent = make.task("Everything", "#1", project)
        task = make.task("Part", "#2", project, parent_id=parent.id, planned=Decimal(8), spent=Decimal("2.5"))
        make.task("Detail", "#3", project, parent_id=task.id)
        make.timesheet("Talked", "2.5", project, task)
        return task

    page = shown("tasks", add)
    text = words(page)
    assert "5.5 h of 8 h planned are left" in text
    assert "Sub-tasks Detail" in text
    assert "Part of Everything" in text
    assert "In all 2.5 h" in text
    assert page.click("Talked").html.h1.text.startswith("Timesheet entry of")


def test_an_entry_of_hours_stands_in_its_context(shown: Any):
    def add() -> Any:
        project = make.project("Rollout")
        task = make.task("Plan", "#1", project)
        make.timesheet("Before", 3, project, task)
        make.timesheet("Elsewhere", 4, project)
        return make.timesheet("Talked", 1, project, task)

    text = words(shown("timesheets", add))
    assert "1 h of 4 h" in text
    assert "1 h of 8 h" in text


def test_a_license_says_its_term_and_what_it_is_not_for(as_: Any):
    page = as_("ada").get("/licenses/").click("Checkmk Cloud")
    text = words(page)
    assert page.request.path.startswith("/licenses/")
    assert "in 24 days" in text
    assert "3,000" in text
    assert "Support tier Advanced" in text
    assert "requires the MSP edition" in text


def test_the_msp_edition_needs_no_such_sentence(app: Flask, as_: Any):
    from portal.customers.subscriptions import Subscription

    with app.app_context():
        for subscription in db.session.query(Subscription):
            subscription.edition = "cme"
        db.session.commit()
        db.session.remove()
    assert "requires the MSP edition" not in as_("ada").get("/licenses/")


def test_an_order_number_is_for_readers_of_commercial_documents(app: Flask, as_: Any):
    from portal.customers.subscriptions import Subscription

    with app.app_context():
        for subscription in db.session.query(Subscription):
            subscription.order_number = "S-4711"
        db.session.commit()
        db.session.remove()
    assert "S-4711" in as_("ada").get("/licenses/").click("Checkmk Cloud")
    page = as_("uma").get("/licenses/").click("Checkmk Cloud")
    assert "S-4711" not in page
    assert "Order" not in words(page)


def test_the_order_and_its_invoices_are_linked_for_readers_of_commercial_documents(app: Flask, as_: Any):
    from portal.customers.subscriptions import Subscription

    with app.app_context():
        order = make.document("sales-orders", "S-4711", contact="Käthe Weiß", details={"signed_by": "Carla Beck"})
        make.document("sales-orders", "S-4711", customer_id="beta", contact="Somebody Else")
        make.document("sales-orders", "S-47110")
        make.link(order, make.document("invoices", "INV-2", date=date(2026, 2, 2), state="paid", residual_minor=0))
        make.link(order, make.document("invoices", "INV-1", date=date(2026, 1, 1)))
        subscription = db.session.query(Subscription).filter_by(customer_id="acme", edition="cce").one()
        subscription.order_number = "S-4711"
        db.session.commit()
        db.session.remove()
    page = as_("ada").get("/licenses/").click("Checkmk Cloud")
    bought = page.html.find("h2", string="Bought with").find_parent("section")
    assert [link.text for link in bought.select("a")] == ["S-4711", "INV-1", "INV-2"]
    assert "Ordered by Carla Beck" in bought.text
    assert page.click("INV-2").html.h1.text == "Invoice INV-2"
    staff = as_("pat").get(f"/provider/customers/acme/documents/subscriptions/{page.request.path.split('/')[-1]}")
    assert staff.click("S-4711").request.path.startswith("/provider/customers/acme/documents/sales-orders/")
    assert not {"S-4711", "INV-1", "Carla Beck"} & {*as_("uma").get(page.request.path).html.stripped_strings}


@pytest.mark.parametrize(
    ("starts", "ends", "said"),
    [
        (-300, 60, "There is nothing to do yet"), (-300, 20, "Renew it by"),
        (-300, -3, "goes on without a break"), (-300, -60, "A new subscription takes its place"),
    ],
)  # fmt: skip
def test_a_license_says_what_to_do_to_go_on_and_whom_to_ask(app: Flask, as_: Any, starts: int, ends: int, said: str):
    from portal.customers.subscriptions import Subscription

    with app.app_context():
        subscription = db.session.query(Subscription).filter_by(customer_id="acme", edition="cce").one()
        subscription.starts_on, subscription.ends_on = day() + timedelta(days=starts), day() + timedelta(days=ends)
        db.session.commit()
        db.session.remove()
    page = words(as_("ugo").get("/licenses/").click("Checkmk Cloud"))
    assert said in page
    assert "ask your contact at the provider" in page
    app.config["SUPPORT_CONTACT"] = "renew@nordlicht.example"
    try:
        assert "write to renew@nordlicht.example" in words(as_("ugo").get("/licenses/").click("Checkmk Cloud"))
    finally:
        app.config["SUPPORT_CONTACT"] = ""


def test_a_person_can_be_managed_from_their_document(as_: Any):
    page = as_("ada").get("/documents/users/").click("Uma Dietrich")
    assert "Download & License Checkmk" in words(page)
    assert page.click("Manage this person").html.h1.text == "Uma Dietrich"
