"""A backup taken while the portal runs, and what restoring it gives back and ends."""

from __future__ import annotations

import io
import json
import shutil
import sqlite3
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal import create_app, storage
from portal.accounts import letters
from portal.accounts.session_rows import SessionRow
from portal.accounts.tokens import Token
from portal.accounts.users import User
from portal.database import db
from portal.jobs import work_once
from portal.mail import Mail
from portal.storage import File
from tests.browser import Browser
from tests.postgres import PROGRAMS


@pytest.fixture(autouse=True)
def _programs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", f"{PROGRAMS}:/usr/bin:/bin")


@pytest.fixture
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], Flask]]:
    """Give portals that nobody has filled yet, on the database under test."""
    made: list[Flask] = []

    def make() -> Flask:
        settings: dict[str, Any] = {
            "DATA": tmp_path / f"empty{len(made)}",
            "TESTING": True,
            "BASE_URL": "http://localhost",
        }
        if request.config.getoption("--database") == "postgresql":
            server = request.getfixturevalue("postgres")
            name = f"empty_{tmp_path.name}_{len(made)}".replace("-", "_").lower()
            server.create(name)
            settings["DATABASE_URL"] = server.url(name)
        made.append(create_app(settings))
        return made[-1]

    yield make
    for app in made:
        with app.app_context():
            db.engine.dispose()


def run(app: Flask, *arguments: str, status: int = 0) -> str:
    result = app.test_cli_runner().invoke(args=list(arguments))
    assert result.exit_code == status, result.output
    return result.output


def keep(app: Flask, content: bytes) -> str:
    with app.app_context():
        file = storage.save(
            db.session, io.BytesIO(content), name="letter.txt", purpose="evidence", customer_id="acme", by_id=None,
            limit=1000,
        )  # fmt: skip
        db.session.commit()
        return file.key


def test_everything_comes_back_and_people_sign_in_anew(
    app: Flask, as_: Callable[[str], Browser], empty: Callable[[], Flask], tmp_path: Path
) -> None:
    as_("ada").get("/profile")
    key = keep(app, b"the minutes of the board")
    with app.app_context():
        uma = db.session.scalars(select(User).where(User.username == "uma")).one()
        letters.invite(db.session(), uma, by="Pat")
        db.session.commit()
    told = run(app, "backup", str(tmp_path / "b.tar.gz"))
    assert "4 customers, 12 people, 1 files" in told
    assert (tmp_path / "b.tar.gz").stat().st_mode & 0o077 == 0

    other = empty()
    told = run(other, "restore", str(tmp_path / "b.tar.gz"))
    assert "4 customers, 12 people, 1 files" in told
    assert "Ended 1 sessions and 1 one-time links; 1 mails with links stay unsent." in told
    with other.app_context():
        assert db.session.scalar(select(func.count()).select_from(SessionRow)) == 0
        assert db.session.scalar(select(func.count()).select_from(Token)) == 0
        assert (
            db.session.scalars(select(File).where(File.key == key)).one().path.read_bytes()
            == b"the minutes of the board"
        )
    work_once(other)
    with other.app_context():
        state = db.session.scalars(select(Mail)).one().state
        assert state == "failed", "a mail whose link no longer works was sent"
    Browser(other).sign_in("ada").get("/documents/invoices/")


def test_the_keys_come_along_unless_they_are_left_out(app: Flask, empty: Callable[[], Flask], tmp_path: Path) -> None:
    key = Path(app.config["DATA"]) / "keys" / "secret"
    key.write_text("a" * 64)
    signing = key.with_name("signing.pem")
    signing.write_text("the key that signs")
    assert "In it are keys/secret" in run(app, "backup", str(tmp_path / "with.tar.gz"))
    assert "The key is not in it" in run(app, "backup", str(tmp_path / "without.tar.gz"), "--without-key")

    restored = empty()
    run(restored, "restore", str(tmp_path / "with.tar.gz"))
    assert (Path(restored.config["DATA"]) / "keys" / "secret").read_text() == "a" * 64
    assert (Path(restored.config["DATA"]) / "keys" / "signing.pem").read_text() == "the key that signs"
    restored = empty()
    assert "held no key" in run(restored, "restore", str(tmp_path / "without.tar.gz"))
    assert (Path(restored.config["DATA"]) / "keys" / "secret").read_text() != "a" * 64


def test_nothing_is_overwritten(app: Flask, tmp_path: Path) -> None:
    run(app, "backup", str(tmp_path / "b.tar.gz"))
    before = (tmp_path / "b.tar.gz").read_bytes()
    assert "already there" in run(app, "backup", str(tmp_path / "b.tar.gz"), status=1)
    assert (tmp_path / "b.tar.gz").read_bytes() == before
    assert "is not empty" in run(app, "restore", str(tmp_path / "b.tar.gz"), status=1)
    Browser(app).sign_in("ada")


def test_what_is_no_whole_backup_is_refused_and_changes_nothing(
    app: Flask, empty: Callable[[], Flask], tmp_path: Path
) -> None:
    run(app, "backup", str(tmp_path / "good.tar.gz"))
    other = empty()

    (tmp_path / "text.tar.gz").write_text("no archive")
    assert "cannot be read" in run(other, "restore", str(tmp_path / "text.tar.gz"), status=1)
    whole = (tmp_path / "good.tar.gz").read_bytes()
    (tmp_path / "cut.tar.gz").write_bytes(whole[: len(whole) // 2])
    assert "cannot be read" in run(other, "restore", str(tmp_path / "cut.tar.gz"), status=1)

    for name in ("../outside", "/etc/outside", "files/aa/../../../outside"):
        with tarfile.open(tmp_path / "evil.tar.gz", "w:gz") as archive:
            archive.addfile(tarfile.TarInfo(name))
        assert "which no backup of this portal holds" in run(other, "restore", str(tmp_path / "evil.tar.gz"), status=1)
    with tarfile.open(tmp_path / "link.tar.gz", "w:gz") as archive:
        entry = tarfile.TarInfo("keys/secret")
        entry.type, entry.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(entry)
    assert "which no backup" in run(other, "restore", str(tmp_path / "link.tar.gz"), status=1)

    assert not any((Path(other.config["DATA"]) / "files").rglob("*"))
    run(other, "restore", str(tmp_path / "good.tar.gz"))


def test_a_backup_of_a_newer_portal_is_refused(app: Flask, empty: Callable[[], Flask], tmp_path: Path) -> None:
    run(app, "backup", str(tmp_path / "b.tar.gz"))
    change_list(tmp_path / "b.tar.gz", revision="9999")
    assert "newer portal" in run(empty(), "restore", str(tmp_path / "b.tar.gz"), status=1)


def test_a_backup_of_the_other_database_is_refused(app: Flask, empty: Callable[[], Flask], tmp_path: Path) -> None:
    run(app, "backup", str(tmp_path / "b.tar.gz"))
    change_list(tmp_path / "b.tar.gz", database="another")
    assert "this backup is of another" in run(empty(), "restore", str(tmp_path / "b.tar.gz"), status=1)


def test_a_backup_without_postgresqls_programs_says_what_is_missing(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    if app.config["DATABASE_URL"]:
        assert "pg_dump is missing" in run(app, "backup", str(tmp_path / "b.tar.gz"), status=1)
        assert not (tmp_path / "b.tar.gz").exists()
    else:
        run(app, "backup", str(tmp_path / "b.tar.gz"))
        with tarfile.open(tmp_path / "b.tar.gz") as archive:
            archive.extract("portal.db", tmp_path)
        with sqlite3.connect(tmp_path / "portal.db") as database:
            assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        database.close()


def test_nothing_is_left_in_the_data_folder(app: Flask, tmp_path: Path) -> None:
    run(app, "backup", str(tmp_path / "b.tar.gz"))
    assert not list(Path(app.config["DATA"]).glob(".backup-*"))
    assert [path.name for path in tmp_path.iterdir()] == ["b.tar.gz"]


def change_list(path: Path, **changes: str) -> None:
    """Rewrite the list in front of a backup."""
    folder = path.with_suffix(".d")
    with tarfile.open(path) as archive:
        archive.extractall(folder)
    manifest = folder / "manifest.json"
    manifest.write_text(json.dumps({**json.loads(manifest.read_text()), **changes}))
    with tarfile.open(path, "w:gz") as archive:
        for part in sorted(folder.rglob("*")):
            if part.is_file():
                archive.add(part, str(part.relative_to(folder)))
    shutil.rmtree(folder)
