"""Purchase: the sales order a subscription was bought with, and the invoices that belong to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import String, bindparam, select, union_all
from sqlalchemy.orm import Session, aliased

from ..records import prepared
from ..text import number_key
from .models import Document, DocumentKind, DocumentLink

KEY, NUMBER = bindparam("number_key", type_=String()), bindparam("number", type_=String())


@dataclass(frozen=True)
class Purchase:
    """What was bought with: the order's number, and its rows where the reader finds the order in the portal."""

    number: str
    documents: list[Any]

    @property
    def order(self) -> Any:
        """Return the order, or None where the portal does not have it."""
        return self.documents[0] if self.documents else None

    @property
    def person(self) -> str:
        """Return who signed the order, or else whom it names, at the customer."""
        return self.order.details.get("signed_by") or self.order.contact if self.order else ""


def of(session: Session, reader: Any, subscription: Any) -> Purchase | None:
    """Return with what a subscription was bought; None without an order and for who reads no commercial documents."""
    if not subscription.order_number or not {"commercial.read", "documents.read"} & reader.verbs:
        return None
    values = prepared.parameters(reader, subscription.customer_id)
    values |= {"number": subscription.order_number, "number_key": number_key(subscription.order_number)}
    rows = prepared.run(session, _statement(reader.verbs), values).all()
    orders = [row for row in rows if row.kind == DocumentKind.SALES_ORDERS]
    bills = sorted((row for row in rows if row not in orders), key=lambda row: (row.date, row.number))
    return Purchase(subscription.order_number, orders + bills)


@prepared.prepared
def _statement(reader: Any) -> Any:
    order, shown = aliased(Document), (
        "id", "kind", "type", "number", "date", "due_on", "due_key", "state", "currency", "total_minor",
        "residual_minor", "contact", "details",
    )  # fmt: skip

    def is_it(model: Any) -> tuple[Any, ...]:
        return (
            model.customer_id == prepared.CUSTOMER, model.kind == DocumentKind.SALES_ORDERS,
            model.number_key == KEY, model.number == NUMBER, model.archived_at.is_(None), model.seen_by(reader),
        )  # fmt: skip

    columns = [getattr(Document, name) for name in shown]
    bills = (
        select(*columns)
        .join(DocumentLink, DocumentLink.to_id == Document.id)
        .join(order, order.id == DocumentLink.from_id)
        .where(*is_it(order), Document.kind == DocumentKind.INVOICES, Document.archived_at.is_(None))
        .where(Document.seen_by(reader))
    )
    return union_all(select(*columns).where(*is_it(Document)), bills)
