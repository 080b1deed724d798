"""Small exports made by hand: a company, its customers, and whatever records a test puts beside them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from portal.erp.fields import FIELDS
from portal.erp.imports import import_from

DEFAULTS: dict[str, dict[str, Any]] = {
    "res.partner": {"active": True, "is_company": False},
    "res.users": {"active": True, "share": True, "lang": "de_DE", "tz": "Europe/Berlin"},
    "sale.order": {
        "state": "sale", "currency_id": [1, "EUR"], "date_order": "2026-01-10 10:00:00", "amount_untaxed": 100.0,
        "amount_tax": 19.0, "amount_total": 119.0, "order_line": [], "create_date": "2026-01-09 10:00:00",
        "invoice_ids": [],
    },
    "purchase.order": {
        "state": "purchase", "currency_id": [1, "EUR"], "date_order": "2026-01-10 10:00:00", "amount_untaxed": 100.0,
        "amount_tax": 19.0, "amount_total": 119.0, "order_line": [],
    },
    "account.move": {
        "state": "posted", "payment_state": "not_paid", "move_type": "out_invoice", "currency_id": [1, "EUR"],
        "invoice_date": "2026-01-12", "amount_untaxed": 100.0, "amount_tax": 19.0, "amount_total": 119.0,
        "amount_residual": 119.0, "invoice_line_ids": [],
    },
    "sale.order.line": {"product_uom_qty": 1.0, "price_unit": 100.0, "price_subtotal": 100.0, "price_total": 119.0,
                        "tax_id": [1], "product_uom": [1, "Units"], "name": "Licence"},
    "purchase.order.line": {"product_qty": 1.0, "price_unit": 100.0, "price_subtotal": 100.0, "price_total": 119.0,
                            "taxes_id": [1], "name": "Line"},
    "account.move.line": {"quantity": 1.0, "price_unit": 100.0, "price_subtotal": 100.0, "price_total": 119.0,
                          "tax_ids": [1], "name": "Licence", "display_type": "product"},
    "project.project": {"active": True, "privacy_visibility": "portal"},
    "project.task": {"active": True, "state": "01_in_progress", "create_date": "2026-01-09 10:00:00"},
    "account.analytic.line": {"date": "2026-01-11", "unit_amount": 2.0, "employee_id": [1, "Hanna"]},
}  # fmt: skip

COMPANY, RED, BLUE, ROB = 1, 10, 20, 11
"""The provider itself, two customers, and a contact of the first."""


class Export:
    """A folder of records that can be changed and written again."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.models: dict[str, dict[int, Any]] = {model: {} for model in FIELDS}
        self.left_out: set[str] = set()
        self.add("res.company", 1, name="Own & Söhne", partner_id=[COMPANY, "Own"])
        self.add("res.currency", 1, name="EUR")
        self.add("res.currency", 2, name="JPY")
        self.add("res.country", 1, name="Germany", code="DE")
        self.add("account.tax", 1, name="19 %")
        self.add("uom.uom", 1, name="Units")
        self.add("hr.employee", 1, name="Hanna")
        self.company(COMPANY, "Own & Söhne")
        self.company(RED, "Red Größe GmbH & Co. KG", city="Köln", country_id=[1, "Germany"])
        self.company(BLUE, "Blue")
        self.contact(ROB, RED, "Rob", email="rob@red.example")

    def add(self, model: str, key: int, **fields: Any) -> dict[str, Any]:
        """Put a record in place, or change fields of the one that is there."""
        record = self.models[model].setdefault(
            key, dict.fromkeys(FIELDS[model], False) | DEFAULTS.get(model, {}) | {"id": key}
        )
        record.update(fields)
        return record

    def company(self, key: int, name: str, **fields: Any) -> None:
        """Put a company in place."""
        self.add("res.partner", key, name=name, is_company=True, commercial_partner_id=[key, name], **fields)

    def contact(self, key: int, company: int, name: str, **fields: Any) -> None:
        """Put a contact of a company in place."""
        self.add(
            "res.partner", key, name=name, commercial_partner_id=[company, "?"], parent_id=[company, "?"], **fields
        )

    def person(self, key: int, name: str, **fields: Any) -> None:
        """Put a private person in place."""
        self.add("res.partner", key, name=name, commercial_partner_id=[key, name], **fields)

    def document(self, model: str, key: int, partner: int | bool, *, lines: int = 1, **fields: Any) -> None:
        """Put a document with lines in place."""
        line_model = f"{model}.line"
        back, listed = ("move_id", "invoice_line_ids") if model == "account.move" else ("order_id", "order_line")
        keys = [key * 10 + number for number in range(lines)]
        for line in keys:
            self.add(line_model, line, **{back: [key, "?"]})
        fields = {"name": f"{'INV' if back == 'move_id' else 'S'}{key:05}", listed: keys} | fields
        self.add(model, key, partner_id=[partner, "?"] if partner else False, **fields)

    def drop(self, model: str, key: int) -> None:
        """Let a record vanish."""
        del self.models[model][key]

    def write(self) -> Path:
        """Write the folder, one record a line; a record that is text stands there as it is."""
        self.path.mkdir(exist_ok=True)
        for model, records in self.models.items():
            file = self.path / f"{model}.json"
            file.unlink(missing_ok=True)
            if model not in self.left_out:
                lines = [one if isinstance(one, str) else json.dumps(one) for one in records.values()]
                file.write_text("[\n" + ",\n".join(lines) + "\n]\n")
        return self.path

    def run(self, app: Any) -> Any:
        """Write the folder and import it; return the run."""
        self.write()
        with app.app_context():
            return import_from(str(self.path))
