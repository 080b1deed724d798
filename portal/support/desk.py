"""The desk: what staff keep at hand for their work, canned answers and saved views of the queue."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from ..database import Base, Identified, Key, UtcDateTime, Versioned, now


class CannedAnswer(Identified, Versioned, Base):
    """A text for an answer that is given often; Markdown, with {name} and {reference} filled in."""

    __tablename__ = "canned_answers"
    __table_args__ = (Index("ix_canned_answers_title_key", "title_key", "id"),)

    title: Mapped[str] = mapped_column(String(120))
    title_key: Mapped[str] = mapped_column(Key)
    body: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class SavedView(Identified, Base):
    """A filter of the queue under a name: somebody's own, or everybody's where `user_id` is None."""

    __tablename__ = "saved_views"
    __table_args__ = (Index("ix_saved_views_user_id", "user_id", "name"),)

    user_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"))
    name: Mapped[str] = mapped_column(String(80))
    query: Mapped[str] = mapped_column(String(500))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
