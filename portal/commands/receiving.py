"""Operators' command about mail that comes in: what a mail server runs for every mail to the support address."""

from __future__ import annotations

import hashlib
import os
import sys
from typing import BinaryIO

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy.exc import SQLAlchemyError

from ..database import db, now
from ..errors import StorageFull
from ..support import inbound

TAKEN, NO_MAIL, TRY_AGAIN = os.EX_OK, os.EX_DATAERR, os.EX_TEMPFAIL
CHUNK = 1024 * 1024


@click.command("receive-mail")
@with_appcontext
def receive_mail() -> None:
    """Take one mail from standard input, and put what it answers into its ticket.

    Ends with 0 when nothing is left to do, 65 when there was no mail, and 75 when the mail server is to keep the mail
    and try again (sysexits.h): the database is away, the disk is full.
    """
    try:
        raw, is_cut = _read(sys.stdin.buffer, current_app.config["INBOUND_LIMIT"])
        sys.exit(_receive(raw, is_cut=is_cut) if raw.strip() else NO_MAIL)
    except (SQLAlchemyError, StorageFull, OSError) as error:
        current_app.logger.error("A mail is to come again: %s", type(error).__name__)
        sys.exit(TRY_AGAIN)
    except Exception:  # whatever it is, the mail server keeps the mail
        current_app.logger.exception("A mail is to come again")
        sys.exit(TRY_AGAIN)


def _receive(raw: bytes, *, is_cut: bool) -> int:
    session = db.session()
    try:
        outcome = inbound.take(session, raw, is_cut=is_cut)
        session.commit()
    except inbound.TooMany:
        session.rollback()
        outcome = f"A mail waits in {_put_aside(raw)}: its ticket got too many within an hour"
    current_app.logger.warning("%s", outcome)
    click.echo(outcome)
    return TAKEN


def _read(stream: BinaryIO, limit: int) -> tuple[bytes, bool]:
    """Return no more than `limit` bytes and whether there were more; all is read, for whoever writes to finish."""
    raw = stream.read(limit)
    is_cut = False
    while stream.read(CHUNK):
        is_cut = True
    return raw, is_cut


def _put_aside(raw: bytes) -> str:
    """Keep a mail as a file in the folder `held`, from which it can be given to this command again."""
    folder = current_app.config["DATA"] / "held"
    folder.mkdir(mode=0o700, exist_ok=True)
    path = folder / f"{now():%Y%m%dT%H%M%SZ}-{hashlib.sha256(raw).hexdigest()[:16]}.eml"
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(raw)
        file.flush()
        os.fsync(file.fileno())
    return str(path)
