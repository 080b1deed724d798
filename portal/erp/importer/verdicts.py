"""Verdicts: what a commercial record is in the portal by its state, or why it is never shown."""

from __future__ import annotations

from ...documents.models import DocumentKind, InvoiceType
from ..rows import Record
from .world import code

Shown = tuple[DocumentKind, str, str]
"""Kind, state and type of a document."""

SALE_STATES: dict[str, tuple[DocumentKind, str] | str] = {
    "draft": "draft",
    "sent": (DocumentKind.QUOTATIONS, "open"),
    "sale": (DocumentKind.SALES_ORDERS, "confirmed"),
    "done": (DocumentKind.SALES_ORDERS, "confirmed"),
    "cancel": "cancelled",
}
PURCHASE_STATES: dict[str, tuple[DocumentKind, str] | str] = {
    "draft": "draft",
    "to approve": "to_approve",
    "sent": (DocumentKind.PURCHASE_ORDERS, "requested"),
    "purchase": (DocumentKind.PURCHASE_ORDERS, "confirmed"),
    "done": (DocumentKind.PURCHASE_ORDERS, "done"),
    "cancel": "cancelled",
}
MOVE_STATES = {"draft": "draft", "posted": "", "cancel": "cancelled"}
PAYMENT_STATES = {
    "not_paid": "open", "partial": "partial", "in_payment": "in_payment", "paid": "paid", "reversed": "reversed",
}  # fmt: skip
MOVE_TYPES = {
    "out_invoice": InvoiceType.INVOICE,
    "out_refund": InvoiceType.CREDIT_NOTE,
    "in_invoice": InvoiceType.BILL,
    "in_refund": InvoiceType.VENDOR_CREDIT,
    "out_receipt": "receipt",
    "in_receipt": "receipt",
    "entry": "entry",
}
"""For each state or type of the ERP what it is here, or, as a plain word, why it is never shown."""

Verdict = Shown | str
"""How it is shown, or the plain word for why it is not."""


def judge_sale(record: Record, was: str | None) -> Verdict:
    """Judge an order; `was` is the kind the portal has of it, if any. Raises `Bad` for an unknown state."""
    return _judged(code(record, "state", SALE_STATES), was)


def judge_purchase(record: Record, was: str | None) -> Verdict:
    """Judge a purchase order."""
    return _judged(code(record, "state", PURCHASE_STATES), was)


def judge_move(record: Record, was: str | None) -> Verdict:
    """Judge an invoice, bill or credit note."""
    type, state = code(record, "move_type", MOVE_TYPES), code(record, "state", MOVE_STATES)
    if not isinstance(type, InvoiceType):
        return str(type)
    if state == "cancelled" and was:
        return DocumentKind.INVOICES, "cancelled", type
    return state or (DocumentKind.INVOICES, code(record, "payment_state", PAYMENT_STATES), type)


def _judged(found: tuple[DocumentKind, str] | str, was: str | None) -> Verdict:
    """Return the verdict; what was cancelled stays the kind it was, and is new to nobody."""
    if not isinstance(found, str):
        return (*found, "")
    if found == "cancelled" and was:
        return DocumentKind(was), "cancelled", ""
    return found


TYPE_NAMES = {type: name for name, type in MOVE_TYPES.items() if isinstance(type, InvoiceType)}
"""What the ERP calls the types of invoices & bills."""
