"""News: what the provider tells everybody: releases, security, and maintenance that stands above every page."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from ...audit.models import record
from ...database import Base, Identified, UtcDateTime, Versioned, now
from ...errors import Refused
from ...jobs import enqueue
from ..releases.models import Release

MOST_TEXT = 100_000
MOST_BANNER = 500
"""Letters of a maintenance's text: it stands above every page."""


class Topic(StrEnum):
    """What a piece of news is about."""

    RELEASE = "release"
    SECURITY = "security"
    MAINTENANCE = "maintenance"


TOPICS = {Topic.RELEASE: _l("Release"), Topic.SECURITY: _l("Security"), Topic.MAINTENANCE: _l("Maintenance")}
PUBLIC = (Topic.RELEASE, Topic.SECURITY)
"""What strangers may read too, in the feed."""
STATES = {"told": _l("Told"), "planned": _l("Planned"), "shown": _l("Shown now"), "over": _l("Over"),
          "withdrawn": _l("Withdrawn")}  # fmt: skip


class News(Identified, Versioned, Base):
    """A piece of news, Markdown. Maintenance stands above every page from `shown_from` to `shown_until`."""

    __tablename__ = "news"
    __table_args__ = (
        CheckConstraint("topic IN ('release', 'security', 'maintenance')", name="topic"),
        CheckConstraint("(topic = 'maintenance') = (shown_until IS NOT NULL)", name="shown"),
        CheckConstraint("shown_from < shown_until", name="order"),
        Index("ix_news_published_at", "published_at", "id"),
        Index("ix_news_topic_shown_until", "topic", "shown_until"),
        Index("ux_news_release_id", "release_id", unique=True),
    )

    topic: Mapped[Topic] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text, default="")
    release_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("releases.id"))
    release: Mapped[Release | None] = relationship()
    author_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"))
    published_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    mailed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    shown_from: Mapped[datetime | None] = mapped_column(UtcDateTime)
    shown_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @classmethod
    def write(
        cls, session: Session, topic: Topic, *, title: str, body: str, shown_from: datetime | None = None,
        shown_until: datetime | None = None, by: Any,
    ) -> News:  # fmt: skip
        """Tell everybody something."""
        moment = now()
        news = cls(topic=topic, author_id=by.id, published_at=moment, changed_at=moment)
        news._describe(title, body, shown_from, shown_until)
        session.add(news)
        session.flush()
        news._record(session, "news.written", by=by)
        return news

    @classmethod
    def announce(cls, session: Session, release: Release, *, by: Any) -> News:
        """Tell everybody of a release, in the words of its notes."""
        moment = now()
        news = cls(topic=Topic.RELEASE, author_id=by.id, release=release, published_at=moment, changed_at=moment)
        news._describe(f"Checkmk {release.number}", release.notes)
        session.add(news)
        session.flush()
        news._record(session, "news.written", by=by)
        return news

    def change(
        self, session: Session, *, title: str, body: str, shown_from: datetime | None = None,
        shown_until: datetime | None = None, by: Any,
    ) -> None:  # fmt: skip
        """Change what it says, and when it stands above every page."""
        self._check_told()
        self._describe(title, body, shown_from, shown_until)
        self.changed_at = now()
        self._record(session, "news.changed", by=by)

    def withdraw(self, session: Session, *, by: Any) -> None:
        """Take it back: nobody but staff reads it any more."""
        self._check_told()
        self.withdrawn_at = self.changed_at = now()
        self._record(session, "news.withdrawn", by=by)

    def mail(self, session: Session, *, by: Any) -> None:
        """Send it to everybody who may download, once. Raises Refused for anything but security news."""
        self._check_told()
        if self.topic != Topic.SECURITY:
            raise Refused(_("Only security news goes out by mail."))
        if self.mailed_at:
            raise Refused(_("This went out by mail already."))
        self.mailed_at = now()
        self._record(session, "news.mailed", by=by)
        enqueue(session, "licensing.tell_news", news_id=str(self.id))

    @property
    def state(self) -> str:
        """Return which of `STATES` it is in."""
        if self.withdrawn_at:
            return "withdrawn"
        if not self.shown_from or not self.shown_until:
            return "told"
        moment = now()
        return "planned" if moment < self.shown_from else "shown" if moment < self.shown_until else "over"

    def _check_told(self) -> None:
        if self.withdrawn_at:
            raise Refused(_("This is withdrawn: nobody reads it any more."))

    def _describe(
        self, title: str, body: str, shown_from: datetime | None = None, shown_until: datetime | None = None
    ) -> None:
        body = body.replace("\r\n", "\n").strip()
        if len(body) > (most := MOST_BANNER if self.topic == Topic.MAINTENANCE else MOST_TEXT):
            raise Refused(_("This text is too long: at most %(number)d letters.", number=most), field="body")
        if self.topic == Topic.MAINTENANCE:
            if not shown_from or not shown_until:
                raise Refused(_("Say from when until when it stands above every page."), field="shown_from")
            if shown_until <= shown_from:
                raise Refused(_("The end must come after the beginning."), field="shown_until")
            self.shown_from, self.shown_until = shown_from, shown_until
        self.title, self.body = title, body

    def _record(self, session: Session, tag: str, *, by: Any) -> None:
        record(session, tag, by=by, customer_id=None, news=str(self.id), title=self.title, topic=str(self.topic))
