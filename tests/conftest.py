"""Fixtures: one portal per test run and database, put back to the cast's first day before every test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask
from hypothesis import settings
from sqlalchemy import event

from portal.accounts import passwords
from portal.database import db
from tests import catalogs
from tests.browser import Browser
from tests.house import House

settings.register_profile("house", deadline=None)  # a busy machine is no mistake
settings.load_profile("house")

passwords.HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database", choices=("sqlite", "postgresql"), default="sqlite")


def pytest_configure() -> None:
    catalogs.compile_stale()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out, with PostgreSQL, what would be the same again: tests that never ask which database it is."""
    if config.getoption("--database") == "postgresql":
        same = [item for item in items if "request" not in getattr(item, "fixturenames", ())]
        items[:] = [item for item in items if item not in set(same)]
        config.hook.pytest_deselected(items=same)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Iterator[Any]:
    """Count a skipped test as failed: what is not run is not known to work."""
    return _failed_if_skipped((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Iterator[Any]:
    """Count a skipped module as failed."""
    return _failed_if_skipped((yield))


def _failed_if_skipped(report: Any) -> Any:
    if report.skipped:
        report.outcome, report.longrepr = "failed", f"skipped, which counts as failed: {report.longrepr}"
    return report


@pytest.fixture(scope="session")
def postgres() -> Iterator[Any]:
    from tests.postgres import Server

    with Server() as server:
        yield server


@pytest.fixture(scope="session")
def house(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    server = request.getfixturevalue("postgres") if request.config.getoption("--database") == "postgresql" else None
    house = House(tmp_path_factory.mktemp("portal"), server)
    yield house
    with house.app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(scope="session")
def filled_house(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    server = request.getfixturevalue("postgres") if request.config.getoption("--database") == "postgresql" else None
    house = House(tmp_path_factory.mktemp("filled"), server, name="filled", filled=True)
    yield house
    with house.app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def app(request: pytest.FixtureRequest) -> Flask:
    """The portal on the cast's first day. No context is pushed: use `with app.app_context()`, briefly.

    A test that asks for `documents` gets it with the demo's documents.
    """
    name = "filled_house" if "documents" in request.fixturenames else "house"
    house: House = request.getfixturevalue(name)
    house.reset()
    return house.app


@pytest.fixture
def documents(app: Flask) -> Flask:
    """The same portal, with the demo's documents imported for the cast's customers."""
    return app


@pytest.fixture
def browser(app: Flask) -> Browser:
    """A browser nobody has signed in with."""
    return Browser(app)


@pytest.fixture
def as_(app: Flask) -> Callable[[str], Browser]:
    """Give a browser in which one of the cast is signed in: `as_("ada").get("/users/")`."""
    browsers: dict[str, Browser] = {}

    def signed_in(username: str) -> Browser:
        if username not in browsers:
            browsers[username] = Browser(app).sign_in(username)
        return browsers[username]

    return signed_in


@pytest.fixture
def statements(app: Flask) -> Iterator[list[str]]:
    """The SQL statements sent since the list was last cleared, without BEGIN and COMMIT."""
    sent: list[str] = []
    with app.app_context():
        engine = db.engine

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement != "SELECT set_config(%s, %s, true)" and not statement.startswith(("BEGIN", "COMMIT", "ROLLBACK")):
            sent.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield sent
    event.remove(engine, "before_cursor_execute", note)
