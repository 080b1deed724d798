"""Releases for tests: added to the open session by the deeds that staff's pages use."""

from __future__ import annotations

import io
import uuid
from typing import Any

from flask import Flask
from sqlalchemy import select

from portal import storage
from portal.accounts.users import User
from portal.database import db
from portal.licensing.releases.fetched import Fetched, Way
from portal.licensing.releases.filenames import guess
from portal.licensing.releases.models import Package, Release

NAMES = {"cre": "raw", "cee": "enterprise", "cce": "cloud", "cme": "managed"}
EVERY = tuple(NAMES)


def deb(number: str, edition: str, platform: str = "jammy") -> str:
    """Return the name of a Debian or Ubuntu package."""
    return f"check-mk-{NAMES[edition]}-{number}_0.{platform}_amd64.deb"


def content(name: str, size: int = 3000) -> bytes:
    """Return what the package of that name holds: different for each."""
    return (name.encode() * (size // len(name) + 1))[:size]


def release(
    number: str, *names: str, editions: tuple[str, ...] = EVERY, platforms: tuple[str, ...] = ("jammy",),
    published: bool = True, notes: str = "", signature: bytes | None = b"signed", size: int = 3000, **values: Any,
) -> Release:  # fmt: skip
    """Add a release, published unless said, with a package for each edition and platform, or those named."""
    session = db.session()
    made = Release.draft(session, number=number, notes=notes, by=None)
    for name in names or [deb(number, edition, platform) for edition in editions for platform in platforms]:
        file = storage.save(
            session, io.BytesIO(content(name, size)), name=name, purpose="package", customer_id=None, by_id=None,
            limit=10_000_000,
        )  # fmt: skip
        said = guess(name)
        made.add(
            session, file, edition=said.edition, platform=said.platform, signature=signature,
            signature_name=f"{name}.asc" if signature else "", by=None,
        )  # fmt: skip
    if published:
        made.publish(session, by=None)
    for field, value in values.items():
        setattr(made, field, value)
    session.flush()
    return made


def shelf(app: Flask, *numbers: str, **values: Any) -> dict[tuple[str, str, str], str]:
    """Publish releases; return the ids of their packages by version, edition and platform."""
    with app.app_context():
        for number in numbers:
            release(number, **values)
        db.session.commit()
        rows = db.session.execute(
            select(Release.number, Package.edition, Package.platform, Package.id).join(Package.release)
        ).all()
        db.session.remove()
    return {(row.number, row.edition, row.platform): str(row.id) for row in rows}


def withdraw(app: Flask, number: str, warning: str) -> None:
    """Withdraw a release."""
    with app.app_context():
        db.session.scalars(select(Release).where(Release.number == number)).one().withdraw(
            db.session(), warning, by=None
        )
        db.session.commit()
        db.session.remove()


def fetched(app: Flask, username: str, package_id: str, times: int = 1) -> None:
    """Put downloads of a person on record."""
    with app.app_context():
        user = db.session.scalars(select(User).where(User.username == username)).one()
        for _time in range(times):
            db.session.add(
                Fetched(
                    package_id=uuid.UUID(package_id), user_id=user.id, customer_id=user.customer_id, way=Way.BROWSER,
                    address="192.0.2.7",
                )
            )  # fmt: skip
        db.session.commit()
        db.session.remove()


def record_of(app: Flask) -> list[tuple[str, str, str]]:
    """Return every download on record: username, file, way."""
    with app.app_context():
        rows = db.session.execute(
            select(User.username, storage.File.name, Fetched.way)
            .join(Fetched, Fetched.user_id == User.id)
            .join(Package, Package.id == Fetched.package_id)
            .join(storage.File, storage.File.id == Package.file_id)
            .order_by(Fetched.id)
        ).all()
        db.session.remove()
    return [(row.username, row.name, str(row.way)) for row in rows]
