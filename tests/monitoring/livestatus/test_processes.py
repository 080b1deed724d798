"""Processes: each has its own connections, a forked one too, and none is kept from ending."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path

from portal.monitoring.livestatus.answers import Target
from tests.factories.simulated import Simulated, Stage
from tests.monitoring.livestatus.lies import silence_from_the_start

ROOT = Path(__file__).resolve().parents[3]
BEGINNING = """
    import os, sys, threading
    from flask import Flask
    from flask_babel import Babel
    from portal.monitoring import poller
    from portal.monitoring.livestatus.answers import Target
    from portal.monitoring.livestatus.query import Query
    app = Flask("asking")
    app.config.update(SITE_NETWORKS="loopback", SITE_SOCKETS="")
    Babel(app)
    app.app_context().push()
    target, names = Target("site", sys.argv[1], timeout=60.0), Query("hosts", ("name",))
"""


def run(core: Simulated, program: str) -> str:
    """Return what a process prints that asks the core; it ends by itself."""
    code = textwrap.dedent(BEGINNING) + textwrap.dedent(program)
    target: Target = core.target()
    done = subprocess.run(
        [sys.executable, "-W", "ignore::DeprecationWarning", "-c", code, target.livestatus],
        cwd=ROOT, capture_output=True, text=True, timeout=50, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_a_forked_process_has_connections_of_its_own(simulate: Stage) -> None:
    core = simulate()
    program = """
        first = poller.ask([target], names)[0]
        child = os.fork()
        again = poller.ask([target], names)[0]
        if not child:
            os._exit(0 if again.is_online else 1)
        print(first.is_online, again.is_online, os.waitpid(child, 0)[1])
    """
    assert run(core, program) == "True True 0\n"
    assert core.connections == 2


def test_a_process_ends_though_it_keeps_connections(simulate: Stage) -> None:
    assert run(simulate(), "print(poller.ask([target], names)[0].is_online)") == "True\n"


def test_a_process_ends_though_a_site_is_silent(simulate: Stage) -> None:
    program = """
        def ask():
            with app.app_context():
                poller.ask([target], names)
        threading.Thread(target=ask, daemon=True).start()
        sys.stdin.read()
        print("ends")
    """
    assert run(simulate(behave=silence_from_the_start), program) == "ends\n"
