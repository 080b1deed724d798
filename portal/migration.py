"""Which migrations there are, and which the database has had."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from .database import db, reading

FOLDER = Path(__file__).resolve().parent.parent / "migrations"


@cache
def _scripts() -> ScriptDirectory:
    return ScriptDirectory(str(FOLDER))


def newest() -> str | None:
    """Return the revision this code was written for."""
    return _scripts().get_current_head()


def present() -> str | None:
    """Return the revision the database has, None for an empty one."""
    with reading(), db.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def known(revision: str | None) -> bool:
    """Tell whether this code knows the revision: it does not when the database is newer."""
    return revision in {script.revision for script in _scripts().walk_revisions()}
