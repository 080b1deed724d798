"""The migrations make what the models say, on both databases, up and down."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect

from portal import create_app
from portal.database import Base, db
from portal.migration import known, newest, present


@pytest.fixture
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """A portal whose database has no tables yet."""
    settings: dict[str, Any] = {"DATA": tmp_path, "TESTING": True}
    if request.config.getoption("--database") == "postgresql":
        server = request.getfixturevalue("postgres")
        server.create(name := f"migrated_{os.getpid()}")
        settings["DATABASE_URL"] = server.url(name)
    app = create_app(settings)
    yield app
    with app.app_context():
        db.engine.dispose()


def tables() -> set[str]:
    return set(inspect(db.engine).get_table_names()) - {"alembic_version"}


def test_the_migrations_make_what_the_models_say(empty: Flask) -> None:
    with empty.app_context():
        upgrade()
        assert tables() == set(Base.metadata.tables)
        with db.engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": False})
            assert compare_metadata(context, Base.metadata) == []


def test_every_step_goes_down_and_up_again(empty: Flask) -> None:
    with empty.app_context():
        assert present() is None
        upgrade()
        before = tables()
        downgrade(revision="base")
        assert tables() == set()
        upgrade()
        assert tables() == before
        assert present() == newest()


def test_migrating_twice_changes_nothing(empty: Flask) -> None:
    with empty.app_context():
        upgrade()
        upgrade()
        assert present() == newest()


def test_only_revisions_of_this_code_are_known() -> None:
    assert known(newest())
    assert not known("9999")
    assert not known(None)
