"""Payment: how an invoice is paid, from the provider's settings."""

from __future__ import annotations

from typing import Any

from flask import current_app
from flask_babel import gettext as _

from ..i18n import format_minor
from ..records.printing import grouped
from .models import InvoiceType
from .models.commercial import UNPAID


def is_payable(record: Any) -> bool:
    """Tell whether the customer has anything to transfer for it."""
    return record.type == InvoiceType.INVOICE and record.state in UNPAID and bool(record.residual_minor)


def facts(record: Any) -> list[tuple[str, str, str]]:
    """Return key, label and value of what a transfer needs; empty when no account is set up."""
    config = current_app.config
    if not config["BANK_IBAN"]:
        return []
    reference = record.details.get("payment_reference") or record.number
    found = [
        ("amount", _("Amount"), format_minor(record.residual_minor, record.currency)),
        ("holder", _("Account holder"), config["BANK_HOLDER"] or config["PROVIDER_NAME"]),
        ("iban", _("IBAN"), grouped(config["BANK_IBAN"])),
        ("bic", _("BIC"), config["BANK_BIC"]),
        ("bank", _("Bank"), config["BANK_NAME"]),
        ("reference", _("Reference"), reference),
    ]
    return [fact for fact in found if fact[2]]
