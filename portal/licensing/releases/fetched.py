"""Fetched: who downloaded which package, when, from where and in what way."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, ClassVar

from flask_babel import lazy_gettext as _l
from sqlalchemy import ForeignKey, Index, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from ...customers.ownership import Owned, Reader
from ...database import Base, Identified, UtcDateTime, now

SAME_WITHIN = timedelta(days=1)


class Way(StrEnum):
    """How somebody came to the file."""

    BROWSER = "browser"
    LINK = "link"


WAYS = {Way.BROWSER: _l("In the browser"), Way.LINK: _l("With a signed link")}


class Fetched(Identified, Owned, Base):
    """One download; resumed within a day from the same address it is still the same one.

    `dismissed_at` is when its person said that they have read why the release was withdrawn.
    """

    __tablename__ = "downloads"
    __table_args__ = (
        Index("ix_downloads_customer_id", "customer_id", "id"),
        Index("ix_downloads_user_id", "user_id", "id"),
        Index("ix_downloads_package_id", "package_id", "id"),
    )

    read_by_customer: ClassVar[str] = "downloads.use"
    read_by_staff: ClassVar[str] = "releases.read"

    package_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("packages.id"))
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    way: Mapped[Way] = mapped_column(String(20))
    address: Mapped[str] = mapped_column(String(64), default="")
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    dismissed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @classmethod
    def note(
        cls, session: Session, package_id: uuid.UUID, *, by: Reader, way: Way, address: str, is_part: bool
    ) -> None:
        """Put a download on record; a part of one that has begun (`is_part`) belongs to that."""
        if is_part and cls._has_begun(session, package_id, by, address):
            return
        session.add(cls(package_id=package_id, user_id=by.id, customer_id=by.customer_id, way=way, address=address))

    @classmethod
    def _has_begun(cls, session: Session, package_id: uuid.UUID, by: Any, address: str) -> bool:
        begun = cls.seen_by(by), cls.user_id == by.id, cls.package_id == package_id, cls.address == address
        return session.scalar(select(cls.id).where(*begun, cls.at > now() - SAME_WITHIN).limit(1)) is not None
