"""What the four commercial kinds share: their columns and sorts, and how a document is loaded."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from flask import current_app
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, and_, func, select, union_all
from sqlalchemy.orm import aliased

from ..customers.models import Customer
from ..customers.subscriptions import today
from ..database import db
from ..money import Money
from ..records import cells, prepared
from ..records.foreign import clean
from ..records.kind import Column, Sort, read_date, read_whole
from . import lines, payment, standing, states
from .models import Document, DocumentKind, DocumentLine, DocumentLink, InvoiceType

FIELDS = (
    Document.id, Document.number, Document.title, Document.reference, Document.date, Document.due_on,
    Document.due_key, Document.state, Document.type, Document.currency, Document.untaxed_minor, Document.total_minor,
    Document.residual_minor, Document.salesperson, Document.contact,
)  # fmt: skip

BY_DATE = Sort("date", _l("Date"), Document.date, descending=True, read=read_date)
BY_NUMBER = Sort("number", _l("Number"), Document.number_key)
BY_AMOUNT = Sort("amount", _l("Amount"), Document.total_minor, read=read_whole)
BY_STATE = Sort("state", _l("State"), Document.state)


NUMBER = Column(
    _l("Number"), cells.linked("number", lambda row: row.reference), lambda row: row.number, "main", "number"
)
DATED = Column(_l("Date"), cells.day("date"), lambda row: row.date, "day", "date")
ABOUT = Column(_l("About"), cells.text("title"), lambda row: row.title, "spare")
TOTAL = Column(_l("Total"), cells.minor("total_minor"), lambda row: plain(row, "total_minor"), "num", "amount")
CURRENCY = Column(_l("Currency"), cells.text("currency"), lambda row: row.currency, "hidden")


def by_due(label: Any) -> Sort:
    """Return the order by the day something is due; what has none stands last."""
    return Sort("due", label, Document.due_key, read=read_date)


def of_kind(kind: DocumentKind) -> ColumnElement[bool]:
    """Return the condition that a document is of a kind and still shown."""
    return and_(Document.kind == kind, Document.archived_at.is_(None))


def in_state(*states: str) -> Callable[[date], ColumnElement[bool]]:
    """Return the filter condition that a document is in one of these states."""
    return lambda _today: Document.state.in_(states)


def loader(kind: DocumentKind) -> Callable[[Any, uuid.UUID, str], dict[str, Any] | None]:
    """Return the function that loads a document of a kind for its detail page and PDF."""

    def load(reader: Any, id: uuid.UUID, customer_id: str) -> dict[str, Any] | None:
        record = prepared.record(db.session(), Document, reader, id, customer_id)
        return shown(record, reader) if record is not None and record.kind == kind else None

    return load


def became(kind: DocumentKind) -> Callable[[Any, uuid.UUID, str], str | None]:
    """Return the function that tells which other kind a record of this one has become."""

    def moved(reader: Any, id: uuid.UUID, customer_id: str) -> str | None:
        found = db.session.scalar(
            select(Document.kind).where(
                Document.id == id, Document.customer_id == customer_id, Document.seen_by(reader),
                Document.kind != kind, Document.archived_at.is_(None),
            )
        )  # fmt: skip
        return None if found is None else str(found)

    return moved


@prepared.prepared
def _lines(reader: Any) -> Any:
    return (
        select(
            DocumentLine.display, DocumentLine.text, DocumentLine.quantity, DocumentLine.unit, DocumentLine.unit_price,
            DocumentLine.discount, DocumentLine.taxes, DocumentLine.untaxed_minor, DocumentLine.total_minor,
            DocumentLine.delivered, DocumentLine.invoiced,
        )
        .where(DocumentLine.document_id == prepared.ID, DocumentLine.seen_by(reader))
        .order_by(DocumentLine.position, DocumentLine.id)
    )  # fmt: skip


def shown(record: Any, reader: Any) -> dict[str, Any]:
    """Return everything a document's page and PDF show."""
    values = prepared.parameters(reader, record.customer_id, record.id)
    session = db.session()
    found = prepared.run(session, _lines(reader.verbs), values).all()
    linked = prepared.run(session, _linked(reader.verbs), values).all()
    day, details = today(), record.details
    return {
        "record": record,
        "name": record.number,
        "title": _("%(what)s %(number)s", what=WHAT[record.kind](record), number=record.number),
        "state": states.of_document(record, day),
        "lasting_state": states.LASTING.get(record.state),
        "standing": STANDING[record.kind](record, day),
        "lines": lines.read(found, record.currency),
        "taxes": lines.taxes(found, record.tax_minor),
        "linked": sorted(linked, key=lambda row: (row.date, row.number)),
        "payment": payment.facts(record) if payment.is_payable(record) else [],
        "billing": details.get("billing", []),
        "shipping": shipping if (shipping := details.get("shipping", [])) != details.get("billing") else [],
        "origin": details.get("origin", ""),
        "signed_by": details.get("signed_by", ""),
        "signed_on": local_day(details.get("signed_on")),
        "note": clean(record.note),
    }


WHAT: dict[str, Callable[[Any], Any]] = {
    DocumentKind.QUOTATIONS: lambda _record: _("Quotation"),
    DocumentKind.SALES_ORDERS: lambda _record: _("Sales order"),
    DocumentKind.PURCHASE_ORDERS: lambda record: (
        _("Request for quotation") if record.state == "requested" else _("Purchase order")
    ),
    DocumentKind.INVOICES: lambda record: states.TYPES[InvoiceType(record.type)],
}
"""What a document calls itself."""

STANDING: dict[str, Callable[[Any, date], standing.Standing]] = {
    DocumentKind.QUOTATIONS: standing.of_quotation,
    DocumentKind.SALES_ORDERS: standing.of_order,
    DocumentKind.PURCHASE_ORDERS: standing.of_purchase,
    DocumentKind.INVOICES: standing.of_invoice,
}


def local_day(moment: str | None) -> date | None:
    """Return the day of an ISO moment in the provider's time zone: the same in every PDF."""
    if not moment:
        return None
    return datetime.fromisoformat(moment).astimezone(ZoneInfo(current_app.config["TIME_ZONE"])).date()


def plain(row: Any, name: str, sign: int = 1) -> Decimal | None:
    """Return an amount of a row as a plain decimal, for a CSV."""
    minor = getattr(row, name)
    return None if minor is None else Money.from_minor(minor * sign, row.currency).amount


@prepared.prepared
def _linked(reader: Any) -> Any:
    """Return the select of the documents linked with one, either way."""
    here, there = (DocumentLink.from_id, DocumentLink.to_id), (DocumentLink.to_id, DocumentLink.from_id)
    ways = [
        select(
            Document.id, Document.kind, Document.type, Document.number, Document.date, Document.due_on,
            Document.due_key, Document.state, Document.currency, Document.total_minor, Document.residual_minor,
        )
        .join(DocumentLink, other == Document.id)
        .where(this == prepared.ID, Document.seen_by(reader), Document.archived_at.is_(None))
        for this, other in (here, there)
    ]  # fmt: skip
    return union_all(*ways)


_other = aliased(Document)


def _versions(this: Any, other: Any) -> Any:
    versions = select(func.coalesce(func.sum(_other.version), 0)).join(DocumentLink, other == _other.id)
    return versions.where(this == Document.id).correlate(Document).scalar_subquery()


PRINTED = (
    select(Customer.version).where(Customer.id == Document.customer_id).correlate(Document).scalar_subquery(),
    _versions(DocumentLink.from_id, DocumentLink.to_id),
    _versions(DocumentLink.to_id, DocumentLink.from_id),
)
"""What a document's PDF shows besides itself: the customer's address and the numbers of linked documents."""
