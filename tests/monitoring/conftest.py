"""Fixtures of monitoring."""

from __future__ import annotations

from typing import Any

import pytest

from portal.monitoring import poller
from portal.monitoring.tables import asking
from tests.monitoring.fleet import Fleet, connect


@pytest.fixture
def fleet(app: Any, monkeypatch: pytest.MonkeyPatch) -> Fleet:
    """Four sites of three customers, without hosts; they answer without a network."""
    found = Fleet()
    monkeypatch.setattr(poller, "ask", found.ask)
    monkeypatch.setattr(poller, "known", found.known)
    asking._lacks.clear()
    with app.app_context():
        connect()
    return found
