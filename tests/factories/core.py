"""A real monitoring core for a test: Debian's Icinga 2 in a folder of its own, on a Unix socket and a TCP port."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
from typing import Any

import pytest
from flask import Flask

from portal.customers.sites import Site
from portal.database import db
from portal.demo import cores
from portal.monitoring.livestatus.answers import Target
from portal.monitoring.tables import asking


def free_port() -> int:
    """Return a TCP port of this machine that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def reachable(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a portal reach cores of this machine, of which it knows nothing yet."""
    asking._lacks.clear()
    monkeypatch.setitem(app.config, "SITE_NETWORKS", "loopback")


def connect(site_id: str, livestatus: str, *, alias: str = "") -> Site:
    """Add a site of Acme that has time to answer."""
    site = Site.create(
        db.session(), id=site_id, alias=alias or site_id, customer_id="acme", livestatus=livestatus, by=None
    )
    site.timeout = 10_000
    return site


class Core:
    """A running core that watches one of `cores.FLEETS`; what it is told stays so, it checks no more by itself."""

    def __init__(self, fleet: str = "acme") -> None:
        self.fleet, self.port = fleet, free_port()
        self.folder = cores.prepare()
        self.tcp, self.unix = f"tcp:127.0.0.1:{self.port}", f"unix:{self.folder}/live"
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    def __enter__(self) -> Core:
        return self

    def __exit__(self, *_exception: Any) -> None:
        self.stop()
        shutil.rmtree(self.folder)

    def start(self) -> None:
        """Start it, and wait until it has checked everything."""
        command = cores.command(self.fleet, self.folder, self.port, every=86400)
        self._process = subprocess.Popen(command, start_new_session=True)
        cores.check_all(self.folder, patience=30)

    def stop(self) -> None:
        """Kill it: its connections break and its sockets refuse."""
        if self._process:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None

    def target(self, site_id: str = "", *, over: str = "tcp", **more: Any) -> Target:
        """Return how the poller reaches it."""
        return Target(site_id or self.fleet, getattr(self, over), **{"timeout": 10.0, **more})

    def rows(self, question: str) -> Any:
        """Ask past the portal: what the core itself says."""
        return json.loads(cores.say(self.folder, f"{question.strip()}\nOutputFormat: json\nColumnHeaders: off\n"))
