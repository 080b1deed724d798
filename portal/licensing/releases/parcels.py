"""Parcels: files as they arrive for a release, sorted out: which package is which, and whose each signature is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, BinaryIO

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from ...errors import Refused
from ...storage import File, clean_name, save
from .filenames import PLAIN, guess, signed_name
from .models import Release

MOST_AT_ONCE = 50
LARGEST_SIGNATURE = 64 * 1024


@dataclass
class Parcel:
    """A package with what is known about it."""

    name: str
    stream: BinaryIO
    edition: str
    platform: str
    number: str
    signature: bytes | None = None
    signature_name: str = ""
    file: File | None = None


def sort_out(
    files: Iterable[tuple[str, BinaryIO]], *, edition: str = "", platform: str = "", field: str = "files"
) -> list[Parcel]:
    """Return the packages among the files, each with its signature if that came along.

    `edition` and `platform` are for a package whose name does not say. Raises Refused (naming `field`).
    """
    named = [(_checked(name, field), stream) for name, stream in files]
    parcels = {name: _parcel(name, stream, edition, platform) for name, stream in named if not signed_name(name)}
    if len(parcels) < sum(not signed_name(name) for name, _stream in named):
        raise Refused(_("Two of the files have the same name."), field=field)
    for name, stream in named:
        if not (signed := signed_name(name)):
            continue
        if signed not in parcels:
            raise Refused(_("%(name)s is a signature, and the file it belongs to is missing.", name=name), field=field)
        parcels[signed].signature, parcels[signed].signature_name = read_signature(stream, field), name
    if not parcels:
        raise Refused(_("Choose at least one package."), field=field)
    if len(parcels) > MOST_AT_ONCE:
        raise Refused(_("At most %(number)d packages at once.", number=MOST_AT_ONCE), field=field)
    for parcel in parcels.values():
        if not (parcel.edition and parcel.platform):
            sentence = _("The name %(name)s does not say edition and platform. Add this file alone, and choose both.",
                         name=parcel.name)  # fmt: skip
            raise Refused(sentence, field=field)
    return list(parcels.values())


def keep(session: Session, parcels: Iterable[Parcel], *, by: Any, field: str = "files") -> None:
    """Store the packages' files with the session's transaction, without asking the database anything.

    Copying them takes long: a transaction that has begun on SQLite would keep everybody else from writing.
    """
    with session.no_autoflush:
        for parcel in parcels:
            parcel.file = save(
                session, parcel.stream, name=parcel.name, purpose="package", customer_id=None,
                by_id=getattr(by, "id", None), limit=current_app.config["RELEASE_LIMIT"], field=field,
            )  # fmt: skip


def add(session: Session, release: Release, parcels: Iterable[Parcel], *, by: Any, field: str = "files") -> None:
    """Make the stored parcels packages of the draft. Raises Refused for one that names another version."""
    for parcel in parcels:
        assert parcel.file is not None, "keep() comes first"
        if parcel.number and parcel.number != release.number:
            sentence = _("%(name)s is a package of %(other)s, not of %(number)s.",
                         name=parcel.name, other=parcel.number, number=release.number)  # fmt: skip
            raise Refused(sentence, field=field)
        release.add(
            session, parcel.file, edition=parcel.edition, platform=parcel.platform, signature=parcel.signature,
            signature_name=parcel.signature_name, by=by,
        )  # fmt: skip


def read_signature(stream: BinaryIO, field: str = "signature") -> bytes:
    """Return a detached signature as it came. Raises Refused for one too large to be one, and for an empty one."""
    content = stream.read(LARGEST_SIGNATURE + 1)
    if not content or len(content) > LARGEST_SIGNATURE:
        raise Refused(_("This is no detached signature: it is empty or far too large."), field=field)
    return content


def _checked(name: str, field: str) -> str:
    name = clean_name(name)
    if not PLAIN.fullmatch(name):
        sentence = _(
            "The name %(name)s cannot be used. Commands hold it: letters, digits and . _ + ~ - only.", name=name
        )
        raise Refused(sentence, field=field)
    return name


def _parcel(name: str, stream: BinaryIO, edition: str, platform: str) -> Parcel:
    found = guess(name)
    return Parcel(name, stream, edition or found.edition, platform or found.platform, found.number)
