"""Documents come in by their state, whole, and each is its owner's alone."""

import datetime as dt

import pytest

from portal.customers.models import Customer
from portal.documents.models import Document, DocumentLine, DocumentLink
from portal.erp import report
from portal.records.search import Term
from tests.erp.exports import BLUE, COMPANY, RED, ROB

RED_ID = "red-groesse-gmbh-co-kg"


def by_number(rows):
    return {document.number: document for document in rows(Document)}


@pytest.mark.parametrize(
    ("model", "fields", "expected"),
    [
        ("sale.order", {"state": "draft"}, None),
        ("sale.order", {"state": "sent"}, ("quotations", "open", "")),
        ("sale.order", {"state": "sale"}, ("sales-orders", "confirmed", "")),
        ("sale.order", {"state": "done"}, ("sales-orders", "confirmed", "")),
        ("sale.order", {"state": "cancel"}, None),
        ("purchase.order", {"state": "draft"}, None),
        ("purchase.order", {"state": "to approve"}, None),
        ("purchase.order", {"state": "sent"}, ("purchase-orders", "requested", "")),
        ("purchase.order", {"state": "purchase"}, ("purchase-orders", "confirmed", "")),
        ("purchase.order", {"state": "done"}, ("purchase-orders", "done", "")),
        ("purchase.order", {"state": "cancel"}, None),
        ("account.move", {"state": "draft"}, None),
        ("account.move", {"state": "cancel"}, None),
        ("account.move", {"move_type": "entry"}, None),
        ("account.move", {"move_type": "out_receipt"}, None),
        ("account.move", {"move_type": "in_receipt"}, None),
        ("account.move", {"move_type": "out_invoice"}, ("invoices", "open", "invoice")),
        ("account.move", {"move_type": "out_refund"}, ("invoices", "open", "credit_note")),
        ("account.move", {"move_type": "in_invoice"}, ("invoices", "open", "bill")),
        ("account.move", {"move_type": "in_refund"}, ("invoices", "open", "vendor_credit")),
        ("account.move", {"payment_state": "partial"}, ("invoices", "partial", "invoice")),
        ("account.move", {"payment_state": "in_payment"}, ("invoices", "in_payment", "invoice")),
        ("account.move", {"payment_state": "paid"}, ("invoices", "paid", "invoice")),
        ("account.move", {"payment_state": "reversed"}, ("invoices", "reversed", "invoice")),
    ],
)
def test_a_state_decides_what_a_record_is(app, export, rows, findings, model, fields, expected):
    export.document(model, 1, RED, **fields)
    run = export.run(app)
    found = rows(Document)
    assert [(document.kind, document.state, document.type) for document in found] == ([expected] if expected else [])
    assert findings(run) == []
    assert report.reconciles(run)


@pytest.mark.parametrize(
    ("model", "fields"),
    [
        ("sale.order", {"state": "haunted"}),
        ("purchase.order", {"state": False}),
        ("account.move", {"state": "haunted"}),
        ("account.move", {"payment_state": "blocked"}),
        ("account.move", {"move_type": "out_gift"}),
    ],
)
def test_an_unknown_state_is_reported_and_the_rest_comes(app, export, rows, findings, model, fields):
    export.document(model, 1, RED, **fields)
    export.document(model, 2, RED)
    run = export.run(app)
    (document,) = rows(Document)
    assert document.source_id == "2"
    (finding,) = findings(run)
    assert finding.startswith(f"{model}.json:2 {model} 1 ")
    assert "does not know the state" in finding
    assert report.reconciles(run)


def test_the_owner_is_the_company_behind_the_partner_or_nobody(app, export, rows):
    export.person(30, "Friederike Süß")
    export.person(31, "Nobody's Customer")
    for key, partner in enumerate((ROB, BLUE, 30, COMPANY, False), start=1):
        export.document("sale.order", key, partner)
    run = export.run(app)
    owners = {number: document.customer_id for number, document in by_number(rows).items()}
    assert owners == {"S00001": RED_ID, "S00002": "blue", "S00003": "friederike-suess"}
    assert run.counts["sale.order"]["hidden"] == {"no_owner": 1, "own": 1}
    assert {customer.id for customer in rows(Customer)} >= {RED_ID, "blue", "friederike-suess"}
    assert not rows(Customer, name="Nobody's Customer")
    assert rows(Customer, id="provider")[0].name == "Own & Söhne"


def test_a_document_carries_what_the_record_says(app, export, rows):
    export.contact(12, RED, "Werk Süd", street="Am Tor 1", zip="12345", city="Ulm", type="delivery")
    export.document(
        "sale.order", 7, ROB, lines=3, name="S00007", client_order_ref="PO-77", note="<p>Thanks</p>",
        date_order="2026-01-10 23:30:00", commitment_date="2026-02-01 09:00:00", signed_by="Rob",
        signed_on="2026-01-11 08:00:00", partner_shipping_id=[12, "?"], user_id=[3, "Hanna Brandt"],
        payment_term_id=[1, "30 Days"], amount_untaxed=0.3, amount_tax=0.1, amount_total=0.4,
    )  # fmt: skip
    export.left_out = {"res.users", "account.payment.term"}
    export.add("sale.order.line", 70, display_type="line_section", name="Licences", sequence=1)
    export.add(
        "sale.order.line", 71, name="Überwachung\nper year", sequence=3, product_uom_qty=2.5, price_unit=0.125,
        discount=12.5, qty_delivered=1.0,
    )  # fmt: skip
    export.add("sale.order.line", 72, display_type="line_note", name="Small print", sequence=2)
    export.run(app)
    (order,) = rows(Document)
    assert (order.number, order.reference, order.title) == ("S00007", "PO-77", "Überwachung")
    assert (order.date, order.due_on) == (dt.date(2026, 1, 11), dt.date(2026, 2, 1))  # half past twelve in Berlin
    assert (order.untaxed_minor, order.tax_minor, order.total_minor) == (30, 10, 40)
    assert (order.contact, order.salesperson, order.payment_terms) == ("Rob", "Hanna Brandt", "30 Days")
    assert order.note == "<p>Thanks</p>"
    assert order.details["shipping"] == ["Red Größe GmbH & Co. KG", "Werk Süd", "Am Tor 1", "12345 Ulm"]
    assert order.details["signed_on"] == "2026-01-11T08:00:00+00:00"
    lines = sorted(rows(DocumentLine), key=lambda line: line.position)
    assert [(line.display, line.text.split("\n")[0]) for line in lines] == [
        ("section", "Licences"), ("note", "Small print"), ("line", "Überwachung")
    ]  # fmt: skip
    assert (str(lines[2].quantity), str(lines[2].unit_price), str(lines[2].discount)) == ("2.5", "0.125", "12.5")
    assert (lines[2].taxes, lines[2].unit, lines[2].untaxed_minor) == ("19 %", "Units", 10000)
    assert rows(Term, customer_id=RED_ID, term="uberwachung")


def test_an_address_of_another_company_is_left_out(app, export, rows, findings):
    export.document("sale.order", 1, RED, partner_shipping_id=[BLUE, "Blue"], partner_invoice_id=[ROB, "Rob"])
    run = export.run(app)
    (order,) = rows(Document)
    assert set(order.details) == {"billing"}
    assert "address belongs to another company" in findings(run)[0]


def test_links_stay_within_a_customer_and_lead_only_to_what_is_shown(app, export, rows, findings):
    export.document("sale.order", 1, RED, invoice_ids=[1, 2, 3, 99])
    export.document("account.move", 1, RED)
    export.document("account.move", 2, RED, state="draft")
    export.document("account.move", 3, BLUE)
    export.document("account.move", 4, RED, move_type="out_refund", reversed_entry_id=[1, "?"])
    export.document("purchase.order", 1, BLUE, name="P00001")
    export.document("account.move", 5, BLUE, move_type="in_invoice", invoice_origin="P00001")
    run = export.run(app)
    names = {document.id: document.number for document in rows(Document)}
    links = {(names[link.from_id], names[link.to_id], link.meaning) for link in rows(DocumentLink)}
    assert links == {
        ("S00001", "INV00001", "invoice"), ("INV00001", "INV00004", "credit"), ("P00001", "INV00005", "bill")
    }  # fmt: skip
    assert findings(run) == [
        f"sale.order.json:2 sale.order 1 [{RED_ID}] invoice_ids: It leads to another customer's record; "
        "the link is left out.",
        f"sale.order.json:2 sale.order 1 [{RED_ID}] invoice_ids: account.move 99 is not there.",
    ]
    export.add("sale.order", 1, invoice_ids=[])
    export.run(app)
    assert {link.meaning for link in rows(DocumentLink)} == {"credit", "bill"}


def test_a_line_of_no_document_is_reported(app, export, findings):
    export.add("sale.order.line", 5, order_id=[99, "?"])
    run = export.run(app)
    assert findings(run) == ["sale.order.line.json:2 sale.order.line 5 [None] order_id: 99 is not there."]
    assert report.reconciles(run)


def test_a_name_that_is_missing_is_said_once_for_all(app, export, rows, findings):
    for key in (1, 2):
        export.document("sale.order", key, RED, user_id=[77, "Robot"])
        export.add("sale.order.line", key * 10, tax_id=[1, 9])
    run = export.run(app)
    assert [document.salesperson for document in rows(Document)] == ["Robot", "Robot"]
    assert [finding.split("] ")[1] for finding in findings(run)] == [
        "tax_id: account.tax 9 is not there; 2 records name it.",
        "user_id: res.users 77 is not there; 2 records name it.",
    ]


def test_yen_have_no_cents(app, export, rows):
    export.document("account.move", 1, RED, currency_id=[2, "JPY"], amount_residual=0.0)
    export.add("account.move", 1, amount_untaxed=1000.0, amount_tax=100.0, amount_total=1100.0)
    run = export.run(app)
    assert rows(Document)[0].total_minor == 1100
    assert report.reconciles(run)
