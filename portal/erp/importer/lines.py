"""Lines of documents: read before their documents, which take them whole or not at all."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _

from .. import values
from ..rows import Record
from ..values import Bad
from .world import World, minor, short

DISPLAYS = {"product": "line", "line_section": "section", "line_subsection": "section", "line_note": "note"}


@dataclass(frozen=True)
class Columns:
    """What the fields of a line model are called."""

    model: str
    parent: str
    quantity: str
    unit: str
    taxes: str
    delivered: str = ""
    invoiced: str = ""


SALE = Columns(
    "sale.order.line", "order_id", "product_uom_qty", "product_uom", "tax_id", "qty_delivered", "qty_invoiced"
)
PURCHASE = Columns(
    "purchase.order.line", "order_id", "product_qty", "product_uom", "taxes_id", "qty_received", "qty_invoiced"
)
MOVE = Columns("account.move.line", "move_id", "quantity", "product_uom_id", "tax_ids")


class Lines:
    """All lines of one model, by the document they name, until that one takes them."""

    def __init__(self, world: World, columns: Columns) -> None:
        self.world, self.columns = world, columns
        self._of: dict[int, list[Record]] = defaultdict(list)
        tally = world.tally(columns.model)
        for record in world.records(columns.model):
            try:
                parent = values.many2one(record, columns.parent)
                if parent is None:
                    raise Bad(columns.parent, _("There is none."))
                if not _is_shown(record):
                    tally.hide(record.key, "bookkeeping")
                    continue
            except Bad as bad:
                world.refuse(record, columns.model, bad)
                continue
            self._of[parent[0]].append(record)
            if columns is SALE:
                world.order_of_line[record.key] = parent[0]

    def take(self, document: int, listed: list[int], currency: str, customer_id: str | None) -> list[dict[str, Any]]:
        """Return the rows of a document's lines, in order. Raises `Bad` when one is bad, missing or not listed."""
        records = self._of[document]
        there = {record.key for record in records}
        missing = [key for key in listed if key not in there]
        if missing:
            raise Bad("lines", _("Line %(id)s is not there, or could not be read.", id=missing[0]))
        if listed and len(there) > len(listed):
            raise Bad("lines", _("Line %(id)s names it, but not the other way round.", id=min(there - {*listed})))
        rows, bad = [], None
        for record in records:
            try:
                rows.append((values.whole(record, "sequence", default=0), record.key, self._row(record, currency)))
            except Bad as found:
                bad = found
                self.world.refuse(record, self.columns.model, found, customer_id)
        if bad is not None:
            raise Bad("lines", _("A line of it is broken: %(why)s", why=str(bad)))
        rows.sort(key=lambda row: row[:2])
        return [{"position": position, **row} for position, (_sequence, _key, row) in enumerate(rows, start=1)]

    def shown(self, document: int) -> int:
        """Count the lines of a document as shown; return how many they are."""
        records = self._of.pop(document, [])
        for record in records:
            self.world.tally(self.columns.model).show(record.key)
        return len(records)

    def hidden(self, document: int, reason: str) -> None:
        """Count the lines of a document that is not shown."""
        tally = self.world.tally(self.columns.model)
        for record in self._of.pop(document, []):
            if record.key not in tally.refused_keys:
                tally.hide(record.key, reason)

    def finish(self, known: set[int]) -> None:
        """Report the lines whose document nobody has heard of; `known` are the documents the source speaks of."""
        for document in list(self._of):
            if document in known:
                self.hidden(document, "document_refused")
                continue
            for record in self._of.pop(document):
                why = Bad(self.columns.parent, _("%(id)s is not there.", id=document))
                self.world.refuse(record, self.columns.model, why)

    def _row(self, record: Record, currency: str) -> dict[str, Any]:
        columns, zero = self.columns, Decimal(0)
        kind = record.get("display_type")
        display = "line" if kind in (False, None) else DISPLAYS[kind]
        row: dict[str, Any] = {
            "display": display, "text": _text(record), "quantity": zero, "unit": "", "unit_price": zero,
            "discount": zero, "taxes": "", "untaxed_minor": 0, "total_minor": 0, "delivered": None, "invoiced": None,
        }  # fmt: skip
        if display != "line":
            return row
        unit = self.world.named(record, columns.model, columns.unit, "uom.uom")
        self.world.named(record, columns.model, "product_id", "product.product")
        return row | {
            "quantity": values.decimal(record, columns.quantity),
            "unit": short(columns.unit, unit, 60),
            "unit_price": values.decimal(record, "price_unit"),
            "discount": values.decimal(record, "discount", default=zero),
            "taxes": self.world.taxes(record, columns.model, columns.taxes),
            "untaxed_minor": minor(record, "price_subtotal", currency, exact=False),
            "total_minor": minor(record, "price_total", currency, exact=False),
            "delivered": values.decimal(record, columns.delivered, default=zero) if columns.delivered else None,
            "invoiced": values.decimal(record, columns.invoiced, default=zero) if columns.invoiced else None,
        }


def _is_shown(record: Record) -> bool:
    """Tell a line people see from one of the bookkeeping (taxes, due dates, cost of goods). Raises `Bad`."""
    kind = record.get("display_type")
    if kind in (False, None):
        return True
    if not isinstance(kind, str):
        raise Bad("display_type", _("It should be text."))
    return kind in DISPLAYS


def _text(record: Record) -> str:
    text = values.text(record, "name")
    if text is None:
        product = values.many2one(record, "product_id")
        text = product[1] if product else ""
    return text
