"""What the four commercial kinds share: how a document is loaded with its lines, taxes and links."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, and_, select

from ..customers.models import Customer
from ..database import db
from ..money import Money
from ..records import cells
from ..records.kind import Column, Sort, read_date
from .models import Document, DocumentKind, DocumentLine, DocumentLink

FIELDS = (
    Document.id, Document.number, Document.title, Document.reference, Document.date, Document.due_on,
    Document.due_key, Document.state, Document.type, Document.currency, Document.untaxed_minor, Document.total_minor,
    Document.residual_minor, Document.salesperson, Document.contact,
)  # fmt: skip

BY_DATE = Sort("date", _l("Date"), Document.date, descending=True, read=read_date)
BY_NUMBER = Sort("number", _l("Number"), Document.number_key)
BY_AMOUNT = Sort("amount", _l("Amount"), Document.total_minor, read=int)
BY_STATE = Sort("state", _l("State"), Document.state)


NUMBER = Column(
    _l("Number"), cells.linked("number", lambda row: row.reference), lambda row: row.number, "main", "number"
)
DATED = Column(_l("Date"), cells.day("date"), lambda row: row.date, "", "date")
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


def loader(kind: DocumentKind) -> Callable[[Any, uuid.UUID, str | None], dict[str, Any] | None]:
    """Return the function that loads a document of a kind for its detail page and PDF."""

    def load(reader: Any, id: uuid.UUID, customer_id: str | None) -> dict[str, Any] | None:
        query = Document.visible_to(reader).where(Document.id == id, of_kind(kind))
        if customer_id is not None:
            query = query.where(Document.customer_id == customer_id)
        record = db.session.scalar(query)
        return None if record is None else shown(record, reader)

    return load


def became(kind: DocumentKind) -> Callable[[Any, uuid.UUID], str | None]:
    """Return the function that tells which other kind a record of this one has become."""

    def moved(reader: Any, id: uuid.UUID) -> str | None:
        found = db.session.scalar(
            select(Document.kind).where(Document.id == id, Document.seen_by(reader), Document.archived_at.is_(None))
        )
        return str(found) if found is not None and found != kind else None

    return moved


def shown(record: Document, reader: Any) -> dict[str, Any]:
    """Return everything a document's page and PDF show."""
    lines = db.session.execute(
        select(DocumentLine.__table__)
        .where(DocumentLine.document_id == record.id, DocumentLine.seen_by(reader))
        .order_by(DocumentLine.position)
    ).all()
    return {
        "record": record,
        "name": record.number,
        "lines": lines,
        "taxes": taxes(lines),
        "linked": linked(record, reader),
        "customer": db.session.get_one(Customer, record.customer_id),
        "total": Money.from_minor(record.total_minor, record.currency),
    }


def plain(row: Any, name: str, sign: int = 1) -> Decimal | None:
    """Return an amount of a row as a plain decimal, for a CSV."""
    minor = getattr(row, name)
    return None if minor is None else Money.from_minor(minor * sign, row.currency).amount


def taxes(lines: Iterable[Any]) -> list[tuple[str, int, int]]:
    """Return for each tax (or combination) its name, the untaxed amount it is on, and what it makes; minor units."""
    sums: dict[str, list[int]] = {}
    for line in lines:
        if line.display == "line" and (line.taxes or line.total_minor != line.untaxed_minor):
            entry = sums.setdefault(line.taxes, [0, 0])
            entry[0] += line.untaxed_minor
            entry[1] += line.total_minor - line.untaxed_minor
    return [(name, base, tax) for name, (base, tax) in sorted(sums.items())]


def linked(record: Document, reader: Any) -> list[Any]:
    """Return the documents linked with this one, either way, oldest first: (id, kind, type, number, date, state …)."""
    columns = (*FIELDS, Document.kind, DocumentLink.meaning)
    forth = select(*columns, (DocumentLink.from_id == record.id).label("is_later")).join(
        DocumentLink, DocumentLink.to_id == Document.id
    )
    back = select(*columns, (DocumentLink.from_id == record.id).label("is_later")).join(
        DocumentLink, DocumentLink.from_id == Document.id
    )
    both = (
        forth.where(DocumentLink.from_id == record.id, Document.seen_by(reader), Document.archived_at.is_(None)),
        back.where(DocumentLink.to_id == record.id, Document.seen_by(reader), Document.archived_at.is_(None)),
    )
    rows = [row for query in both for row in db.session.execute(query)]
    return sorted(rows, key=lambda row: (row.date, row.number))
