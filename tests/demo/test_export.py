"""The demo's export: its sums hold to the cent, its links lead somewhere, and it has every state there is."""

import json
import re
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest

import portal.demo
from portal.demo.dates import ANCHOR
from portal.erp import values
from portal.erp.fields import FIELDS
from portal.erp.rows import Broken
from portal.erp.source import Folder

EXPORT = Path(portal.demo.__file__).parent / "export"
ACME, BETA, GAMMA = 10, 20, 30

LINES = {
    "sale.order": ("order_line", "sale.order.line", "order_id", "product_uom_qty", "tax_id"),
    "purchase.order": ("order_line", "purchase.order.line", "order_id", "product_qty", "taxes_id"),
    "account.move": ("invoice_line_ids", "account.move.line", "move_id", "quantity", "tax_ids"),
}

LINKS = {
    "commercial_partner_id": "res.partner",
    "country_id": "res.country",
    "currency_id": "res.currency",
    "employee_id": "hr.employee",
    "invoice_payment_term_id": "account.payment.term",
    "invoice_user_id": "res.users",
    "milestone_id": "project.milestone",
    "move_id": "account.move",
    "partner_id": "res.partner",
    "partner_invoice_id": "res.partner",
    "partner_shipping_id": "res.partner",
    "payment_term_id": "account.payment.term",
    "product_id": "product.product",
    "product_uom": "uom.uom",
    "product_uom_id": "uom.uom",
    "project_id": "project.project",
    "property_payment_term_id": "account.payment.term",
    "reversed_entry_id": "account.move",
    "so_line": "sale.order.line",
    "stage_id": "project.task.type",
    "task_id": "project.task",
    "uom_id": "uom.uom",
    "user_id": "res.users",
}

LISTS = {
    "child_ids": "project.task",
    "depend_on_ids": "project.task",
    "invoice_ids": "account.move",
    "invoice_line_ids": "account.move.line",
    "project_ids": "project.project",
    "task_ids": "project.task",
    "tax_id": "account.tax",
    "tax_ids": "account.tax",
    "taxes_id": "account.tax",
}


@pytest.fixture(scope="module")
def export():
    """Return every record by model and id."""
    folder = Folder(EXPORT)
    return {model: {row.key: row for row in folder.records(model)} for model in folder.models()}


def taken(export, model, field):
    return {record.get(field) for record in export[model].values()}


def documents():
    folder = Folder(EXPORT)
    return [
        pytest.param(model, row, id=f"{model} {row.get('name')}") for model in LINES for row in folder.records(model)
    ]


def rounded(amount, currency):
    return amount.quantize(Decimal(1) if currency == "JPY" else Decimal("0.01"), ROUND_HALF_UP)


def test_every_model_has_a_file_and_every_line_is_a_whole_record():
    folder = Folder(EXPORT)
    assert folder.models() == list(FIELDS)
    for model in folder.models():
        rows = list(folder.records(model))
        assert rows
        assert not [row for row in rows if isinstance(row, Broken)]
        assert all(set(row.values) == set(FIELDS[model]) for row in rows), model
        assert len(rows) == len((EXPORT / f"{model}.json").read_text().splitlines()) - 2


@pytest.mark.parametrize(("model", "document"), documents())
def test_lines_taxes_and_totals_agree_to_the_cent(export, model, document):
    lines_field, line_model, back, quantity, taxes = LINES[model]
    _, currency = values.many2one(document, "currency_id")
    untaxed = total = Decimal(0)
    for key in values.ids(document, lines_field):
        line = export[line_model][key]
        assert values.many2one(line, back)[0] == document.key
        subtotal, with_tax = values.decimal(line, "price_subtotal"), values.decimal(line, "price_total")
        untaxed, total = untaxed + subtotal, total + with_tax
        if line.get("display_type") in ("line_section", "line_note"):
            assert (subtotal, with_tax, line.get("product_id")) == (0, 0, False)
            continue
        (tax,) = (export["account.tax"][tax] for tax in values.ids(line, taxes))
        rate = values.decimal(tax, "amount") / 100
        discounted = values.decimal(line, "price_unit") * (1 - values.decimal(line, "discount") / 100)
        gross = discounted * values.decimal(line, quantity)
        if tax.get("price_include"):
            assert with_tax == rounded(gross, currency)
            assert subtotal == rounded(with_tax / (1 + rate), currency)
        else:
            assert subtotal == rounded(gross, currency)
            assert with_tax == subtotal + rounded(subtotal * rate, currency)
        if "price_tax" in line.values:
            assert values.decimal(line, "price_tax") == with_tax - subtotal
    assert values.decimal(document, "amount_untaxed") == untaxed
    assert values.decimal(document, "amount_total") == total
    assert values.decimal(document, "amount_tax") == total - untaxed


def test_lines_stand_in_their_document_and_in_no_other(export):
    for model, (field, line_model, *_) in LINES.items():
        named = [key for record in export[model].values() for key in values.ids(record, field)]
        assert sorted(named) == sorted(export[line_model])


@pytest.mark.parametrize(
    ("model", "field", "expected"),
    [
        ("sale.order", "state", {"draft", "sent", "sale", "cancel"}),
        ("purchase.order", "state", {"draft", "sent", "to approve", "purchase", "done", "cancel"}),
        ("account.move", "state", {"draft", "posted", "cancel"}),
        ("account.move", "payment_state", {"not_paid", "partial", "in_payment", "paid", "reversed"}),
        (
            "account.move",
            "move_type",
            {"out_invoice", "out_refund", "in_invoice", "in_refund", "out_receipt", "in_receipt", "entry"},
        ),
        ("project.project", "privacy_visibility", {"portal", "followers", "employees"}),
        (
            "project.task",
            "state",
            {"01_in_progress", "02_changes_requested", "03_approved", "04_waiting_normal", "1_done", "1_canceled"},
        ),
        ("project.task", "active", {True, False}),
        ("account.tax", "amount", {19.0, 7.0, 0.0}),
        ("account.tax", "price_include", {True, False}),
        ("sale.order.line", "display_type", {False, "line_section", "line_note"}),
        ("account.move.line", "display_type", {"product", "line_section", "line_note"}),
        ("res.partner", "ref", {False}),
    ],
)
def test_every_state_there_is_stands_in_it(export, model, field, expected):
    assert taken(export, model, field) == expected


def test_documents_come_in_three_currencies_with_mixed_taxes_and_discounts(export):
    for model in ("sale.order", "account.move"):
        assert {values.many2one(record, "currency_id")[1] for record in export[model].values()} == {"EUR", "USD", "JPY"}
    used = {}
    for line in export["account.move.line"].values():
        used.setdefault(values.many2one(line, "move_id")[0], set()).update(values.ids(line, "tax_ids"))
    assert any(len(taxes) > 1 for taxes in used.values())
    assert any(values.decimal(line, "discount") for line in export["account.move.line"].values())


def test_every_link_leads_to_a_record(export):
    for model, records in export.items():
        for record in records.values():
            for field in set(LINKS) & set(FIELDS[model]):
                linked = values.many2one(record, field)
                assert linked is None or linked[0] in export[LINKS[field]], (model, record.key, field)
            for field in set(LISTS) & set(FIELDS[model]):
                assert set(values.ids(record, field)) <= set(export[LISTS[field]]), (model, record.key, field)


def test_every_document_names_the_company_behind_its_partner(export):
    for move in export["account.move"].values():
        if partner := values.many2one(move, "partner_id"):
            company = values.many2one(export["res.partner"][partner[0]], "commercial_partner_id")
            assert values.many2one(move, "commercial_partner_id") == company


def test_what_is_open_fits_the_payment_state(export):
    for move in export["account.move"].values():
        total, residual = values.decimal(move, "amount_total"), values.decimal(move, "amount_residual")
        match move.get("state"), move.get("payment_state"):
            case "cancel", _:
                assert residual == 0
            case _, "not_paid":
                assert residual == total
            case _, "partial":
                assert 0 < residual < total
            case _:
                assert residual == 0


def test_credits_name_what_they_reverse(export):
    moves = export["account.move"]
    credits = [move for move in moves.values() if move.get("reversed_entry_id")]
    assert {move.get("move_type") for move in credits} == {"out_refund", "in_refund"}
    for credit in credits:
        reversed_move = moves[values.many2one(credit, "reversed_entry_id")[0]]
        assert reversed_move.get("move_type") == credit.get("move_type").replace("refund", "invoice")
        assert reversed_move.get("commercial_partner_id") == credit.get("commercial_partner_id")


def owner(export, record):
    return values.many2one(export["res.partner"][values.many2one(record, "partner_id")[0]], "commercial_partner_id")[0]


def test_one_order_links_another_customers_invoice_and_no_other_does(export):
    strangers = [
        (order.get("name"), export["account.move"][key].get("name"))
        for order in export["sale.order"].values()
        for key in values.ids(order, "invoice_ids")
        if owner(export, order) != owner(export, export["account.move"][key])
    ]
    assert strangers == [("S00109", "INV-10174")]


def test_one_task_waits_for_another_customers(export):
    tasks = export["project.task"]
    strangers = [
        (task.key, key)
        for task in tasks.values()
        for key in values.ids(task, "depend_on_ids")
        if owner(export, task) != owner(export, tasks[key])
    ]
    assert strangers == [(7, 21)]


def test_the_demos_customers_have_the_ids_it_counts_on(export):
    names = {key: export["res.partner"][key].get("name") for key in (ACME, BETA, GAMMA)}
    assert names == {ACME: "Acme GmbH", BETA: "Beta AG", GAMMA: "Gamma Ltd"}
    assert export["res.company"][1].get("partner_id") == [1, "Nordwind Monitoring GmbH"]


def test_acme_has_the_most_of_everything(export):
    for model in ("sale.order", "purchase.order", "account.move", "project.project", "project.task"):
        owners = [owner(export, record) for record in export[model].values() if record.get("partner_id")]
        counts = {key: owners.count(key) for key in set(owners)}
        assert counts.pop(ACME) > max(counts.values()), model


def test_the_one_portal_user_belongs_to_a_private_person(export):
    (user,) = (user for user in export["res.users"].values() if user.get("share"))
    person = export["res.partner"][values.many2one(user, "partner_id")[0]]
    assert person.get("is_company") is False
    assert owner(export, user) == person.key


def test_tasks_count_their_timesheets_and_name_their_parts(export):
    tasks = export["project.task"]
    spent = dict.fromkeys(tasks, Decimal(0))
    for sheet in export["account.analytic.line"].values():
        if task := values.many2one(sheet, "task_id"):
            spent[task[0]] += values.decimal(sheet, "unit_amount")
            assert sheet.get("project_id") == tasks[task[0]].get("project_id")
    for task in tasks.values():
        parts = [other.key for other in tasks.values() if (values.many2one(other, "parent_id") or (0,))[0] == task.key]
        assert values.ids(task, "child_ids") == parts
        assert values.decimal(task, "effective_hours") == spent[task.key]
        below = sum((spent[part] for part in parts), Decimal(0))
        left = values.decimal(task, "allocated_hours") - spent[task.key] - below
        assert values.decimal(task, "remaining_hours") == left


def test_names_of_the_outside_world_are_reserved_ones():
    for file in EXPORT.iterdir():
        for host in re.findall(r"(?:https?://(?:www\.)?|@)([^\s\"/\\<>]+)", file.read_text()):
            assert host.endswith(".example"), (file.name, host)


def test_something_is_overdue_something_expired_and_something_still_to_come(export):
    moves = [move for move in export["account.move"].values() if move.get("state") == "posted"]
    unpaid = [move for move in moves if values.decimal(move, "amount_residual") and owner(export, move) == ACME]
    due = [values.date(move, "invoice_date_due") for move in unpaid if move.get("move_type") == "out_invoice"]
    assert min(due) < ANCHOR < max(due)
    sent = [order for order in export["sale.order"].values() if order.get("state") == "sent"]
    valid = [values.date(order, "validity_date") for order in sent if owner(export, order) == ACME]
    assert min(valid) < ANCHOR < max(valid)
    assert all(values.moment(order, "date_order").date() <= ANCHOR for order in sent)


def test_the_files_are_kept_in_the_shape_of_an_export():
    for file in EXPORT.iterdir():
        first, *records, last = file.read_text().splitlines()
        assert (first, last) == ("[", "]")
        for line in records:
            values_of_line = json.loads(line.removesuffix(","))
            assert line.removesuffix(",") == json.dumps(values_of_line, ensure_ascii=False, sort_keys=True)
