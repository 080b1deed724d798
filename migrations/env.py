"""Alembic's environment: the app's own engine, on SQLite with tables rebuilt where it cannot alter them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from alembic import context
from flask import current_app

from portal.locks import alone

config = context.config


PLAIN = {"UtcDateTime": "sa.DateTime(timezone=True)", "ExactDecimal": "sa.BigInteger()"}


def plain(kind, item, _context):
    """Write our column types as what they are in the database, so that migrations need no code of ours."""
    return PLAIN.get(type(item).__name__, False) if kind == "type" else False


@contextmanager
def rebuilding(connection: Any) -> Iterator[None]:
    """Let SQLite rebuild tables that others refer to: what refers to what is checked once, at the end."""
    if connection.dialect.name != "sqlite":
        yield
        connection.commit()
        return
    driver = connection.connection.driver_connection
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
        if broken := driver.execute("PRAGMA foreign_key_check").fetchall():
            raise RuntimeError(f"the migration would leave rows that refer to nothing: {broken[:5]}")
        connection.commit()
    finally:
        connection.rollback()
        driver.execute("PRAGMA foreign_keys=ON")


def run() -> None:
    """Run the migrations on the app's database."""
    database = current_app.extensions["migrate"].db
    with alone(), database.engine.connect() as connection, rebuilding(connection):
        context.configure(
            connection=connection,
            target_metadata=database.metadata,
            render_as_batch=connection.dialect.name == "sqlite",
            compare_type=False,
            render_item=plain,
        )
        with context.begin_transaction():
            context.run_migrations()


run()
