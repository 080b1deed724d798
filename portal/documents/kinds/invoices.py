"""Invoices & bills: what is to be paid, either way, with credit notes as negative amounts."""

from typing import Any

from flask_babel import lazy_gettext as _l

from ...records import cells
from ...records.kind import Column, Filter, Kind
from .. import commerce, states
from ..models import Document, DocumentKind, InvoiceType

STATE = Filter(
    "state",
    _l("Any state"),
    (
        ("overdue", _l("Overdue"), Document.is_overdue),
        ("unpaid", _l("To pay"), commerce.in_state("open", "partial")),
        ("in_payment", _l("In payment"), commerce.in_state("in_payment")),
        ("paid", _l("Paid"), commerce.in_state("paid")),
        ("reversed", _l("Reversed"), commerce.in_state("reversed")),
        ("cancelled", _l("Cancelled"), commerce.in_state("cancelled")),
    ),
)
TYPE = Filter(
    "type",
    _l("Any type"),
    (
        ("invoice", _l("Invoices"), lambda _today: Document.type == InvoiceType.INVOICE),
        ("credit_note", _l("Credit notes"), lambda _today: Document.type == InvoiceType.CREDIT_NOTE),
        ("bill", _l("Bills"), lambda _today: Document.type == InvoiceType.BILL),
        ("vendor_credit", _l("Vendor credit notes"), lambda _today: Document.type == InvoiceType.VENDOR_CREDIT),
    ),
)


def _total(row: Any) -> Any:
    return commerce.plain(row, "total_minor", states.sign(row))


def _residual(row: Any) -> Any:
    return commerce.plain(row, "residual_minor", states.sign(row))


_open = cells.minor("residual_minor", sign=states.sign)


def _left(row: Any, around: cells.Around) -> Any:
    return _open(row, around) if row.residual_minor else cells.EMPTY


INVOICES = Kind(
    slug="invoices",
    label=_l("Invoices & bills"),
    singular=_l("Invoice"),
    lead=_l("What is to be paid, what is overdue, and what has been settled."),
    empty=_l("Invoices and credit notes appear here as soon as they are issued."),
    model=Document,
    fields=commerce.FIELDS,
    scope=commerce.of_kind(DocumentKind.INVOICES),
    columns=(
        Column(
            _l("Number"), cells.linked("number", lambda row: states.TYPES[row.type]),
            lambda row: row.number, "main", "number",
        ),
        Column(_l("Type"), cells.text("type"), lambda row: row.type, "hidden"),
        Column(_l("Date"), cells.day("date"), lambda row: row.date, "spare day", "date"),
        commerce.ABOUT,
        Column(_l("Due"), cells.day("due_on"), lambda row: row.due_on, "day", "due"),
        Column(_l("State"), cells.state(states.of_invoice), lambda row: row.state, "side", "state"),
        Column(_l("Total"), cells.minor("total_minor", sign=states.sign), _total, "num", "amount"),
        Column(_l("Left to pay"), _left, _residual, "num"),
        commerce.CURRENCY,
    ),
    sorts=(commerce.BY_DATE, commerce.BY_NUMBER, commerce.BY_AMOUNT, commerce.BY_STATE, commerce.by_due(_l("Due"))),
    filters=(STATE, TYPE),
    period=Document.date,
    period_label=_l("Date"),
    load=commerce.loader(DocumentKind.INVOICES),
    printed_also=commerce.PRINTED,
    helpers={"say": states.of_document},
    icon="invoices",
)  # fmt: skip
