"""Ownership: every read of customer-owned rows starts from `visible_to(reader)`."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import ClassVar, Protocol, Self

from sqlalchemy import ColumnElement, ForeignKey, Select, String, false, select, true
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from ..access.permissions import PERMISSIONS


class Reader(Protocol):
    """Who reads: a person, or a job that names whom it reads for."""

    @property
    def id(self) -> uuid.UUID | None:
        """Return who it is; None for the portal itself."""

    @property
    def customer_id(self) -> str | None:
        """Return the reader's own customer."""

    @property
    def verbs(self) -> frozenset[str]:
        """Return every verb held."""


@dataclass(frozen=True)
class Portal:
    """The portal itself as a reader: imports, reminders and commands, which see every customer."""

    id: uuid.UUID | None = None
    customer_id: str | None = None
    verbs: frozenset[str] = frozenset(PERMISSIONS)


PORTAL = Portal()


class Owned:
    """A row that belongs to a customer.

    `read_by_customer` and `read_by_staff` are the verbs that open such rows to a customer's own people and to
    the provider's staff; a reader who holds neither sees none.
    """

    read_by_customer: ClassVar[str]
    read_by_staff: ClassVar[str]

    @declared_attr
    def customer_id(cls) -> Mapped[str]:
        """Return the owner's column."""
        return mapped_column(String(64), ForeignKey("customers.id"), nullable=False)

    @classmethod
    def seen_by(cls, reader: Reader) -> ColumnElement[bool]:
        """Return the condition under which `reader` sees a row: for statements that select columns."""
        if cls.read_by_staff in reader.verbs:
            return true()
        if cls.read_by_customer in reader.verbs and reader.customer_id is not None:
            return cls.customer_id == reader.customer_id
        return false()

    @classmethod
    def visible_to(cls, reader: Reader) -> Select[Self]:
        """Return a select of the rows that `reader` may see: where every read starts."""
        return select(cls).where(cls.seen_by(reader))
