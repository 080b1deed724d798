"""Releases: versions of the software, the packages they consist of, and what staff may do with them."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from ... import storage
from ...audit.models import record
from ...customers.subscriptions import EDITIONS
from ...database import Base, Identified, Key, UtcDateTime, Versioned, now
from ...errors import Refused
from ...jobs import enqueue
from ...storage import File
from .filenames import PLATFORM
from .versions import STABILITIES, Stability, parse

__all__ = ["EDITION_NAMES", "FREE", "MARKS", "STABILITIES", "STATES", "Package", "Release", "Stability"]

FREE = "cre"
"""The edition that needs no subscription."""
EDITION_NAMES = {FREE: "Checkmk Raw", **{str(edition): name for edition, name in EDITIONS.items()}}
MARKS = {
    "": _l("No mark"),
    "security": _l("Security fixes"),
    "important": _l("Important"),
    "end_of_life": _l("End of life"),
}
STATES = {"draft": _l("Draft"), "published": _l("Published"), "withdrawn": _l("Withdrawn")}
MOST_NOTES = 100_000


class Release(Identified, Versioned, Base):
    """A version. A draft until it is published; withdrawn, nobody gets it any more and who took it is warned.

    `version_key` sorts versions as people do ("2.4.0p9" before "2.4.0p10"), `line` is what they have in common
    ("2.4"). `mark` is a word of caution or praise that stands beside it, one of `MARKS`.
    """

    __tablename__ = "releases"
    __table_args__ = (
        CheckConstraint("stability IN ('stable', 'beta', 'innovation')", name="stability"),
        CheckConstraint("mark IN ('', 'security', 'important', 'end_of_life')", name="mark"),
        CheckConstraint("withdrawn_at IS NULL OR published_at IS NOT NULL", name="withdrawn"),
        Index("ix_releases_version_key", "version_key", "id"),
    )

    number: Mapped[str] = mapped_column(String(40), unique=True)
    version_key: Mapped[str] = mapped_column(Key)
    line: Mapped[str] = mapped_column(String(20))
    stability: Mapped[Stability] = mapped_column(String(20), default=Stability.STABLE)
    mark: Mapped[str] = mapped_column(String(20), default="")
    notes: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    warning: Mapped[str] = mapped_column(Text, default="")
    packages: Mapped[list[Package]] = relationship(back_populates="release", order_by="Package.id")

    @property
    def state(self) -> str:
        """Return which of `STATES` it is in."""
        return "withdrawn" if self.withdrawn_at else "published" if self.published_at else "draft"

    @classmethod
    def draft(cls, session: Session, *, number: str, stability: str = "", notes: str = "", by: Any) -> Release:
        """Add a draft; its number says how stable it is unless `stability` does."""
        release = cls()
        release._describe(session, number, stability or parse(number).stability, notes)
        session.add(release)
        session.flush()
        release._record(session, "release.drafted", by=by)
        return release

    def change(self, session: Session, *, number: str, stability: str, notes: str, by: Any) -> None:
        """Change the notes, and as long as it is a draft its number and stability too."""
        if self.published_at and (number, stability) != (self.number, self.stability):
            raise Refused(_("A published release keeps its number and stability."), field="number")
        self._describe(session, number, stability, notes)
        self._touch()
        self._record(session, "release.changed", by=by)

    def add(
        self, session: Session, file: File, *, edition: str, platform: str, signature: bytes | None = None,
        signature_name: str = "", by: Any,
    ) -> Package:  # fmt: skip
        """Add a package to the draft. Raises Refused when there is one for this edition and platform."""
        self.check_draft()
        package = Package(file=file, signature=signature, signature_name=signature_name)
        with session.no_autoflush:
            self._place(package, edition, platform)
        self.packages.append(package)
        self._touch()
        self._record(session, "release.package_added", by=by, file=file.name)
        session.flush()
        return package

    def move(self, session: Session, package: Package, *, edition: str, platform: str, by: Any) -> None:
        """Correct which edition and platform a package of the draft is for."""
        self.check_draft()
        self._place(package, edition, platform)
        self._touch()
        self._record(session, "release.package_moved", by=by, file=package.file.name)

    def remove(self, session: Session, package: Package, *, by: Any) -> None:
        """Take a package, and its file, out of the draft."""
        self.check_draft()
        self._touch()
        self._record(session, "release.package_removed", by=by, file=package.file.name)
        self.packages.remove(package)
        session.delete(package)
        session.flush()
        storage.remove(session, package.file)

    def discard(self, session: Session, *, by: Any) -> None:
        """Delete the draft with its packages: nobody outside has ever seen it."""
        self.check_draft()
        for package in list(self.packages):
            self.remove(session, package, by=by)
        self._record(session, "release.discarded", by=by)
        session.flush()
        session.delete(self)

    def publish(self, session: Session, *, by: Any) -> None:
        """Let customers have it; from here on its packages never change."""
        self.check_draft()
        if not self.packages:
            raise Refused(_("Add a package first: a release without packages gives nobody anything."))
        self.published_at = now()
        self._touch()
        self._record(session, "release.published", by=by)

    def mark_as(self, session: Session, mark: str, *, by: Any) -> None:
        """Put a mark beside the version, or take it away."""
        if mark != self.mark:
            self.mark = mark
            self._touch()
            self._record(session, "release.marked", by=by, mark=mark)

    def withdraw(self, session: Session, warning: str, *, by: Any) -> None:
        """Let nobody have it any more; who downloaded it reads the warning in the portal and in a mail."""
        if not self.published_at or self.withdrawn_at:
            raise Refused(_("Only a published release can be withdrawn."))
        if not warning.strip():
            raise Refused(_("Say why and what to do: whoever downloaded it reads this."), field="warning")
        self.withdrawn_at, self.warning = now(), warning.strip()
        self._touch()
        self._record(session, "release.withdrawn", by=by)
        enqueue(session, "licensing.warn", release_id=str(self.id))

    def _describe(self, session: Session, number: str, stability: str, notes: str) -> None:
        version = parse(number)
        if version.stability is not Stability.STABLE and stability == Stability.STABLE:
            raise Refused(_("%(number)s is no stable version by its number.", number=number), field="stability")
        if len(notes) > MOST_NOTES:
            raise Refused(_("These notes are too long."), field="notes")
        with session.no_autoflush:
            if session.scalar(select(Release.id).where(Release.number == version.number, Release.id != self.id)):
                raise Refused(_("There is a release %(number)s already.", number=version.number), field="number")
        self.number, self.version_key, self.line = version.number, version.key, version.line
        self.stability, self.notes = Stability(stability), notes.replace("\r\n", "\n").strip()

    def _place(self, package: Package, edition: str, platform: str) -> None:
        if edition not in EDITION_NAMES:
            raise Refused(_("Choose an edition."), field="edition")
        if not PLATFORM.fullmatch(platform):
            raise Refused(_("A platform is a short code such as jammy or el9."), field="platform")
        if any(p is not package and (p.edition, p.platform) == (edition, platform) for p in self.packages):
            sentence = _("There is a package of %(edition)s for %(platform)s already.",
                         edition=EDITION_NAMES[edition], platform=platform)  # fmt: skip
            raise Refused(sentence, field="platform")
        package.edition, package.platform = edition, platform

    def check_draft(self) -> None:
        """Raise Refused once it is published."""
        if self.published_at:
            raise Refused(_("The packages of a published release never change."))

    def _touch(self) -> None:
        """Change the row with whatever belongs to it, so that of two people at once one is told."""
        self.changed_at = now()

    def _record(self, session: Session, tag: str, *, by: Any, **data: Any) -> None:
        record(session, tag, by=by, customer_id=None, release=str(self.id), number=self.number, **data)


class Package(Identified, Base):
    """A file of a release, for one edition and platform, with its detached signature as it came."""

    __tablename__ = "packages"
    __table_args__ = (Index("ux_packages_place", "release_id", "edition", "platform", unique=True),)

    release_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("releases.id"))
    release: Mapped[Release] = relationship(back_populates="packages")
    edition: Mapped[str] = mapped_column(String(10))
    platform: Mapped[str] = mapped_column(String(40))
    file_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("files.id"))
    file: Mapped[File] = relationship()
    signature: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    signature_name: Mapped[str] = mapped_column(String(200), default="")

    def sign(self, signature: bytes) -> None:
        """Keep a detached signature, under the file's name and the ending that such ones have."""
        self.signature = signature
        self.signature_name = self.file.name + (".asc" if signature.startswith(b"-----BEGIN") else ".sig")
