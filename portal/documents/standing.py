"""Standing: the first thing a document's page says, and what it means for the customer. Never printed: days pass."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _

from ..i18n import format_date, format_minor, say_days
from . import states
from .models import InvoiceType


@dataclass(frozen=True)
class Standing:
    """A figure with its label, and a sentence; `tone` colours what is late."""

    label: str
    figure: str
    sentence: str
    tone: str = ""


def of_invoice(record: Any, today: date) -> Standing:
    """Say what is left to pay until when, or what a credit note or a bill means."""
    left = format_minor(record.residual_minor or 0, record.currency)
    total = format_minor(record.total_minor, record.currency)
    if record.state == "cancelled":
        return Standing(_("Total"), total, _("Cancelled: nothing is to be paid."))
    if record.state == "reversed":
        return Standing(_("Total"), total, _("Reversed by a credit note: nothing is to be paid."))
    if record.type == InvoiceType.CREDIT_NOTE:
        return _credit(record, left, total, _("This credit has been set off or paid back to you."))
    if record.type == InvoiceType.VENDOR_CREDIT:
        return _credit(record, left, total, _("This credit has been set off or paid back."))
    if record.type == InvoiceType.BILL:
        return _bill(record, left, total)
    if record.state == "paid":
        return Standing(_("Total"), total, _("Paid in full. Thank you."))
    if record.state == "in_payment":
        return Standing(_("Total"), total, _("A payment has arrived and is being booked. There is nothing to do."))
    if states.is_overdue(record, today):
        sentence = _("Overdue: it was due on %(day)s, %(away)s.", **_when(record, today))
        return Standing(_("Left to pay"), left, sentence, "bad")
    if record.due_on is None:
        return Standing(_("Left to pay"), left, _("Payable now."))
    return Standing(_("Left to pay"), left, _("Due on %(day)s, %(away)s.", **_when(record, today)))


def _credit(record: Any, left: str, total: str, settled: str) -> Standing:
    if not record.residual_minor:
        return Standing(_("Credit"), total, settled)
    if record.type == InvoiceType.CREDIT_NOTE:
        return Standing(_("Credit left"), left, _("In your favour: deduct it from your next payment, or ask for it."))
    return Standing(_("Credit left"), left, _("It is deducted from what is paid to you next."))


def _bill(record: Any, left: str, total: str) -> Standing:
    if record.state == "paid":
        return Standing(_("Total"), total, _("This bill of yours has been paid."))
    if record.state == "in_payment":
        return Standing(_("Total"), total, _("This bill of yours is being paid."))
    if record.due_on is None:
        return Standing(_("To be paid to you"), left, _("This bill of yours has been accepted."))
    sentence = _("A bill of yours: it is to be paid to you by %(day)s.", day=format_date(record.due_on))
    return Standing(_("To be paid to you"), left, sentence)


def of_quotation(record: Any, today: date) -> Standing:
    """Say until when an offer stands."""
    total = format_minor(record.total_minor, record.currency)
    if record.state == "cancelled":
        return Standing(_("Total"), total, _("Cancelled: it can no longer be accepted."))
    if record.due_on is None:
        return Standing(_("Total"), total, _("Waits for your answer."))
    if record.due_on < today:
        sentence = _("Expired on %(day)s: ask for a new one if you still want it.", **_when(record, today))
        return Standing(_("Total"), total, sentence, "warn")
    sentence = _("Waits for your answer until %(day)s, %(away)s.", **_when(record, today))
    return Standing(_("Total"), total, sentence)


def of_order(record: Any, today: date) -> Standing:
    """Say that an order stands, and when it is delivered."""
    total = format_minor(record.total_minor, record.currency)
    if record.state == "cancelled":
        return Standing(_("Total"), total, _("Cancelled: nothing more is delivered or invoiced."))
    if record.due_on is not None and record.due_on >= today:
        return Standing(_("Total"), total, _("Confirmed. Delivery on %(day)s, %(away)s.", **_when(record, today)))
    return Standing(_("Total"), total, _("Confirmed."))


def of_purchase(record: Any, today: date) -> Standing:
    """Say what is expected of the customer, who is the vendor here."""
    total = format_minor(record.total_minor, record.currency)
    sentences = {
        "requested": _("A request: please answer with your price and date."),
        "confirmed": _("Ordered from you."),
        "done": _("Ordered from you, and closed."),
        "cancelled": _("Cancelled: please deliver nothing more of it."),
    }
    sentence = sentences[record.state]
    if record.state in ("requested", "confirmed") and record.due_on is not None:
        when = _("Expected on %(day)s, %(away)s.", **_when(record, today))
        tone = "warn" if record.due_on < today and record.state == "confirmed" else ""
        return Standing(_("Total"), total, f"{sentence} {when}", tone)
    return Standing(_("Total"), total, sentence)


def _when(record: Any, today: date) -> dict[str, str]:
    assert record.due_on is not None
    return {"day": format_date(record.due_on), "away": say_days(record.due_on, today)}
