"""Catalogue: what one person may download now, in the order in which it helps them. Columns only, no entities."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from ...customers.ownership import Reader
from ...storage import File
from ...web import paging
from .entitlement import HIGHEST_FIRST, editions_of
from .fetched import Fetched
from .filenames import platform_name, platform_order
from .models import EDITION_NAMES, FREE, STABILITIES, Package, Release

PER_PAGE = 10
OPEN = Release.published_at.is_not(None), Release.withdrawn_at.is_(None)
"""The conditions under which a release is to be had at all."""

_PACKAGE: Any = (
    select(
        Package.id, Package.release_id, Package.edition, Package.platform, Package.signature_name,
        File.name, File.size, File.sha256, Release.number,
    )
    .join(File, File.id == Package.file_id)
    .join(Release, Release.id == Package.release_id)
)  # fmt: skip


@dataclass(frozen=True)
class Recommended:
    """The release that is best for somebody, and of its packages the one for the platform they took last, if any."""

    number: str
    edition: str
    package: Any
    others: Sequence[Any]
    missing: str
    """The platform they took last, where this release has no package for it."""


@dataclass(frozen=True)
class Wish:
    """What somebody asked for: already reduced to what there is."""

    q: str
    edition: str
    platform: str
    line: str
    stability: str

    @property
    def is_narrowed(self) -> bool:
        """Tell whether anything narrows the list."""
        return bool(self.q or self.edition or self.platform or self.line or self.stability)

    @property
    def packages(self) -> list[ColumnElement[bool]]:
        """Return what narrows the packages shown."""
        found = [Package.edition == self.edition] if self.edition else []
        return found + ([Package.platform == self.platform] if self.platform else [])

    @property
    def releases(self) -> list[ColumnElement[bool]]:
        """Return what narrows the releases shown; every word typed must occur in the version or the notes."""
        found = [Release.line == self.line] if self.line else []
        found += [Release.stability == self.stability] if self.stability else []
        for word in self.q.lower().split():
            either = (
                Release.number.contains(word, autoescape=True),
                func.lower(Release.notes).contains(word, autoescape=True),
            )
            found.append(or_(*either))
        return found


@dataclass(frozen=True)
class Offer:
    """What there is to choose from for the filters."""

    editions: Sequence[str]
    platforms: Sequence[str]
    lines: Sequence[str]

    @property
    def named_editions(self) -> list[tuple[str, str]]:
        """Return the editions as options of a select."""
        return [(edition, EDITION_NAMES[edition]) for edition in self.editions]

    @cached_property
    def platform_names(self) -> dict[str, str]:
        """Return the platforms' names by their codes."""
        return {platform: platform_name(platform) for platform in self.platforms}

    @property
    def named_lines(self) -> list[tuple[str, str]]:
        """Return the lines of versions as options of a select."""
        return [(line, line) for line in self.lines]

    def asked(self) -> Wish:
        """Return what this request's address asks for."""
        return Wish(
            q=paging.searched(),
            edition=paging.chosen("edition", self.editions),
            platform=paging.chosen("platform", self.platforms),
            line=paging.chosen("version", self.lines),
            stability=paging.chosen("stability", [str(one) for one in STABILITIES]),
        )


def find(session: Session, reader: Reader, package_id: uuid.UUID, *options: Any) -> Package | None:
    """Return the package, if this person may have it now: published, not withdrawn, of an edition they have."""
    package = session.scalar(
        select(Package)
        .join(Release, Release.id == Package.release_id)
        .where(Package.id == package_id, *OPEN)
        .options(joinedload(Package.file), contains_eager(Package.release), *options)
    )
    allowed = package is not None and package.edition in editions_of(session, reader) and package.file.path.is_file()
    return package if allowed else None


def offer(session: Session, editions: Sequence[str]) -> Offer:
    """Return what the filters offer to somebody with these editions. One statement."""
    rows = session.execute(
        select(Package.edition, Package.platform, Release.line)
        .join(Release, Release.id == Package.release_id)
        .where(*OPEN, Package.edition.in_(editions))
        .distinct()
    ).all()
    there = {row.edition for row in rows}
    return Offer(
        editions=[edition for edition in editions if edition in there],
        platforms=sorted({row.platform for row in rows}, key=platform_order),
        lines=sorted(
            {row.line for row in rows}, key=lambda line: [int(part) for part in line.split(".")], reverse=True
        ),
    )


def page(session: Session, editions: Sequence[str], wish: Wish) -> paging.Page:
    """Return the page of releases that the address asks for, the newest version first, each with its packages."""
    has = exists().where(Package.release_id == Release.id, Package.edition.in_(editions), *wish.packages)
    statement = select(
        Release.id, Release.number, Release.stability, Release.mark, Release.notes, Release.published_at
    ).where(*OPEN, has, *wish.releases)
    return paging.page(
        session, statement, id=Release.id, keys=[Release.version_key], descending=True, per_page=PER_PAGE
    )


def packages_of(
    session: Session, release_ids: Sequence[uuid.UUID], editions: Sequence[str], wish: Wish
) -> dict[uuid.UUID, list[tuple[str, list[Any]]]]:
    """Return the packages of some releases: for each the editions, the highest first, with the packages of each."""
    rows = session.execute(
        _PACKAGE.where(Package.release_id.in_(release_ids), Package.edition.in_(editions), *wish.packages)
    ).all()
    found: dict[uuid.UUID, list[tuple[str, list[Any]]]] = {}
    for (release_id, edition), some in groupby(sorted(rows, key=_order), lambda row: (row.release_id, row.edition)):
        found.setdefault(release_id, []).append((edition, list(some)))
    return found


def recommend(session: Session, reader: Reader, editions: Sequence[str]) -> Recommended | None:
    """Return the latest stable release of the edition they have. Three statements.

    Of several editions it is the one they took last, else the highest; the free one only where they have no other.
    """
    edition, platform = last_taken(session, reader)
    latest = {
        row.edition: row.key
        for row in session.execute(
            select(Package.edition, func.max(Release.version_key).label("key"))
            .join(Release, Release.id == Package.release_id)
            .where(*OPEN, Release.stability == "stable", Release.mark != "end_of_life", Package.edition.in_(editions))
            .group_by(Package.edition)
        )
    }
    bought = [one for one in editions if one != FREE]
    preferred = [*([edition] if edition in bought else []), *bought, FREE]
    chosen = next((one for one in preferred if one in latest), None)
    if chosen is None:
        return None
    rows = session.execute(_PACKAGE.where(Release.version_key == latest[chosen], Package.edition == chosen)).all()
    others = sorted(rows, key=_order)
    package = next((row for row in others if row.platform == platform), None)
    return Recommended(others[0].number, chosen, package, others, platform if package is None else "")


def last_taken(session: Session, reader: Reader) -> tuple[str, str]:
    """Return edition and platform of what this person downloaded last, else their company; "" for nothing yet."""
    taken = (
        select(Package.edition + " " + Package.platform)
        .join(Fetched, Fetched.package_id == Package.id)
        .where(Fetched.seen_by(reader), Fetched.customer_id == reader.customer_id)
        .order_by(Fetched.id.desc())
        .limit(1)
    )
    own = taken.where(Fetched.user_id == reader.id).scalar_subquery()
    found = session.scalar(select(func.coalesce(own, taken.scalar_subquery())))
    edition, _blank, platform = (found or "").partition(" ")
    return edition, platform


def _numbers(line: str) -> list[int]:
    return [int(part) for part in line.split(".")]


def _order(row: Any) -> tuple[Any, ...]:
    return (str(row.release_id), HIGHEST_FIRST.index(row.edition), platform_order(row.platform), row.name)
