"""Fixtures of the API: time stands still, so that a slow machine is given no new tries."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine

from portal.database import now
from tests.api.client import Checked


@pytest.fixture(autouse=True)
def still() -> Iterator[Any]:
    with time_machine.travel(now(), tick=False) as clock:
        yield clock


@pytest.fixture
def by(app: Any) -> Any:
    programs: dict[str, Checked] = {}

    def found(username: str) -> Checked:
        if username not in programs:
            programs[username] = Checked.of(app, username)
        return programs[username]

    return found
