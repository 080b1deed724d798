"""Fixtures of Livestatus: a process that may call this machine, cores to call, and no memory of earlier tests."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask_babel import Babel

from portal.monitoring import poller
from tests.factories.simulated import Stage


@pytest.fixture(autouse=True)
def calling(tmp_path: Path) -> Iterator[Flask]:
    """An app that may call this machine over TCP, and sockets in the test's folder."""
    app = Flask(__name__)
    app.config.update(SITE_NETWORKS="loopback", SITE_SOCKETS=str(tmp_path))
    Babel(app)
    with app.app_context():
        yield app
    poller.close()


@pytest.fixture
def simulate() -> Iterator[Stage]:
    """Start simulated cores: `simulate(fleet(10), site_id="a", behave=…)`."""
    stage = Stage()
    yield stage
    stage.close()


@pytest.fixture
def until() -> Callable[[Callable[[], bool]], None]:
    """Wait until something holds, for as long as a busy machine may need."""

    def wait(holds: Callable[[], bool]) -> None:
        end = time.monotonic() + 30
        while not holds():
            assert time.monotonic() < end, "it never came to hold"
            time.sleep(0.005)

    return wait
