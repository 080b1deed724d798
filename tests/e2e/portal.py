"""A live portal: the real server in processes of its own, on a free port, with a folder of its own."""

from __future__ import annotations

import email
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from email import policy
from pathlib import Path

from flask import Flask

from portal import create_app
from portal.database import db
from tests.factories.core import Core
from tests.post import text_of

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 120.0
"""Seconds a portal has to fill its demo and answer."""
SETTINGS = {
    "PORTAL_PROVIDER_NAME": "Nordlicht Software GmbH", "PORTAL_BANK_NAME": "Musterbank",
    "PORTAL_BANK_HOLDER": "Nordlicht Software GmbH", "PORTAL_BANK_IBAN": "DE89370400440532013000",
    "PORTAL_BANK_BIC": "COBADEFF", "PORTAL_SUPPORT_CONTACT": "support@provider.example",
    "PORTAL_PROXIES": "1", "PORTAL_WEB_WORKERS": "1",
}  # fmt: skip

OF_SITES = """SELECT tables.name FROM sqlite_master AS tables, pragma_table_info(tables.name) AS columns
    WHERE tables.type = 'table' AND columns.name = 'site_id'"""


class Portal:
    """`flask serve --demo` on a free port. Use it with `with`; `like` another one, it starts with a copy of that.

    `settings` are variables of its own. Monitoring cores of its own run only where `cores` says so; the sites of a copy
    are still those of the other one.
    """

    def __init__(self, data: Path, *, like: Portal | None = None, settings: dict[str, str] | None = None,
                 cores: bool = False) -> None:  # fmt: skip
        self.data, self.settings = data, settings or {}
        self.options = [] if cores else ["--without-cores"]
        if like:
            like.copy_to(data)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Portal:
        self.data.parent.mkdir(parents=True, exist_ok=True)
        self.log = self.data.with_suffix(".log")
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [*FLASK, "serve", "--demo", *self.options],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        until = time.monotonic() + PATIENCE
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > until:
                self.__exit__()
                raise AssertionError(f"the portal did not start:\n{self.log.read_text()}")
            time.sleep(0.1)
        return self

    def __exit__(self, *_error: object) -> None:
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    @property
    def environment(self) -> dict[str, str]:
        """Our environment without its settings, with those of this portal."""
        ours = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}
        return {**ours, **SETTINGS, **self.settings, "PORTAL_DATA": str(self.data), "PORT": str(self.port)}

    def run(self, *command: str, given: bytes = b"", fails: bool = False) -> str:
        """Run one of the operators' commands and return what it says; it must fail where `fails` says so."""
        done = subprocess.run([*FLASK, *command], cwd=ROOT, env=self.environment, input=given, capture_output=True,
                              check=False)  # fmt: skip
        assert (done.returncode != 0) is fails, done.stdout.decode() + done.stderr.decode()
        return done.stdout.decode() + done.stderr.decode()

    def app(self) -> Flask:
        """Return an app on the same data, in this process: to look things up and to prepare them."""
        names = {name.removeprefix("PORTAL_"): value for name, value in SETTINGS.items() if not value.isdigit()}
        return create_app({**names, "DATA": self.data, "BASE_URL": self.address})

    def link_mailed_to(self, address: str, kind: str) -> str:
        """Return the path of the newest one-time link of a kind (as in its address) that was mailed to somebody."""
        until, link = time.monotonic() + 30, re.compile(rf"^{self.address}(/{kind}/\S+)$", re.MULTILINE)
        while time.monotonic() < until:
            for file in sorted((self.data / "mail").glob("*.eml"), reverse=True):
                message = email.message_from_bytes(file.read_bytes(), policy=policy.default)
                found = link.search(text_of(message)) if address in message["To"] else None
                if found:
                    return found[1]
            time.sleep(0.2)
        raise AssertionError(f"no link {kind} was mailed to {address}")

    def copy_to(self, data: Path) -> None:
        """Copy what this portal holds, while it runs."""
        shutil.copytree(self.data, data, ignore=shutil.ignore_patterns("portal.db*", "*.lock", "cores"))
        source, target = sqlite3.connect(self.data / "portal.db"), sqlite3.connect(data / "portal.db")
        source.backup(target)
        target.close()
        source.close()

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.address}/healthz", timeout=1):
                return True
        except (urllib.error.URLError, OSError):
            return False


def copy_beside(portal: Portal, core: Core, data: Path) -> Portal:
    """Return a copy of a portal, not started yet, whose site in Hamburg is a core that a test has in its hand."""
    live = Portal(data, like=portal)
    database = sqlite3.connect(data / "portal.db")
    with database:
        database.execute("UPDATE sites SET livestatus = ? WHERE id = 'acme_hamburg'", (core.unix,))
        for (table,) in database.execute(OF_SITES).fetchall():
            database.execute(f"DELETE FROM {table} WHERE site_id = 'harbour'")
        database.execute("DELETE FROM sites WHERE id = 'harbour' AND customer_id = 'acme'")
    database.close()
    return live


FLASK = (sys.executable, "-m", "flask", "--app", "app")


def close(app: Flask) -> None:
    """Close an app's connections."""
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
