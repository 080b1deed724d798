"""Fixtures of monitoring."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from portal.monitoring import poller
from portal.monitoring.tables import asking
from tests.factories.core import Core
from tests.monitoring.fleet import Fleet, connect


@pytest.fixture
def fleet(app: Any, monkeypatch: pytest.MonkeyPatch) -> Fleet:
    """Four sites of three customers, without hosts; they answer without a network."""
    found = Fleet()
    monkeypatch.setattr(poller, "ask", found.ask)
    monkeypatch.setattr(poller, "ask_each", found.ask_each)
    monkeypatch.setattr(poller, "known", found.known)
    asking._lacks.clear()
    with app.app_context():
        connect()
    return found


@pytest.fixture(scope="session")
def core() -> Iterator[Core]:
    """A real core with the hosts of Acme, for the whole run: a test puts back what it changes."""
    with Core("acme") as core:
        yield core


@pytest.fixture(scope="session")
def beta_core() -> Iterator[Core]:
    """Another, with the hosts of Beta."""
    with Core("beta") as core:
        yield core
