"""`backup` and `restore`: everything a portal is, in one file, taken while it runs."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import click
from flask import current_app
from flask.cli import with_appcontext
from flask_migrate import upgrade
from sqlalchemy import Engine, delete, func, inspect, select

from .. import isolation
from ..accounts.session_rows import SessionRow
from ..accounts.tokens import Token
from ..accounts.users import User
from ..customers.models import Customer
from ..database import db, now, reading
from ..leases import Job
from ..locks import alone
from ..mail import Mail
from ..migration import known, present
from ..storage import File
from . import archive

COUNTED = {"customers": Customer, "people": User, "files": File, "mails": Mail}


@click.command("backup")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--without-key", is_flag=True, help="Leave out the keys that sign and seal.")
@with_appcontext
def backup(file: Path, without_key: bool) -> None:
    """Write database, files and keys to FILE (tar.gz) while the portal runs."""
    data = Path(current_app.config["DATA"])
    if file.exists():
        raise click.ClickException(f"{file} is already there")
    kind = db.engine.dialect.name
    keys = [] if without_key else [name for name in archive.KEYS if (data / name).exists()]
    with _staging(data) as folder:
        _link_files(data, folder)
        counts = _counts()
        _snapshot(folder / archive.DATABASES[kind])
        _link_files(data, folder)
        manifest = {"made_at": now().isoformat(), "database": kind, "revision": present(), "counts": counts}
        with archive.writing(file) as target:
            archive.add_manifest(target, manifest)
            target.add(folder / archive.DATABASES[kind], archive.DATABASES[kind])
            for path in sorted((folder / "files").rglob("*")):
                if path.is_file():
                    target.add(path, str(path.relative_to(folder)))
            for name in keys:
                target.add(data / name, name)
    click.echo(f"Kept {_sentence(counts)} in {file}.")
    if keys:
        click.echo(
            f"In it are {' and '.join(keys)}: whoever has the file can read and sign as the portal. Keep it safe."
        )
    if archive.SECRET not in keys:
        click.echo("The key is not in it: keep keys/secret or PORTAL_SECRET_KEY elsewhere, or what it sealed is lost.")


@click.command("restore")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@with_appcontext
def restore(file: Path) -> None:
    """Put FILE, a backup, into an empty portal. All sessions and one-time links end."""
    data = Path(current_app.config["DATA"])
    engine = db.engine
    with alone(), _staging(data) as folder:
        if _tables(engine) or any((data / "files").rglob("*")):
            raise click.ClickException(f"the portal in {data} is not empty; name an empty folder: PORTAL_DATA=…")
        try:
            manifest = archive.unpack(file, folder)
        except archive.Unusable as reason:
            raise click.ClickException(str(reason)) from None
        _check(manifest, engine)
        _load(folder / archive.DATABASES[engine.dialect.name], data)
        if (folder / "files").exists():
            shutil.copytree(folder / "files", data / "files", dirs_exist_ok=True)
        keys = [name for name in archive.KEYS if (folder / name).exists()]
        for name in keys:
            (folder / name).replace(data / name)
        upgrade()
        ended = _end_secrets()
    click.echo(f"Restored {_sentence(_counts())}, as of {manifest['made_at']}.")
    click.echo(f"Ended {ended[0]} sessions and {ended[1]} one-time links; {ended[2]} mails with links stay unsent.")
    if archive.SECRET not in keys:
        click.echo("The backup held no key: put the old one into keys/secret, or what it sealed stays closed.")


def _counts() -> dict[str, int]:
    with reading():
        counts = {
            name: db.session.scalar(select(func.count()).select_from(model)) or 0 for name, model in COUNTED.items()
        }
        db.session.rollback()
    return counts


def _sentence(counts: dict[str, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in counts.items())


@contextmanager
def _staging(data: Path) -> Iterator[Path]:
    """Give a folder on the data folder's own disk, where a link costs no room; it is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix=".backup-", dir=data) as name:
        yield Path(name)


def _link_files(data: Path, folder: Path) -> None:
    """Take every file there is now: called before and after the database, so that it misses none of its files."""
    for path in (data / "files").rglob("*"):
        target = folder / path.relative_to(data)
        if path.is_file() and path.suffix != ".part" and not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            with suppress(FileNotFoundError):
                os.link(path, target)


def _snapshot(path: Path) -> None:
    """Write the database as of one moment."""
    engine = db.engine
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection, reading():
            raw: Any = connection.connection.driver_connection
            raw.execute("VACUUM INTO ?", (str(path),))
        return
    arguments = ("--format=custom", "--no-owner", "--no-privileges", "--enable-row-security", f"--file={path}")
    _postgresql("pg_dump", *arguments)


def _load(path: Path, data: Path) -> None:
    engine = db.engine
    if engine.dialect.name == "sqlite":
        engine.dispose()
        for name in ("portal.db-wal", "portal.db-shm"):
            (data / name).unlink(missing_ok=True)
        path.replace(data / "portal.db")
        return
    _postgresql("pg_restore", "--exit-on-error", "--no-owner", "--no-privileges", "--dbname={}", str(path))


def _postgresql(program: str, *arguments: str) -> None:
    """Run one of PostgreSQL's programs on the portal's database; the password stays out of the process list."""
    found = shutil.which(program)
    if not found:
        raise click.ClickException(f"{program} is missing: install postgresql-client of the server's version")
    url = db.engine.url
    # Row-level security holds for the tables' owner too: the whole is seen by whoever asks for every customer.
    environment = {**os.environ, "PGOPTIONS": f"-c {isolation.SETTING}={isolation.EVERY}"}
    if url.password:
        environment["PGPASSWORD"] = url.password
    address = url.set(drivername="postgresql", password=None).render_as_string(hide_password=False)
    if not any("{}" in argument for argument in arguments):
        arguments = (*arguments, "--dbname={}")
    command = [found, *(argument.replace("{}", address) for argument in arguments)]
    result = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if result.returncode:
        reason = result.stderr.strip().splitlines()[-1:] or ["no reason given"]
        raise click.ClickException(f"{program} failed: {reason[0]}")


def _check(manifest: dict[str, Any], engine: Engine) -> None:
    if manifest["database"] != engine.dialect.name:
        message = f"this backup is of {manifest['database']}, this portal is on {engine.dialect.name}"
        raise click.ClickException(message)
    if not known(manifest["revision"]):
        raise click.ClickException("this backup is of a newer portal than this one; install that version first")


def _tables(engine: Engine) -> list[str]:
    with reading():
        return inspect(engine).get_table_names()


def _end_secrets() -> tuple[int, int, int]:
    """End sessions, unused tokens, and mails that would carry such a token; return how many of each."""
    session = db.session()
    sessions: Any = session.execute(delete(SessionRow))
    tokens: Any = session.execute(delete(Token).where(Token.used_at.is_(None)))
    reason = "The portal was restored from a backup; the link in this message no longer works."
    waiting = session.scalars(select(Mail).where(Mail.sealed.is_not(None), Mail.state == "waiting")).all()
    for mail in waiting:
        mail.failed_at, mail.error, mail.sealed = now(), reason, None
    kept = {str(mail.id) for mail in waiting}
    for job in session.scalars(select(Job).where(Job.kind == "mail.send", Job.done_at.is_(None))):
        if job.payload.get("mail_id") in kept:
            job.failed_at, job.error = now(), reason
    session.commit()
    return sessions.rowcount, tokens.rowcount, len(waiting)
