"""Files: a row for each, and its content under a random key in the data folder.

A file belongs to the transaction that saved it: what is not committed leaves nothing on the disk.
"""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
import unicodedata
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import quote

from flask import Response, current_app, request
from flask_babel import gettext as _
from sqlalchemy import BigInteger, ForeignKey, Index, String, event
from sqlalchemy.orm import (
    Mapped,
    Session,
    SessionTransaction,
    mapped_column,
    scoped_session,
)
from werkzeug.wsgi import wrap_file

from . import ranges
from .config import MEBIBYTE
from .database import Base, Identified, UtcDateTime, now, uuid7
from .errors import Refused, StorageFull

PRINTED = "printed"
"""The purpose of a PDF the portal made itself: the only files a browser may show in place."""

CHUNK = 256 * 1024
AT_ONCE = 1024 * 1024
"""What is no larger is read and sent at once: for the usual PDF, streaming costs more than the page around it."""

NAME_LENGTH = 200
UNKNOWN_TYPE = "application/octet-stream"
SIGNATURES = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"PK\x03\x04", "application/zip"),
)
DISK_TROUBLE = {errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EFBIG, errno.EROFS}


class File(Identified, Base):
    """A stored file. Its name is for people only; its content never changes."""

    __tablename__ = "files"
    __table_args__ = (Index("ix_files_customer_id", "customer_id"),)

    customer_id: Mapped[str | None] = mapped_column(ForeignKey("customers.id"))
    key: Mapped[str] = mapped_column(String(32), unique=True)
    name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    media_type: Mapped[str] = mapped_column(String(60))
    size: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(String(64))
    purpose: Mapped[str] = mapped_column(String(40))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    created_by: Mapped[uuid.UUID | None] = mapped_column()

    @property
    def path(self) -> Path:
        """Return where the content lies."""
        return _path(self.key)


def save(
    session: Session | scoped_session[Any],
    stream: BinaryIO,
    *,
    name: str,
    purpose: str,
    customer_id: str | None,
    by_id: uuid.UUID | None,
    limit: int,
    field: str = "file",
) -> File:
    """Keep what `stream` holds as a file of `customer_id`, part of the session's transaction.

    `limit` is in bytes. Raises Refused (naming `field`) for more than that, StorageFull when the disk is.
    """
    key = secrets.token_hex(16)
    size, digest, start = _write(_path(key), stream, limit=limit, field=field)
    file = File(
        id=uuid7(),
        customer_id=customer_id,
        key=key,
        name=clean_name(name),
        media_type=media_type(start),
        size=size,
        sha256=digest,
        purpose=purpose,
        created_by=by_id,
    )
    session.add(file)
    _follow(session, _path(key), created=True)
    return file


def remove(session: Session | scoped_session[Any], file: File) -> None:
    """Delete the row with the session's transaction, and the content once that is committed."""
    session.delete(file)
    _follow(session, file.path, created=False)


def open_file(file: File) -> BinaryIO:
    """Open the content for reading."""
    return file.path.open("rb")


def answer(file: File, *, download_name: str | None = None, inline: bool = False, keepable: bool = False) -> Response:
    """Return the response that gives the content, or the part asked for, as a download that no browser interprets.

    A browser may keep what is `keepable`, and asks each time whether it still holds. Raises ValueError when `inline` is
    asked for anything but a PDF of the portal's own making.
    """
    if inline and (file.purpose != PRINTED or file.media_type != "application/pdf"):
        raise ValueError(f"a file of purpose {file.purpose!r} is never shown in place")
    response = Response(mimetype=file.media_type)
    response.headers.set(
        "Content-Disposition", "inline" if inline else "attachment", **_names(clean_name(download_name or file.name))
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["Cache-Control"] = "private, no-cache" if keepable else "private, no-store"
    header, _colon, prefix = current_app.config["SEND_FILES"].partition(":")
    if header and file.size > AT_ONCE:
        response.headers[header] = f"{prefix}/{file.key[:2]}/{file.key}" if prefix else str(file.path)
        return response
    response.set_etag(file.sha256)
    response.last_modified = file.created_at
    if (held := ranges.narrow(response, file.size)) is not None:
        _fill(response, file, held)
    return response


def _fill(response: Response, file: File, held: range) -> None:
    if file.size <= AT_ONCE:
        response.data = file.path.read_bytes()[held.start : held.stop]
        return
    content = open_file(file)
    content.seek(held.start)
    response.direct_passthrough = True
    if len(held) == file.size or "wsgi.file_wrapper" in request.environ:
        response.response = wrap_file(request.environ, content)
    else:
        response.response = _piece(content, len(held))


def _piece(content: BinaryIO, left: int) -> Iterator[bytes]:
    with content:
        while left and (chunk := content.read(min(CHUNK, left))):
            left -= len(chunk)
            yield chunk


def _names(name: str) -> dict[str, str]:
    """Return the parameters that carry a file name in a header: beside others an ASCII one for what knows no more."""
    if name.isascii():
        return {"filename": name}
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return {"filename": plain, "filename*": f"UTF-8''{quote(name, safe='')}"}


def clean_name(name: str) -> str:
    """Return `name` without folders, control and direction characters, in at most 200 characters."""
    name = unicodedata.normalize("NFC", name.replace("\\", "/")).rsplit("/", 1)[-1]
    name = "".join(c for c in name if not unicodedata.category(c).startswith(("C", "Zl", "Zp"))).strip()
    if not name.strip("."):
        return "file"
    stem, dot, ending = name.rpartition(".")
    if stem and len(ending) <= 20:
        return stem[: NAME_LENGTH - len(ending) - 1] + dot + ending
    return name[:NAME_LENGTH]


def media_type(start: bytes) -> str:
    """Return the media type the first bytes prove; what is not on the list is application/octet-stream."""
    for signature, found in SIGNATURES:
        if start.startswith(signature):
            return found
    if start.startswith(b"RIFF") and start[8:12] == b"WEBP":
        return "image/webp"
    return UNKNOWN_TYPE


def _path(key: str) -> Path:
    return Path(current_app.config["DATA"], "files", key[:2], key)


def _write(path: Path, stream: BinaryIO, *, limit: int, field: str) -> tuple[int, str, bytes]:
    """Write the content to `path` as a whole or not at all; return its size, SHA-256 and first bytes."""
    size, digest, start = 0, hashlib.sha256(), b""
    with _clear_failures(), _temporary(path) as part:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as target:
            while chunk := stream.read(CHUNK):
                size += len(chunk)
                if size > limit:
                    message = _("The file is larger than %(limit)s and was not kept.", limit=_size(limit))
                    raise Refused(message, field=field)
                start = start or chunk[:16]
                digest.update(chunk)
                target.write(chunk)
            target.flush()
            os.fsync(target.fileno())
        part.rename(path)
        for folder in (path.parent, path.parent.parent):
            _sync(folder)
    return size, digest.hexdigest(), start


@contextmanager
def _temporary(path: Path) -> Iterator[Path]:
    """Give a name beside `path` to write to; whatever goes wrong, neither of the two stays."""
    part = path.with_name(f"{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        yield part
    except BaseException:
        _unlink(part)
        _unlink(path)
        raise


@contextmanager
def _clear_failures() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno not in DISK_TROUBLE:
            raise
        message = _("The portal has no room to keep files at the moment. Nothing was changed; please try again later.")
        raise StorageFull(message) from error


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _unlink(path: Path) -> None:
    with suppress(OSError):
        path.unlink()


def _size(count: int) -> str:
    return f"{count / MEBIBYTE:.4g} MB" if count >= MEBIBYTE else f"{count / 1024:.4g} kB"


def _follow(session: Session | scoped_session[Any], path: Path, *, created: bool) -> None:
    """Tie `path` to the innermost transaction: created, it goes if that fails; else it goes when all is committed."""
    session = session() if isinstance(session, scoped_session) else session
    transaction = session.get_nested_transaction() or session.get_transaction()
    session.info.setdefault("files", []).append((transaction, path, created))


@event.listens_for(Session, "after_commit")
def _keep(session: Session) -> None:
    followed = session.info.pop("files", None)
    if not followed:
        return
    if nested := session.get_nested_transaction():
        session.info["files"] = [(nested.parent if t is nested else t, path, new) for t, path, new in followed]
        return
    for _transaction, path, created in followed:
        if not created:
            _unlink(path)


@event.listens_for(Session, "after_transaction_end")
def _undo(session: Session, ended: SessionTransaction) -> None:
    followed = session.info.get("files")
    if not followed:
        return
    session.info["files"] = [entry for entry in followed if entry[0] is not ended]
    for transaction, path, created in followed:
        if transaction is ended and created:
            _unlink(path)
