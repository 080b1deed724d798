"""Files are kept whole or not at all, and never interpreted by a browser."""

from __future__ import annotations

import errno
import hashlib
import os
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from flask_babel import Babel
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import config, storage
from portal.customers.models import Customer
from portal.database import db
from portal.errors import Refused, StorageFull

MEBIBYTE = 1024 * 1024


@pytest.fixture
def app(tmp_path: Path):
    app = Flask(__name__)
    app.config.update(config.load({"DATA": tmp_path, "DATABASE_URL": ""}))
    Babel(app)
    db.init_app(app)
    with app.app_context():
        for table in (Customer.__table__, storage.File.__table__):
            table.create(db.engine)
        db.session.add(Customer(id="acme", name="Acme", name_key="acme"))
        db.session.commit()
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def session(app):
    with Session(db.engine, expire_on_commit=False) as session:
        yield session


def keep(session, content=b"some content", **kwargs):
    settings = {"name": "reason.txt", "purpose": "evidence", "customer_id": "acme", "by_id": None, "limit": MEBIBYTE}
    stream = BytesIO(content) if isinstance(content, bytes) else content
    return storage.save(session, stream, **{**settings, **kwargs})


def on_disk(app) -> list[Path]:
    return [path for path in (app.config["DATA"] / "files").rglob("*") if path.is_file()]


def test_a_committed_file_is_there_with_its_size_and_digest(app, session):
    file = keep(session, b"x" * 700_000)
    session.commit()

    stored = session.scalars(select(storage.File)).one()
    with storage.open_file(stored) as content:
        assert content.read() == b"x" * 700_000
    assert (stored.size, stored.customer_id) == (700_000, "acme")
    assert stored.sha256 == hashlib.sha256(b"x" * 700_000).hexdigest()
    assert on_disk(app) == [file.path]
    assert oct(file.path.stat().st_mode & 0o777) == "0o600"


def test_two_files_of_the_same_content_share_nothing(app, session):
    assert keep(session).path != keep(session).path
    session.commit()
    assert len(on_disk(app)) == 2


@pytest.mark.parametrize("end", [Session.rollback, Session.close])
def test_without_a_commit_nothing_stays(app, session, end):
    keep(session)
    session.flush()
    end(session)
    assert on_disk(app) == []


def test_a_request_that_ends_without_a_commit_leaves_nothing(app):
    keep(db.session)
    db.session.remove()
    assert on_disk(app) == []


def test_a_rolled_back_savepoint_takes_only_its_own_file(app, session):
    kept = keep(session)
    savepoint = session.begin_nested()
    keep(session)
    savepoint.rollback()
    session.commit()
    assert on_disk(app) == [kept.path]


def test_a_released_savepoint_still_depends_on_the_whole(app, session):
    with session.begin_nested():
        keep(session)
    assert len(on_disk(app)) == 1
    session.rollback()
    assert on_disk(app) == []


def test_a_removed_file_goes_when_that_is_committed(app, session):
    file = keep(session)
    session.commit()

    storage.remove(session, file)
    session.rollback()
    assert on_disk(app) == [file.path]

    storage.remove(session, file)
    session.commit()
    assert on_disk(app) == []
    assert session.scalars(select(storage.File)).all() == []


def test_a_file_at_the_limit_is_kept_and_one_byte_more_is_not(app, session):
    keep(session, b"x" * MEBIBYTE, limit=MEBIBYTE)
    with pytest.raises(Refused, match=r"larger than 1 MB and was not kept") as refusal:
        keep(session, b"x" * (MEBIBYTE + 1), limit=MEBIBYTE, field="evidence")
    assert refusal.value.field == "evidence"
    assert len(on_disk(app)) == 1


@pytest.mark.parametrize("call", ["open", "fsync"])
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EIO])
def test_a_full_disk_is_said_clearly_and_leaves_nothing(app, session, monkeypatch, call, number):
    def fail(*_args, **_kwargs):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(storage.os, call, fail)
    with pytest.raises(StorageFull, match="no room"):
        keep(session)
    monkeypatch.undo()
    session.commit()
    assert on_disk(app) == []
    assert session.scalars(select(storage.File)).all() == []


def test_a_full_disk_halfway_leaves_nothing(app, session):
    class Breaking(BytesIO):
        def read(self, size=-1):
            if self.tell() > MEBIBYTE:
                raise OSError(errno.ENOSPC, "No space left on device")
            return super().read(size)

    with pytest.raises(StorageFull):
        keep(session, Breaking(b"x" * 3 * MEBIBYTE), limit=9 * MEBIBYTE)
    assert on_disk(app) == []


def test_an_upload_that_breaks_off_leaves_nothing(app, session):
    class Gone(BytesIO):
        def read(self, size=-1):
            raise ConnectionResetError("the client went away")

    with pytest.raises(ConnectionResetError):
        keep(session, Gone())
    assert on_disk(app) == []


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("report.pdf", "report.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\ada\\Rückgabe.docx", "Rückgabe.docx"),
        ("a\r\nSet-Cookie: x=1.txt", "aSet-Cookie: x=1.txt"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("\x00", "file"),
        ("..", "file"),
        ("", "file"),
        ("x" * 300 + ".pdf", "x" * 196 + ".pdf"),
        ("x" * 300, "x" * 200),
    ],
)
def test_names_are_for_people_only(given, kept):
    assert storage.clean_name(given) == kept


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"%PDF-1.7 ...", "application/pdf"),
        (b"\x89PNG\r\n\x1a\n...", "image/png"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"),
        (b"PK\x03\x04", "application/zip"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "application/octet-stream"),
        (b"<!doctype html><script>", "application/octet-stream"),
        (b"MZ\x90\x00", "application/octet-stream"),
        (b"", "application/octet-stream"),
    ],
)
def test_the_content_decides_the_type_not_the_name(app, session, content, found):
    assert keep(session, content, name="picture.png").media_type == found


def test_what_people_uploaded_is_a_download_no_browser_interprets(app, session):
    file = keep(session, b"<script>alert(1)</script>", name='Beleg "März".html')
    with app.test_request_context():
        response = storage.answer(file)
        response.direct_passthrough = False
        assert response.get_data() == b"<script>alert(1)</script>"
        response.close()
    assert response.headers["Content-Type"] == "application/octet-stream"
    assert response.headers["Content-Disposition"].startswith("attachment; ")
    assert "filename*=UTF-8''Beleg%20%22M%C3%A4rz%22.html" in response.headers["Content-Disposition"]
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert response.headers["Cache-Control"] == "private, no-store"


def test_only_our_own_pdfs_are_shown_in_place(app, session):
    ours = keep(session, b"%PDF-1.7", purpose=storage.PRINTED)
    theirs = keep(session, b"%PDF-1.7")
    with app.test_request_context():
        response = storage.answer(ours, download_name="Invoice 7.pdf", inline=True)
        response.close()
        with pytest.raises(ValueError, match="never shown in place"):
            storage.answer(theirs, inline=True)
    assert response.headers["Content-Disposition"] == 'inline; filename="Invoice 7.pdf"'
