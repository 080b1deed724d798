"""A real directory, started once for these tests, and a portal that may call it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select

from portal.accounts.users import User
from portal.database import db
from portal.setup import elements
from portal.setup.directories import signing_in, syncing
from portal.setup.directories.directory import Directory
from portal.setup.directories.runs import DirectoryRun
from tests.factories.directory import PASSWORD, Slapd
from tests.factories.elements import as_pat


class Company:
    """A connection to a directory, and what the portal made of it."""

    def __init__(self, app: Any, slapd: Slapd) -> None:
        self.app, self.slapd = app, slapd

    def connect(self, key: str = "office", customer: str = "acme", **body: Any) -> None:
        """Make the connection of a customer."""
        with as_pat(self.app) as (session, pat):
            elements.create(
                session, "ldap-connections", key=key, title="Office", customer=customer, body=self.slapd.body(**body),
                secret=PASSWORD, by=pat,
            )  # fmt: skip
            session.commit()

    def read(self, key: str = "office") -> DirectoryRun:
        """Read the directory; return what came of it."""
        with self.app.test_request_context():
            element = elements.find(db.session(), "ldap-connections", key)
            assert element is not None
            directory = Directory.of(element)
            db.session.rollback()
            syncing.sync(directory)
            run = db.session.get(DirectoryRun, directory.id)
            assert run is not None
            db.session.expunge(run)
            return run

    def change(self, key: str = "office", **body: Any) -> None:
        """Change what the connection says."""
        with as_pat(self.app) as (session, pat):
            element = elements.find(session, "ldap-connections", key)
            assert element is not None
            elements.change(session, element, body={**element.body, **body}, by=pat)
            session.commit()

    def user(self, username: str) -> Any:
        """Return an account, apart from any session."""
        with self.app.test_request_context():
            user = db.session.scalar(select(User).where(User.username == username, User.archived_at.is_(None)))
            if user is not None:
                db.session.expunge_all()
            return user


@pytest.fixture(scope="session")
def slapd() -> Iterator[Slapd]:
    with Slapd() as running:
        yield running


@pytest.fixture
def company(app: Any, slapd: Slapd, monkeypatch: pytest.MonkeyPatch) -> Iterator[Company]:
    """A portal and a directory whose entries of the unit `people` are those it began with, at the end again."""
    monkeypatch.setitem(app.config, "DIRECTORY_NETWORKS", "loopback")
    signing_in._silent.clear()
    slapd.begin()
    yield Company(app, slapd)
    signing_in._silent.clear()
