"""Fixtures: one portal per test run and database, put back to the cast's first day before every test."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy import event

from portal import create_app
from portal.accounts import passwords
from portal.database import db
from portal.demo import cast
from tests.browser import Browser

passwords.HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database", choices=("sqlite", "postgresql"), default="sqlite")


class House:
    """A portal under test: its folder, its database, and how both are put back."""

    def __init__(self, folder: Path, server: Any) -> None:
        self.data, self.kept, self.server = folder / "data", folder / "kept", server
        settings: dict[str, Any] = {
            "DATA": self.data, "TESTING": True, "SECRET_KEY": "tests " * 8, "BASE_URL": "http://localhost",
            "TIME_ZONE": "Europe/Berlin", "PROVIDER_NAME": "Nordlicht Software GmbH",
            "BANK_NAME": "Musterbank", "BANK_IBAN": "DE89370400440532013000", "BANK_BIC": "COBADEFFXXX",
            "BANK_HOLDER": "Nordlicht Software GmbH",
        }  # fmt: skip
        if server:
            self.name, self.template = f"portal_{os.getpid()}", f"kept_{os.getpid()}"
            server.create(self.name)
            settings["DATABASE_URL"] = server.url(self.name)
        self.app = create_app(settings)
        with self.app.app_context():
            from flask_migrate import upgrade

            upgrade()
            cast.make(db.session)
            db.session.commit()
            db.session.remove()
            if server:
                db.engine.dispose()
                server.create(self.template, like=self.name)
            else:
                db.engine.dispose()  # closing the last connection folds the write-ahead log in
        shutil.copytree(self.data, self.kept)

    def reset(self) -> None:
        """Put folder and database back to the first day."""
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()
            if self.server:
                self.server.create(self.name, like=self.template)
        shutil.rmtree(self.data)
        shutil.copytree(self.kept, self.data)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Any]:
    from tests.postgres import Server

    with Server() as server:
        yield server


@pytest.fixture(scope="session")
def house(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> House:
    server = request.getfixturevalue("postgres") if request.config.getoption("--database") == "postgresql" else None
    return House(tmp_path_factory.mktemp("portal"), server)


@pytest.fixture
def app(house: House) -> Flask:
    """The portal on the cast's first day. No context is pushed: use `with app.app_context()`, briefly."""
    house.reset()
    return house.app


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
        if statement.split()[0] not in ("BEGIN", "COMMIT", "ROLLBACK"):
            sent.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield sent
    event.remove(engine, "before_cursor_execute", note)
