"""News: what the provider tells everybody: releases, security, and maintenance that stands above every page."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum

from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from ..database import Base, Identified, UtcDateTime, Versioned, now


class Topic(StrEnum):
    """What a piece of news is about."""

    RELEASE = "release"
    SECURITY = "security"
    MAINTENANCE = "maintenance"


TOPICS = {Topic.RELEASE: _l("Release"), Topic.SECURITY: _l("Security"), Topic.MAINTENANCE: _l("Maintenance")}


class News(Identified, Versioned, Base):
    """A piece of news, Markdown. Maintenance stands above every page from `shown_from` to `shown_until`."""

    __tablename__ = "news"
    __table_args__ = (
        CheckConstraint("topic IN ('release', 'security', 'maintenance')", name="topic"),
        Index("ix_news_published_at", "published_at", "id"),
        Index("ix_news_topic_shown_until", "topic", "shown_until"),
    )

    topic: Mapped[Topic] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text, default="")
    release_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("releases.id"))
    author_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    published_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    shown_from: Mapped[datetime | None] = mapped_column(UtcDateTime)
    shown_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
