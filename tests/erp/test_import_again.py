"""Run again: nothing doubles, changes come over, what vanished is archived, what is broken stays as it was."""

import pytest

from portal.customers.models import Customer
from portal.documents.models import Document, DocumentLine, DocumentLink
from portal.erp import report
from portal.erp.imports import import_from
from portal.records.search import Term
from tests.erp.exports import BLUE, RED, ROB


def by_number(rows):
    return {document.number: document for document in rows(Document)}


def test_again_nothing_changes_and_no_version_is_raised(app, export, rows):
    export.document("sale.order", 1, RED, invoice_ids=[1])
    export.document("account.move", 1, RED)
    export.run(app)
    before = [(document.id, document.version, document.imported_at) for document in rows(Document)]
    links = [(link.from_id, link.to_id) for link in rows(DocumentLink)]
    run = export.run(app)
    assert [(document.id, document.version, document.imported_at) for document in rows(Document)] == before
    assert [(link.from_id, link.to_id) for link in rows(DocumentLink)] == links
    for model, counts in run.counts.items():
        assert (counts["new"], counts["changed"], counts["archived"]) == (0, 0, 0), model


def test_a_quotation_that_becomes_an_order_stays_the_same_row(app, export, rows):
    export.document("sale.order", 1, RED, state="sent")
    export.run(app)
    (quotation,) = rows(Document)
    export.add("sale.order", 1, state="sale")
    run = export.run(app)
    (order,) = rows(Document)
    assert (order.id, order.kind, order.version) == (quotation.id, "sales-orders", 2)
    assert {term.kind for term in rows(Term, record_id=order.id)} == {"sales-orders"}
    assert run.counts["sale.order"]["changed"] == 1


@pytest.mark.parametrize(
    ("model", "kind"),
    [("sale.order", "sales-orders"), ("purchase.order", "purchase-orders"), ("account.move", "invoices")],
)
def test_what_was_shown_is_shown_as_cancelled_and_hidden_when_it_is_a_draft_again(app, export, rows, model, kind):
    export.document(model, 1, RED)
    export.run(app)
    export.add(model, 1, state="draft")
    assert export.run(app).counts[model]["archived"] == 1
    assert rows(Document)[0].archived_at is not None
    export.add(model, 1, state="cancel")
    export.run(app)
    (document,) = rows(Document)
    assert (document.kind, document.state, document.archived_at) == (kind, "cancelled", None)


def test_a_changed_line_changes_its_document(app, export, rows):
    export.document("sale.order", 1, RED, lines=2)
    export.run(app)
    export.add("sale.order.line", 11, name="Other words")
    assert export.run(app).counts["sale.order"]["changed"] == 1
    assert [line.text for line in sorted(rows(DocumentLine), key=lambda one: one.position)] == [
        "Licence",
        "Other words",
    ]
    assert rows(Document)[0].version == 2


def test_what_vanished_is_archived_and_comes_back(app, export, rows):
    export.document("sale.order", 1, RED)
    export.document("sale.order", 2, RED)
    export.run(app)
    kept = export.models["sale.order"].pop(1)
    lines = export.models["sale.order.line"].pop(10)
    run = export.run(app)
    assert run.counts["sale.order"]["archived"] == 1
    assert by_number(rows)["S00001"].archived_at is not None
    assert not rows(Term, record_id=by_number(rows)["S00001"].id)
    export.models["sale.order"][1], export.models["sale.order.line"][10] = kept, lines
    export.run(app)
    assert by_number(rows)["S00001"].archived_at is None


def test_a_model_that_is_not_given_has_not_vanished(app, export, rows, findings):
    export.document("sale.order", 1, RED)
    export.document("account.move", 1, RED)
    export.run(app)
    export.left_out = {"sale.order", "account.move.line"}
    run = export.run(app)
    assert not [document for document in rows(Document) if document.archived_at]
    assert findings(run) == [
        "account.move:0 account.move [None] It is not imported: the source gives no account.move.line."
    ]
    assert report.reconciles(run)


def test_a_document_of_another_customer_now_is_theirs_with_all_it_has(app, export, rows):
    export.document("sale.order", 1, RED, invoice_ids=[1])
    export.document("account.move", 1, RED)
    export.run(app)
    export.add("sale.order", 1, partner_id=[BLUE, "Blue"])
    run = export.run(app)
    order = by_number(rows)["S00001"]
    assert order.customer_id == "blue"
    assert {line.customer_id for line in rows(DocumentLine, document_id=order.id)} == {"blue"}
    assert {term.customer_id for term in rows(Term, record_id=order.id)} == {"blue"}
    assert rows(DocumentLink) == []
    assert run.findings == 1
    assert report.reconciles(run)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda e: e.add("sale.order.line", 10, price_subtotal="much"), "A line of it is broken"),
        (lambda e: e.drop("sale.order.line", 10), "Line 10 is not there"),
        (lambda e: e.add("sale.order.line", 19, order_id=[1, "?"]), "Line 19 names it"),
        (lambda e: e.models["sale.order.line"].update({10: '{"id": 10, "order_id": [1'}), "Line 10 is not there"),
        (lambda e: e.add("sale.order", 1, amount_total=1.005), "more decimal places"),
        (lambda e: e.add("sale.order", 1, amount_total=None), "amount_total"),
        (lambda e: e.add("sale.order", 1, currency_id=[9, "Gold"]), "currency"),
        (lambda e: e.add("sale.order", 1, date_order="yesterday"), "date"),
        (lambda e: e.add("sale.order", 1, partner_id=[99, "?"]), "The partner 99"),
        (lambda e: e.add("sale.order", 1, name="N" * 121), "longer than 120"),
        (lambda e: e.models["sale.order"].update({1: '{"id": 1, "name": '}), "not JSON"),
    ],
)
def test_a_broken_record_is_reported_and_its_earlier_version_stays(app, export, rows, findings, change, said):
    export.document("sale.order", 1, RED)
    export.document("sale.order", 2, RED)
    export.run(app)
    change(export)
    export.add("sale.order", 2, client_order_ref="new")
    run = export.run(app)
    assert said in " ".join(findings(run))
    assert " sale.order 1 " in " ".join(findings(run))
    documents = by_number(rows)
    assert (documents["S00001"].version, documents["S00001"].archived_at) == (1, None)
    assert documents["S00002"].reference == "new"
    assert len(rows(DocumentLine)) == 2
    assert run.counts["sale.order"]["kept"] == 1
    assert report.reconciles(run)


def test_a_file_that_breaks_off_archives_nothing_it_misses(app, export, rows, findings):
    for key in (1, 2):
        export.document("sale.order", key, RED)
    export.run(app)
    export.models["sale.order"][2] = '{"id'
    file = export.write() / "sale.order.json"
    file.write_text(file.read_text().removesuffix("\n]\n"))
    with app.app_context():
        run = import_from(str(export.path))
    assert not by_number(rows)["S00002"].archived_at
    assert "not complete" in " ".join(findings(run))
    assert report.reconciles(run)


def test_a_broken_partner_stops_nobody_else(app, export, rows, findings):
    export.document("sale.order", 1, ROB)
    export.document("sale.order", 2, BLUE)
    export.run(app)
    export.models["res.partner"][RED] = '{"id": 10, broken'
    export.add("sale.order", 1, client_order_ref="still theirs")
    run = export.run(app)
    assert by_number(rows)["S00001"].reference == "still theirs"
    assert not [customer for customer in rows(Customer) if customer.archived_at]
    assert any(finding.startswith("res.partner.json:3 res.partner 10 ") for finding in findings(run))
