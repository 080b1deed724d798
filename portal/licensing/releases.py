"""Releases: versions of the software, and the packages they consist of."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum

from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..customers.subscriptions import EDITIONS
from ..database import Base, Identified, Key, UtcDateTime, Versioned, now
from ..storage import File

FREE = "cre"
"""The edition that needs no subscription."""
EDITION_NAMES = {FREE: "Checkmk Raw", **{str(edition): name for edition, name in EDITIONS.items()}}


class Stability(StrEnum):
    """How far a release may be trusted; only stable ones are recommended."""

    STABLE = "stable"
    BETA = "beta"
    INNOVATION = "innovation"


STABILITIES = {
    Stability.STABLE: _l("Stable"),
    Stability.BETA: _l("Beta"),
    Stability.INNOVATION: _l("Innovation"),
}


class Release(Identified, Versioned, Base):
    """A version. A draft until it is published; withdrawn, nobody gets it any more and who took it is warned.

    `version_key` sorts versions as people do ("2.4.0p9" before "2.4.0p10"). `mark` is a word of caution or praise that
    stands beside it ("security", "important", "end_of_life"), or empty.
    """

    __tablename__ = "releases"
    __table_args__ = (
        CheckConstraint("stability IN ('stable', 'beta', 'innovation')", name="stability"),
        Index("ix_releases_version_key", "version_key", "id"),
    )

    number: Mapped[str] = mapped_column(String(40), unique=True)
    version_key: Mapped[str] = mapped_column(Key)
    stability: Mapped[Stability] = mapped_column(String(20), default=Stability.STABLE)
    mark: Mapped[str] = mapped_column(String(20), default="")
    notes: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    warning: Mapped[str] = mapped_column(Text, default="")
    packages: Mapped[list[Package]] = relationship(back_populates="release", order_by="Package.id")


class Package(Identified, Base):
    """A file of a release, for one edition and platform; `signature` is detached, as its file's text."""

    __tablename__ = "packages"
    __table_args__ = (Index("ux_packages_place", "release_id", "edition", "platform", unique=True),)

    release_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("releases.id"))
    release: Mapped[Release] = relationship(back_populates="packages")
    edition: Mapped[str] = mapped_column(String(10))
    platform: Mapped[str] = mapped_column(String(40))
    file_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("files.id"))
    file: Mapped[File] = relationship()
    signature: Mapped[str] = mapped_column(Text, default="")
    signature_name: Mapped[str] = mapped_column(String(200), default="")
