"""One process at a time: what migrates, founds or restores a portal waits for whoever does so already."""

from __future__ import annotations

import fcntl
import threading
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TextIO

from flask import current_app
from sqlalchemy import text

from .database import db

NUMBER = 0x706F7274616C
"""The advisory lock's number on PostgreSQL: "portal" in ASCII."""

_held = threading.local()


@contextmanager
def alone() -> Iterator[None]:
    """Hold the portal for this thread, in its data folder and in its database; waits, and may be nested."""
    depth = getattr(_held, "depth", 0)
    with ExitStack() as stack:
        if depth == 0:
            file = stack.enter_context((Path(current_app.config["DATA"]) / "start.lock").open("w"))
            fcntl.flock(file, fcntl.LOCK_EX)
            if db.engine.dialect.name == "postgresql":
                connection = stack.enter_context(db.engine.connect())
                # Given back with the connection, so that a process that dies leaves nothing locked.
                connection.execution_options(isolation_level="AUTOCOMMIT")
                connection.execute(text("SELECT pg_advisory_lock(:number)"), {"number": NUMBER})
                stack.callback(connection.execute, text("SELECT pg_advisory_unlock(:number)"), {"number": NUMBER})
        _held.depth = depth + 1
        try:
            yield
        finally:
            _held.depth = depth


@contextmanager
def tried(name: str) -> Iterator[bool]:
    """Hold a lock of its own for what must not run twice at once; yield False, and hold nothing, where it is held."""
    with ExitStack() as stack:
        if db.engine.dialect.name == "postgresql":
            connection = stack.enter_context(db.engine.connect())
            connection.execution_options(isolation_level="AUTOCOMMIT")
            number = {"number": NUMBER ^ zlib.crc32(name.encode())}
            is_free = bool(connection.scalar(text("SELECT pg_try_advisory_lock(:number)"), number))
            if is_free:
                stack.callback(connection.execute, text("SELECT pg_advisory_unlock(:number)"), number)
        else:
            file = stack.enter_context((Path(current_app.config["DATA"]) / f"{name}.lock").open("w"))
            is_free = _flocked(file)
        yield is_free


def _flocked(file: TextIO) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
