"""The database: one declarative base, the column types every model uses, and how transactions begin.

SQLite runs in WAL mode with foreign keys on. A transaction there begins IMMEDIATE unless the code says it
only reads (`reading()`): a deferred one that reads first and then writes fails at once when another writes.
"""

from __future__ import annotations

import os
import sqlite3
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from flask import Flask
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import BigInteger, DateTime, Engine, MetaData, String, event
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    Session,
    declared_attr,
    mapped_column,
)
from sqlalchemy.types import TypeDecorator

_read_only: ContextVar[bool] = ContextVar("read_only", default=False)
_stopped: ContextVar[_Stopped | None] = ContextVar("stopped", default=None)


class Base(DeclarativeBase):
    """The base of every model; constraints get predictable names so that migrations can speak of them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})
migrate = Migrate(render_as_batch=True)


def uuid7() -> uuid.UUID:
    """Return a UUID of version 7 (RFC 9562, method 3): time to a quarter of a microsecond, then 62 random bits.

    Those made by one process sort in the order in which they were made.
    """
    if stopped := _stopped.get():
        stopped.ids += 1
        tick = (int(stopped.moment.timestamp() * 1000) << 12) + stopped.ids
    else:
        nanoseconds = time.time_ns()
        tick = nanoseconds // 1_000_000 << 12 | nanoseconds % 1_000_000 * 4096 // 1_000_000
        with _tick_lock:
            _last_tick[0] = tick = max(tick, _last_tick[0] + 1)
    random = int.from_bytes(os.urandom(8), "big") & 0x3FFFFFFFFFFFFFFF
    return uuid.UUID(int=tick >> 12 << 80 | 0x7 << 76 | (tick & 0xFFF) << 64 | 0b10 << 62 | random)


_last_tick = [0]
_tick_lock = threading.Lock()


def now() -> datetime:
    """Return the present time in UTC, or that at which the clock stands."""
    stopped = _stopped.get()
    return stopped.moment if stopped else datetime.now(UTC)


@dataclass
class _Stopped:
    moment: datetime
    ids: int = 0


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Let the clock stand inside: what is done gets the dates and ids of then. For the demo, which tells of a past."""
    token = _stopped.set(_Stopped(moment.astimezone(UTC)))
    try:
        yield
    finally:
        _stopped.reset(token)


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in UTC. Refuses naive values; gives aware ones back on both databases."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        """Return `value` in UTC; raise ValueError when it names no zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a moment without a time zone: {value!r}")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        """Return the stored moment, aware and in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class ExactDecimal(TypeDecorator[Decimal]):
    """A decimal with six places, kept as a big integer: quantities, hours, prices of one unit, percentages."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Any) -> int | None:
        """Return millionths."""
        return None if value is None else round(Decimal(value) * 1_000_000)

    def process_result_value(self, value: int | None, dialect: Any) -> Decimal | None:
        """Return the decimal of that many millionths."""
        return None if value is None else Decimal(value) / 1_000_000


Key = String(200).with_variant(String(200, collation="C"), "postgresql")
"""Normalised text that is sorted and searched: compared byte by byte on both databases."""


class Identified:
    """A row with a UUIDv7 key made in Python: also the id in addresses."""

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)


class Versioned:
    """A row people edit: every update raises `version`, and an update of an older one fails."""

    version: Mapped[int] = mapped_column(default=1, nullable=False)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:
        return {"version_id_col": cls.version}


@contextmanager
def reading() -> Iterator[None]:
    """Let transactions that begin inside take no write lock on SQLite."""
    token = _read_only.set(True)
    try:
        yield
    finally:
        _read_only.reset(token)


def begin_reading() -> None:
    """Do as `reading()` for the rest of this context: a GET request."""
    _read_only.set(True)


def begin_writing() -> None:
    """End `begin_reading()`: a request that changes something, a job, a command."""
    _read_only.set(False)


@contextmanager
def separate() -> Iterator[Session]:
    """Write in a short transaction of its own, committed at the end: what a GET may append (last seen, a kept PDF)."""
    token = _read_only.set(False)
    try:
        with Session(db.engine, expire_on_commit=False) as session, session.begin():
            yield session
    finally:
        _read_only.reset(token)


@event.listens_for(Engine, "connect")
def _prepare_connection(connection: Any, _record: Any) -> None:
    if isinstance(connection, sqlite3.Connection):
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "foreign_keys=ON", "synchronous=FULL", "busy_timeout=10000"):
            connection.execute(f"PRAGMA {pragma}")


@event.listens_for(Engine, "begin")
def _begin(connection: Any) -> None:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN" if _read_only.get() else "BEGIN IMMEDIATE")


def init_app(app: Flask) -> None:
    """Connect the app to its database and to the migrations."""
    threads = app.config["WEB_THREADS"]
    # Each thread may hold one connection and borrow another for a short write of its own.
    options: dict[str, Any] = {"hide_parameters": True, "pool_size": threads, "max_overflow": threads + 2}
    if not app.config["SQLALCHEMY_DATABASE_URI"].startswith("sqlite"):
        options.update(pool_pre_ping=True, pool_recycle=1800)
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = options
    db.init_app(app)
    migrate.init_app(app, db, directory=str(Path(__file__).resolve().parent.parent / "migrations"))
