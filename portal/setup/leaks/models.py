"""Leaks as rows: what was found in which version of what, and whether somebody accepted it."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, SmallInteger, String, Text, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from ...audit.models import record
from ...customers.models import PROVIDER
from ...database import Base, Identified, UtcDateTime, now
from ...errors import Refused

MOST_WORDS = 20
REASON_LENGTH = 1000


class Leak(Identified, Base):
    """One finding in one version of an element, or of a Global user's profile.

    `scope` says whose sites read it, `named_id` which customer it is about; `words` are the first of what was found,
    `count` how many there are. Found again in the same version, it keeps its row, and with it whether it was accepted.
    """

    __tablename__ = "setup_leaks"
    __table_args__ = (
        CheckConstraint("(element_id IS NULL) <> (user_id IS NULL)", name="subject"),
        Index("ix_setup_leaks_element_id", "element_id"),
        Index("ix_setup_leaks_user_id", "user_id"),
        Index("ix_setup_leaks_open", "rank", "id", sqlite_where=text("accepted_at IS NULL"),
              postgresql_where=text("accepted_at IS NULL")),
        Index("ix_setup_leaks_kind", "kind", "rank", "id", sqlite_where=text("accepted_at IS NULL"),
              postgresql_where=text("accepted_at IS NULL")),
        Index("ix_setup_leaks_accepted_at", "accepted_at", sqlite_where=text("accepted_at IS NOT NULL"),
              postgresql_where=text("accepted_at IS NOT NULL")),
    )  # fmt: skip

    element_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("elements.id"))
    user_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"))
    kind: Mapped[str] = mapped_column(String(30))
    """The slug of the element's kind, or `users`."""
    version: Mapped[int] = mapped_column()
    scope: Mapped[str] = mapped_column(String(80))
    sort: Mapped[str] = mapped_column(String(20))
    rank: Mapped[int] = mapped_column(SmallInteger)
    place: Mapped[int] = mapped_column(SmallInteger)
    named_id: Mapped[str | None] = mapped_column(String(64))
    words: Mapped[list[str]] = mapped_column(JSON, default=list)
    count: Mapped[int] = mapped_column()
    digest: Mapped[str] = mapped_column(String(64))
    found_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    accepted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    accepted_by_id: Mapped[uuid.UUID | None] = mapped_column()
    reason: Mapped[str] = mapped_column(Text, default="")

    def accept(self, session: Session, reason: str, *, by: Any) -> None:
        """Say that this may stay as it is, and why; raise `Refused` without a reason or when it was said already."""
        reason = reason.strip()
        if not reason:
            raise Refused(_("Say why this may stay as it is."), field="reason")
        if len(reason) > REASON_LENGTH:
            raise Refused(_("At most %(number)d characters.", number=REASON_LENGTH), field="reason")
        if self.accepted_at is not None:
            raise Refused(_("Somebody has accepted this meanwhile."))
        self.accepted_at, self.accepted_by_id, self.reason = now(), by.id, reason
        self._record(session, "leak.accepted", by=by, reason=reason)

    def reopen(self, session: Session, *, by: Any) -> None:
        """Take the acceptance back."""
        if self.accepted_at is None:
            return
        self.accepted_at, self.accepted_by_id, self.reason = None, None, ""
        self._record(session, "leak.reopened", by=by)

    def _record(self, session: Session, tag: str, *, by: Any, **data: Any) -> None:
        record(
            session, tag, by=by, customer_id=PROVIDER, record_id=self.element_id, subject_id=self.user_id,
            kind=self.kind, sort=self.sort, **data,
        )  # fmt: skip


class Check(Base):
    """Which version of an element, or of a Global user, was searched last."""

    __tablename__ = "setup_leak_checks"

    subject_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column()


class Round(Base):
    """How far the search through everything has come; one row. `known` tells one state of knowledge from another."""

    __tablename__ = "setup_leak_rounds"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    known: Mapped[str] = mapped_column(String(300), default="")
    after: Mapped[uuid.UUID | None] = mapped_column()
    """The last element searched in the round under way; None: none is under way."""
    seconds: Mapped[int] = mapped_column(default=0)
    """How long it has worked, or the last one did."""
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    searched_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When nothing was left that had changed unseen."""
