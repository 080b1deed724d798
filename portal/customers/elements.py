"""Element: a piece of setup and to whom it is released. What kinds there are and what they hold: `setup`."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    Select,
    String,
    Text,
    false,
    select,
    text,
    true,
)
from sqlalchemy.orm import Mapped, mapped_column

from ..database import Base, Identified, Key, UtcDateTime, Versioned, now
from .ownership import Reader

_LIVE = text("archived_at IS NULL")


class Release(StrEnum):
    """To which sites an element goes. `unassigned` is a rule pack whose rules each say so themselves."""

    CUSTOMER = "customer"
    GLOBAL = "global"
    GENERAL = "general"
    UNASSIGNED = "unassigned"


class Element(Identified, Versioned, Base):
    """A piece of setup: `kind` and `key` name it, `body` holds what its kind's form holds, `sealed` its one secret.

    Not `Owned`: Global, general and unassigned ones have no customer, and no customer's person ever reads setup. A rule
    in a pack that has a customer carries that customer too, so that what a site gets is one condition for all kinds.
    """

    __tablename__ = "elements"
    __table_args__ = (
        CheckConstraint("(release = 'customer') = (customer_id IS NOT NULL)", name="release"),
        CheckConstraint("release IN ('customer', 'global', 'general', 'unassigned')", name="releases"),
        CheckConstraint("release <> 'unassigned' OR kind = 'rule-packs'", name="unassigned"),
        Index("ux_elements_key", "kind", "key", unique=True, sqlite_where=_LIVE, postgresql_where=_LIVE),
        Index("ix_elements_title", "kind", "title_key", "id", sqlite_where=_LIVE, postgresql_where=_LIVE),
        Index("ix_elements_customer_id", "customer_id", "kind", sqlite_where=_LIVE, postgresql_where=_LIVE),
        Index("ix_elements_release", "release", "kind", sqlite_where=_LIVE, postgresql_where=_LIVE),
        Index("ix_elements_pack_id", "pack_id", "position"),
    )

    read_by_staff: ClassVar[str] = "setup.read"

    kind: Mapped[str] = mapped_column(String(30))
    key: Mapped[str] = mapped_column(String(64))
    title: Mapped[str] = mapped_column(String(200))
    title_key: Mapped[str] = mapped_column(Key)
    release: Mapped[str] = mapped_column(String(12))
    customer_id: Mapped[str | None] = mapped_column(ForeignKey("customers.id"))
    pack_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("elements.id"))
    """Of a rule: the pack it stands in."""
    position: Mapped[int] = mapped_column(default=0)
    is_enabled: Mapped[bool] = mapped_column(default=True)
    body: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    sealed: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @classmethod
    def seen_by(cls, reader: Reader) -> ColumnElement[bool]:
        """Return the condition under which `reader` sees an element: staff who may see setup, all; others none."""
        return true() if cls.read_by_staff in reader.verbs else false()

    @classmethod
    def visible_to(cls, reader: Reader) -> Select[Element]:
        """Return a select of the live elements `reader` may see."""
        return select(cls).where(cls.seen_by(reader), cls.archived_at.is_(None))

    @property
    def scope(self) -> str:
        """Return whose sites a change of this element touches; see `setup.changes`."""
        return f"customer:{self.customer_id}" if self.customer_id else self.release
