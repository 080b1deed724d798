"""Customer: an organisation with a fixed ID. The provider is one too, and cannot be deleted."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any, ClassVar

from flask_babel import gettext as _
from sqlalchemy import CheckConstraint, Index, String, Text, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from ..audit.models import record
from ..database import Base, Key, UtcDateTime, Versioned, now
from ..errors import Refused
from ..text import sort_key
from . import uses

PROVIDER = "provider"
RESERVED = {"global", "new"}
"""IDs no customer can have; `reserve` adds the literal siblings of a customer's address."""


def reserve(ids: Iterable[str]) -> None:
    """Keep IDs from being given to a customer."""
    RESERVED.update(id.lower() for id in ids)


class Imported:
    """A row an import may have brought: `(source, source_model, source_id)` says from where, the hash what it held."""

    source: Mapped[str | None] = mapped_column(String(40))
    source_model: Mapped[str | None] = mapped_column(String(60))
    source_id: Mapped[str | None] = mapped_column(String(60))
    source_hash: Mapped[str | None] = mapped_column(String(64))
    imported_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


def origin_index(table: str) -> Index:
    """Return the unique index on where a row came from."""
    return Index(f"ux_{table}_origin", "source", "source_model", "source_id", unique=True)


def of_shown(name: str, *columns: str) -> Index:
    """Return an index of the rows that are shown, so that lists and their counts need to look at nothing else."""
    shown = text("archived_at IS NULL")
    return Index(name, *columns, sqlite_where=shown, postgresql_where=shown)


class Customer(Versioned, Imported, Base):
    """An organisation the provider serves, or the provider itself (`provider`)."""

    __tablename__ = "customers"
    __table_args__ = (
        CheckConstraint("id <> 'global' AND id <> 'new'", name="id_reserved"),
        Index("ix_customers_name_key", "name_key", "id"),
        origin_index("customers"),
    )

    ID_PATTERN: ClassVar[str] = r"[a-zA-Z_][-a-zA-Z0-9_]*"
    ID_LENGTH: ClassVar[int] = 64

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    name_key: Mapped[str] = mapped_column(Key)
    street: Mapped[str] = mapped_column(String(200), default="")
    street2: Mapped[str] = mapped_column(String(200), default="")
    zip: Mapped[str] = mapped_column(String(40), default="")
    city: Mapped[str] = mapped_column(String(120), default="")
    country: Mapped[str] = mapped_column(String(2), default="")
    vat: Mapped[str] = mapped_column(String(60), default="")
    email: Mapped[str] = mapped_column(String(254), default="")
    phone: Mapped[str] = mapped_column(String(60), default="")
    website: Mapped[str] = mapped_column(String(200), default="")
    note: Mapped[str] = mapped_column(Text, default="")
    tickets_seen_by: Mapped[str] = mapped_column(String(20), default="company", server_default="company")
    """Who sees a new ticket unless its opener says otherwise: all who hold the right, or the opener alone."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    deleted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """A deleted customer is a tombstone: archived too, found nowhere, and its ID stays taken."""

    COMPANY_DATA: ClassVar[tuple[str, ...]] = (
        "street", "street2", "zip", "city", "country", "vat", "email", "phone", "website",
    )  # fmt: skip

    @classmethod
    def check_id(cls, id: str) -> None:
        """Raise `Refused` when the ID is malformed or reserved."""
        if not re.fullmatch(cls.ID_PATTERN, id, re.ASCII):
            raise Refused(
                _("An ID consists of letters, digits, dash and underscore and starts with a letter or underscore."),
                field="id",
            )
        if len(id) > cls.ID_LENGTH:
            raise Refused(_("An ID has at most %(number)d characters.", number=cls.ID_LENGTH), field="id")
        if id.lower() in RESERVED:
            raise Refused(_("The ID “%(id)s” is reserved. Choose another.", id=id), field="id")

    @classmethod
    def create(cls, session: Session, *, id: str, name: str, by: Any, **data: str) -> Customer:
        """Add a customer; raise `Refused` naming the field when the ID is malformed, reserved or taken."""
        id, name = id.strip(), " ".join(name.split())
        cls.check_id(id)
        if not name:
            raise Refused(_("A customer needs a name."), field="name")
        taken = Refused(_("There is already a customer with the ID “%(id)s”.", id=id), field="id")
        if session.get(cls, id) is not None:
            raise taken
        customer = cls(id=id, name=name, name_key=sort_key(name), **data)
        try:
            with session.begin_nested():
                session.add(customer)
        except IntegrityError:
            raise taken from None
        record(session, "customer.created", by=by, customer_id=id, name=name)
        return customer

    def change(self, session: Session, *, by: Any, **values: str) -> None:
        """Set name and company data; record which fields changed, with their old and new values."""
        changed = {}
        for field, value in values.items():
            if field not in ("name", *self.COMPANY_DATA):
                raise KeyError(field)
            value = " ".join(value.split())
            if getattr(self, field) != value:
                changed[field] = [getattr(self, field), value]
                setattr(self, field, value)
        if not self.name:
            raise Refused(_("A customer needs a name."), field="name")
        self.name_key = sort_key(self.name)
        if changed:
            record(session, "customer.changed", by=by, customer_id=self.id, changed=changed)

    def archive(self, session: Session, *, by: Any) -> None:
        """Hide the customer from lists and end its people's access; the provider cannot be archived."""
        if self.id == PROVIDER:
            raise Refused(_("The provider cannot be archived."))
        if self.archived_at is None:
            self.archived_at = now()
            record(session, "customer.archived", by=by, customer_id=self.id)

    def restore(self, session: Session, *, by: Any) -> None:
        """Bring an archived customer back; a deleted one stays deleted."""
        if self.archived_at is not None and self.deleted_at is None:
            self.archived_at = None
            record(session, "customer.restored", by=by, customer_id=self.id)

    def delete(self, session: Session, *, by: Any) -> None:
        """Delete the customer, whose ID stays taken; raise `InUse` while anything belongs to it, never the provider."""
        if self.id == PROVIDER:
            raise Refused(_("The provider cannot be deleted."))
        session.execute(select(Customer.id).where(Customer.id == self.id).with_for_update())
        if found := uses.find(session, self.id):
            raise uses.InUse(_("%(name)s cannot be deleted: it is still in use.", name=self.name), found)
        if self.deleted_at is None:
            self.deleted_at = now()
            self.archived_at = self.archived_at or self.deleted_at
            record(session, "customer.deleted", by=by, customer_id=self.id, name=self.name)

    @property
    def address_lines(self) -> list[str]:
        """Return the postal address below the name, without empty lines or country."""
        town = f"{self.zip} {self.city}".strip()
        return [line for line in (self.street, self.street2, town) if line]
