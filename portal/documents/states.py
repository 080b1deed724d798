"""States as people read them: a word and a tone, per kind. What depends on the day is said for that day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l

from .models import DocumentKind, InvoiceType
from .models.commercial import UNPAID
from .models.delivery import CLOSED

Said = tuple[Any, str]

QUOTATION = {"open": (_l("To answer"), "info"), "cancelled": (_l("Cancelled"), "neutral")}
EXPIRED: Said = (_l("Expired"), "warn")
ORDER = {"confirmed": (_l("Confirmed"), "good"), "cancelled": (_l("Cancelled"), "neutral")}
PURCHASE = {
    "requested": (_l("Requested"), "info"),
    "confirmed": (_l("Ordered"), "good"),
    "done": (_l("Done"), "neutral"),
    "cancelled": (_l("Cancelled"), "neutral"),
}
INVOICE = {
    "open": (_l("Open"), "info"),
    "partial": (_l("Partly paid"), "info"),
    "in_payment": (_l("In payment"), "good"),
    "paid": (_l("Paid"), "good"),
    "reversed": (_l("Reversed"), "neutral"),
    "cancelled": (_l("Cancelled"), "neutral"),
}
LASTING = {state: INVOICE[state] for state in ("paid", "reversed", "cancelled")}
"""States that may be printed: they do not end by themselves."""
OVERDUE: Said = (_l("Overdue"), "bad")
TYPES = {
    InvoiceType.INVOICE: _l("Invoice"),
    InvoiceType.CREDIT_NOTE: _l("Credit note"),
    InvoiceType.BILL: _l("Bill"),
    InvoiceType.VENDOR_CREDIT: _l("Vendor credit note"),
}
TASK = {
    "in_progress": (_l("In progress"), "info"),
    "changes_requested": (_l("Changes requested"), "warn"),
    "approved": (_l("Approved"), "good"),
    "waiting": (_l("Waiting"), "neutral"),
    "done": (_l("Done"), "good"),
    "cancelled": (_l("Cancelled"), "neutral"),
}
SUBSCRIPTION = {
    "upcoming": (_l("Starts later"), "info"),
    "running": (_l("Running"), "good"),
    "ending": (_l("Ends soon"), "warn"),
    "grace": (_l("In grace"), "warn"),
    "ended": (_l("Ended"), "neutral"),
}
LATE: Said = (_l("Late"), "bad")


def of_quotation(row: Any, today: date) -> Said:
    """Return how a quotation stands on a day."""
    return EXPIRED if row.state == "open" and row.due_on and row.due_on < today else QUOTATION[row.state]


def of_order(row: Any, _today: date) -> Said:
    """Return how a sales order stands."""
    return ORDER[row.state]


def of_purchase(row: Any, _today: date) -> Said:
    """Return how a purchase order stands."""
    return PURCHASE[row.state]


def is_overdue(row: Any, today: date) -> bool:
    """Tell whether an invoice to the customer is unpaid after its day."""
    return bool(row.type == InvoiceType.INVOICE and row.state in UNPAID and row.due_key < today)


def of_invoice(row: Any, today: date) -> Said:
    """Return how an invoice stands on a day."""
    return OVERDUE if is_overdue(row, today) else INVOICE[row.state]


def of_document(row: Any, today: date) -> Said:
    """Return how a document of any commercial kind stands on a day."""
    return SAY[row.kind](row, today)


def is_late(row: Any, today: date) -> bool:
    """Tell whether a task is open after its day."""
    return bool(row.deadline and row.deadline < today and row.state not in CLOSED)


def of_task(row: Any, today: date) -> Said:
    """Return how a task stands on a day."""
    return LATE if is_late(row, today) else TASK[row.state]


SAY: dict[str, Callable[[Any, date], Said]] = {
    DocumentKind.QUOTATIONS: of_quotation,
    DocumentKind.SALES_ORDERS: of_order,
    DocumentKind.PURCHASE_ORDERS: of_purchase,
    DocumentKind.INVOICES: of_invoice,
}


def sign(row: Any) -> int:
    """Return -1 for what reduces what is owed: credit notes of either side."""
    return -1 if row.type in (InvoiceType.CREDIT_NOTE, InvoiceType.VENDOR_CREDIT) else 1
