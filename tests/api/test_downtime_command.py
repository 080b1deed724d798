"""The downtime command, as the seed's section 8 uses it, against a portal and a real core."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from portal.database import db, now
from tests.browser import Browser
from tests.factories.core import Core, connect, reachable
from tests.factories.serving import served
from tests.programs import SECRET, machine

COMMAND = Path(__file__).parents[2] / "docs" / "downtime"


@pytest.fixture(scope="module")
def core():
    with Core("acme") as core:
        yield core


@pytest.fixture(autouse=True)
def still():
    """A core knows the present alone."""


@pytest.fixture
def run(app, core, monkeypatch):
    """Run the command beside the portal, where it finds the secret by itself."""
    reachable(app, monkeypatch)
    with app.app_context():
        connect("acme_hamburg", core.tcp)
        connect("acme_lab", core.tcp).is_disabled = True
        db.session.commit()
        db.session.remove()
    machine(app, as_file=True)

    def run(*words, status=0, **more):
        done = subprocess.run(
            [sys.executable, COMMAND, *words], env={"PATH": os.environ["PATH"], **known, **more},
            capture_output=True, text=True, timeout=60,
        )  # fmt: skip
        assert done.returncode == status, done.stderr
        return done.stdout + done.stderr

    with served(app) as address:
        known = {"PORTAL_DATA": str(app.config["DATA"]), "PORTAL_BASE_URL": address}
        yield run


def depths(core, host):
    return dict(core.rows(f"GET services\nColumns: description scheduled_downtime_depth\nFilter: host_name = {host}"))


def depth(core, host):
    return core.rows(f"GET hosts\nColumns: scheduled_downtime_depth\nFilter: name = {host}")[0][0]


def test_only_a_single_argument_needs_to_be_entered(core, run):
    """Seed, section 8: the hostname for which the downtime is to be defined; also set and deleted."""
    host = core.rows("GET hosts\nColumns: name")[0][0]
    run(host)
    assert depth(core, host) == 1
    run("--remove", host)
    run("--remove", host)
    assert depth(core, host) == 0


def test_services_and_all_of_them(core, run):
    host, service = core.rows("GET services\nColumns: host_name description")[0]
    run("-d", "5", "-c", "New disks", host, service)
    assert depths(core, host)[service] == 1
    assert depth(core, host) == 0
    run("-r", host, "--service", service)
    run("--all", "--end", f"{now() + timedelta(days=2):%Y-%m-%d} 06:00", host)
    assert set(depths(core, host).values()) == {1}
    assert "services/" in run("-r", "-a", "-v", host)
    assert set(depths(core, host).values()) == {0}


def test_it_says_what_went_wrong(core, run, tmp_path):
    host = core.rows("GET hosts\nColumns: name")[0][0]
    assert "no host nothing" in run("nothing", status=1)
    assert f"no hosts/acme_hamburg/{host}/services/none" in run(host, "none", status=1)
    assert "no time" in run("--end", "later", host, status=1)
    assert "cannot be read" in run("--secret-file", str(tmp_path / "none"), host, status=1)
    assert "(401)" in run(host, status=1, PORTAL_SECRET="wrong")
    assert "cannot be asked" in run("-U", "http://127.0.0.1:9", host, status=1)
    assert SECRET not in run(host, status=1, PORTAL_SECRET=SECRET + "x")


def test_help_tells_every_option(run):
    said = run("--help")
    for option in ("--set", "--remove", "--comment", "--duration", "--end", "--service", "--all", "--url", "--user"):
        assert option in said


def test_it_is_served(app):
    assert Browser(app).get("/api/v1/downtime").body == COMMAND.read_bytes()
