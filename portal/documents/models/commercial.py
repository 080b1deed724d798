"""Commercial documents: quotations, sales orders, purchase orders, invoices, bills and credit notes.

One table, so that a quotation that becomes an order keeps its row and its id. Texts stay as the ERP gave them,
states are codes, amounts are minor units of the document's currency.
"""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    ColumnElement,
    Date,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    and_,
)
from sqlalchemy.orm import Mapped, mapped_column

from ...customers.models import Imported, of_shown, origin_index
from ...customers.ownership import Owned
from ...database import Base, ExactDecimal, Identified, Key, UtcDateTime, Versioned
from ...text import without_tags


class DocumentKind(StrEnum):
    """The commercial kinds, as they stand in addresses."""

    QUOTATIONS = "quotations"
    SALES_ORDERS = "sales-orders"
    PURCHASE_ORDERS = "purchase-orders"
    INVOICES = "invoices"


class InvoiceType(StrEnum):
    """What an entry of invoices & bills is; the last two are the customer's own documents to the provider."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"
    BILL = "bill"
    VENDOR_CREDIT = "vendor_credit"


STATES: dict[DocumentKind, tuple[str, ...]] = {
    DocumentKind.QUOTATIONS: ("open", "cancelled"),
    DocumentKind.SALES_ORDERS: ("confirmed", "cancelled"),
    DocumentKind.PURCHASE_ORDERS: ("requested", "confirmed", "done", "cancelled"),
    DocumentKind.INVOICES: ("open", "partial", "in_payment", "paid", "reversed", "cancelled"),
}
"""The states kept per kind; "expired" and "overdue" follow from `due_on` and today."""

UNPAID = ("open", "partial")


class Document(Identified, Versioned, Owned, Imported, Base):
    """A commercial document of one customer.

    `due_on` is the last day of a quotation, the promised day of an order, the day an invoice is to be paid.
    `details` holds what only some kinds have, each key only where there is a value: "billing" and "shipping" (lists
    of address lines), "delivery_on", "planned_on", "approved_on", "booked_on" (ISO days), "signed_by", "signed_on"
    (ISO moment, UTC), "payment_reference", "origin", "invoice_status" (the ERP's code). `note` is HTML as it came.
    `words` is what search finds beyond number, title and reference: the texts of the lines.
    """

    __tablename__ = "documents"
    __table_args__ = (
        UniqueConstraint("id", "customer_id"),
        CheckConstraint("kind IN ('quotations', 'sales-orders', 'purchase-orders', 'invoices')", name="kind"),
        of_shown("ix_documents_date", "customer_id", "kind", "date", "id"),
        of_shown("ix_documents_number", "customer_id", "kind", "number_key", "id"),
        of_shown("ix_documents_total", "customer_id", "kind", "total_minor", "id"),
        of_shown("ix_documents_state", "customer_id", "kind", "state", "id"),
        of_shown("ix_documents_due", "customer_id", "kind", "due_key", "id"),
        of_shown("ix_documents_unpaid", "customer_id", "kind", "state", "due_key"),
        origin_index("documents"),
    )

    read_by_customer: ClassVar[str] = "commercial.read"
    read_by_staff: ClassVar[str] = "documents.read"

    kind: Mapped[DocumentKind] = mapped_column(String(20))
    type: Mapped[str] = mapped_column(String(20), default="")
    state: Mapped[str] = mapped_column(String(20))
    number: Mapped[str] = mapped_column(String(120))
    number_key: Mapped[str] = mapped_column(Key)
    title: Mapped[str] = mapped_column(Text, default="")
    reference: Mapped[str] = mapped_column(Text, default="")
    date: Mapped[dt.date] = mapped_column(Date)
    due_on: Mapped[dt.date | None] = mapped_column(Date)
    due_key: Mapped[dt.date] = mapped_column(Date)
    currency: Mapped[str] = mapped_column(String(3))
    untaxed_minor: Mapped[int] = mapped_column(BigInteger)
    tax_minor: Mapped[int] = mapped_column(BigInteger)
    total_minor: Mapped[int] = mapped_column(BigInteger)
    residual_minor: Mapped[int | None] = mapped_column(BigInteger)
    contact: Mapped[str] = mapped_column(Text, default="")
    salesperson: Mapped[str] = mapped_column(Text, default="")
    payment_terms: Mapped[str] = mapped_column(Text, default="")
    note: Mapped[str] = mapped_column(Text, default="")
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    words: Mapped[str] = mapped_column(Text, default="")
    changed_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    archived_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)

    @property
    def search_kind(self) -> str:
        """Return the kind under which search finds it."""
        return str(self.kind)

    def search_text(self) -> str:
        """Return the text whose words find it."""
        parts = (self.number, self.reference, self.title, self.contact, self.words, without_tags(self.note))
        return "\n".join(parts)

    @classmethod
    def is_overdue(cls, today: Any) -> ColumnElement[bool]:
        """Return the condition that an invoice to the customer is unpaid after its day."""
        return and_(
            cls.kind == DocumentKind.INVOICES, cls.type == InvoiceType.INVOICE,
            cls.state.in_(UNPAID), cls.due_key < today,
        )  # fmt: skip

    @classmethod
    def is_expired(cls, today: dt.date) -> ColumnElement[bool]:
        """Return the condition that a quotation can no longer be accepted."""
        return and_(cls.kind == DocumentKind.QUOTATIONS, cls.state == "open", cls.due_key < today)


class DocumentLine(Identified, Owned, Base):
    """A line of a document: an article, a section's title or a note (`display`)."""

    __tablename__ = "document_lines"
    __table_args__ = (
        ForeignKeyConstraint(
            ["document_id", "customer_id"], ["documents.id", "documents.customer_id"],
            name="fk_document_lines_document", ondelete="CASCADE",
        ),
        Index("ix_document_lines_document", "document_id", "position"),
    )  # fmt: skip

    read_by_customer: ClassVar[str] = "commercial.read"
    read_by_staff: ClassVar[str] = "documents.read"

    document_id: Mapped[uuid.UUID] = mapped_column()
    position: Mapped[int] = mapped_column(Integer)
    display: Mapped[str] = mapped_column(String(20), default="line")
    text: Mapped[str] = mapped_column(Text)
    quantity: Mapped[Decimal] = mapped_column(ExactDecimal, default=Decimal(0))
    unit: Mapped[str] = mapped_column(String(60), default="")
    unit_price: Mapped[Decimal] = mapped_column(ExactDecimal, default=Decimal(0))
    discount: Mapped[Decimal] = mapped_column(ExactDecimal, default=Decimal(0))
    taxes: Mapped[str] = mapped_column(String(200), default="")
    untaxed_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    total_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    delivered: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    invoiced: Mapped[Decimal | None] = mapped_column(ExactDecimal)


class DocumentLink(Owned, Base):
    """A link from one document to another of the same customer: order to invoice, invoice to credit note."""

    __tablename__ = "document_links"
    __table_args__ = (
        ForeignKeyConstraint(
            ["from_id", "customer_id"], ["documents.id", "documents.customer_id"],
            name="fk_document_links_from", ondelete="CASCADE",
        ),
        ForeignKeyConstraint(
            ["to_id", "customer_id"], ["documents.id", "documents.customer_id"],
            name="fk_document_links_to", ondelete="CASCADE",
        ),
        Index("ix_document_links_to_id", "to_id"),
    )  # fmt: skip

    read_by_customer: ClassVar[str] = "commercial.read"
    read_by_staff: ClassVar[str] = "documents.read"

    from_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    to_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    meaning: Mapped[str] = mapped_column(String(20))
