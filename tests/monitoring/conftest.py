"""Fixtures of monitoring."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.factories.core import Core
from tests.monitoring.fleet import Fleet, answering


@pytest.fixture
def fleet(app: Any, monkeypatch: pytest.MonkeyPatch) -> Fleet:
    """Four sites of three customers, without hosts; they answer without a network."""
    return answering(app, monkeypatch)


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
