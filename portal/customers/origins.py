"""Origin: an ERP the portal has imported from, and the moment up to which it knows what stands there."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, Session, mapped_column

from ..database import Base, UtcDateTime


class Origin(Base):
    """A source of imported rows: `id` is their `source`, `address` where it was last read from.

    `as_of` is the start of the last import that was finished: what a page may call "as of".
    """

    __tablename__ = "origins"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    company: Mapped[str] = mapped_column(Text, default="")
    address: Mapped[str] = mapped_column(Text)
    as_of: Mapped[datetime | None] = mapped_column(UtcDateTime)


def as_of(session: Session, source: str | None) -> datetime | None:
    """Return up to which moment rows of `source` are known; None for rows nobody imported."""
    origin = session.get(Origin, source) if source else None
    return origin.as_of if origin else None
