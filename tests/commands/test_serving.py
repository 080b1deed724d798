"""The portal as people start it: real processes, on a port, until they are told to stop."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from sqlalchemy import create_engine, text

from portal.commands.serving import ROOT
from portal.demo import cast, cores

PATIENCE = 60.0


class Portal:
    """One `flask serve` in a folder of its own, and what it said."""

    def __init__(self, folder: Path, database: str, *arguments: str, **settings: str) -> None:
        self.port, self.folder = free_port(), folder
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")},
            "PORTAL_DATA": str(folder), "PORTAL_DATABASE_URL": database, "PORT": str(self.port),
            "PORTAL_WEB_WORKERS": "1", **settings,
        }  # fmt: skip
        command = [sys.executable, "-m", "flask", "--app", "app", "serve", *arguments]
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        self.said: list[str] = []
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        self.said.extend(iter(self.process.stdout.readline, ""))

    def until(self, holds: Callable[[], object], what: str) -> None:
        over = time.monotonic() + PATIENCE
        while not holds():
            waited = time.monotonic() > over or self.process.poll() is not None
            assert not waited, f"{what}: not within {PATIENCE} s, or it ended; said: {''.join(self.said)}"
            time.sleep(0.1)

    def answers(self) -> Portal:
        self.until(lambda: "The portal is at" in "".join(self.said), "an address")
        return self

    def get(self, path: str) -> str:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=20) as answer:
            return answer.read().decode()

    def family(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def child(self, word: str) -> psutil.Process:
        return next(p for p in psutil.Process(self.process.pid).children() if word in p.cmdline())

    def stop(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        status = self.process.wait(PATIENCE)
        self.reader.join(PATIENCE)
        return status


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def empty_database(request: pytest.FixtureRequest) -> str:
    """Return the address of an empty database of the kind under test; empty for SQLite in the data folder."""
    if request.config.getoption("--database") == "sqlite":
        return ""
    server = request.getfixturevalue("postgres")
    name = f"served_{os.getpid()}_{time.monotonic_ns()}"
    server.create(name)
    return str(server.url(name))


@pytest.fixture
def database(request: pytest.FixtureRequest) -> str:
    """The database the portals of a test are started on, unless they name their own."""
    return empty_database(request)


@pytest.fixture
def serve(tmp_path: Path, database: str) -> Iterator[Callable[..., Portal]]:
    """Start portals; whatever a test does, none outlives it."""
    started: list[Portal] = []

    def start(*arguments: str, folder: str = "data", own: str | None = None, **settings: str) -> Portal:
        started.append(Portal(tmp_path / folder, database if own is None else own, *arguments, **settings))
        return started[-1]

    yield start
    for portal in started:
        if portal.process.poll() is None:
            portal.stop(signal.SIGKILL)
        assert portal.process.stdout is not None
        portal.process.stdout.close()


def test_it_starts_from_nothing_serves_and_leaves_nothing_behind(serve: Callable[..., Portal]) -> None:
    portal = serve("--demo").answers()
    said = "".join(portal.said)
    assert f"The portal is at http://127.0.0.1:{portal.port}" in said
    assert cast.PASSWORD in said
    assert "acme: abe, ada, alan, ugo, uma" in said
    assert "<h1" in portal.get("/login")
    assert portal.get("/readyz").strip().startswith("{")
    family = portal.family()
    assert len(family) >= 3, "a web server, its process and a worker"
    assert portal.stop() == 0
    gone, alive = psutil.wait_procs(family, timeout=10)
    assert not alive
    assert "Traceback" not in "".join(portal.said)


def test_the_demos_sites_have_cores_that_live_as_long_as_the_portal(
    serve: Callable[..., Portal], tmp_path: Path
) -> None:
    portal = serve("--demo", own="").answers()
    links = {link.name: link for link in (tmp_path / "data" / "cores").iterdir()}
    assert sorted(links) == ["acme_hamburg", "beta_zurich", "central"]
    folder = links["beta_zurich"].resolve()
    portal.until(lambda: (folder / "live").is_socket(), "a core to answer")
    question = "GET status\nColumns: num_hosts\n"
    assert cores.say(folder, question) == b"4\n"
    of_beta = [process for process in portal.family() if any(str(folder) in word for word in process.cmdline())]
    for process in of_beta:
        process.kill()
    portal.until(lambda: "core of beta_zurich ended" in "".join(portal.said), "the death of a core to be noticed")
    portal.until(lambda: answers(folder, question), "it to be started again")
    family = portal.family()
    assert portal.stop() == 0
    _gone, alive = psutil.wait_procs(family, timeout=10)
    assert not alive
    assert not folder.exists()


def answers(folder: Path, question: str) -> bool:
    try:
        return bool(cores.say(folder, question))
    except OSError:
        return False


def test_the_second_start_is_not_filled_again(serve: Callable[..., Portal], database: str, tmp_path: Path) -> None:
    serve("--demo").answers().stop(signal.SIGINT)
    portal = serve("--demo").answers()
    assert "Filling the demo" not in "".join(portal.said)
    assert people(database, tmp_path / "data") == 12


def test_a_demo_that_was_interrupted_is_finished_by_the_next_start(
    serve: Callable[..., Portal], database: str, tmp_path: Path
) -> None:
    portal = serve("--demo")
    portal.until(lambda: "Filling the demo" in "".join(portal.said), "the demo to begin")
    portal.until(lambda: people(database, tmp_path / "data") > 0, "the cast to be there")
    portal.stop(signal.SIGKILL)
    serve("--demo").answers()
    assert people(database, tmp_path / "data") == 12
    assert count(database, tmp_path / "data", "documents") > 50
    assert not (tmp_path / "data" / "demo.unfinished").exists()


def people(database: str, data: Path) -> int:
    return count(database, data, "users WHERE password_is_demo")


def count(database: str, data: Path, rows: str, act: str = "SELECT count(*)") -> int:
    """Count rows, or delete them, of every customer, from outside of the portal."""
    engine = create_engine(database or f"sqlite:///{data / 'portal.db'}")
    with engine.begin() as connection:
        if database:
            connection.execute(text("SELECT set_config('portal.customer', '*', true)"))
        result = connection.execute(text(f"{act} FROM {rows}"))
        number = result.scalar() if result.returns_rows else result.rowcount
    engine.dispose()
    return int(number or 0)


def test_super_users_of_a_portal_from_before_contacts_are_in_everything_from_the_next_start_on(
    serve: Callable[..., Portal], database: str, tmp_path: Path
) -> None:
    ours = "contact_memberships JOIN elements ON elements.id = group_id WHERE key = 'acme-everything'"
    serve("--demo", "--without-cores").answers().stop(signal.SIGINT)
    for rows in (
        "contact_set_groups",
        "contact_memberships",
        "setup_references",
        "elements WHERE kind LIKE 'contact-%'",
    ):
        count(database, tmp_path / "data", rows, "DELETE")
    assert count(database, tmp_path / "data", ours) == 0
    serve().answers()
    assert count(database, tmp_path / "data", ours) == 1


def test_a_portal_without_the_demo_says_how_to_invite_the_first(serve: Callable[..., Portal]) -> None:
    portal = serve().answers()
    assert "staff invite EMAIL" in "".join(portal.said)
    assert cast.PASSWORD not in "".join(portal.said)


def test_two_that_start_at_once_make_one_portal(serve: Callable[..., Portal], database: str, tmp_path: Path) -> None:
    first, second = serve("--demo"), serve("--demo")
    first.answers()
    second.answers()
    assert people(database, tmp_path / "data") == 12
    assert [line for line in first.said + second.said if "Filling" in line] == [
        "Filling the demo, which is done once …\n"
    ]


def test_a_worker_that_dies_is_started_again(serve: Callable[..., Portal]) -> None:
    portal = serve().answers()
    worker = portal.child("work")
    worker.kill()
    worker.wait(10)
    portal.until(
        lambda: sum("work" in p.cmdline() for p in portal.family() if p.pid != worker.pid) == 2, "a new worker"
    )
    assert re.search("The worker ended .* and is started again", "".join(portal.said))
    portal.get("/healthz")


def test_a_web_process_that_dies_is_replaced(serve: Callable[..., Portal]) -> None:
    portal = serve().answers()
    web = portal.child("granian").children(recursive=True)[-1]
    web.kill()

    def works() -> bool:
        try:
            return portal.get("/healthz") == "alive\n"
        except OSError:
            return False

    portal.until(lambda: not web.is_running() and works(), "another web process")


def test_nothing_outlives_a_killed_supervisor(serve: Callable[..., Portal]) -> None:
    portal = serve().answers()
    family = portal.family()
    portal.stop(signal.SIGKILL)
    _gone, alive = psutil.wait_procs(family, timeout=20)
    assert not alive


def test_a_taken_port_is_said_plainly(tmp_path: Path, serve: Callable[..., Portal]) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        portal = serve(PORT=str(other.getsockname()[1]))
        assert portal.process.wait(PATIENCE) == 1
        portal.reader.join(PATIENCE)
    said = "".join(portal.said)
    assert "cannot be used" in said
    assert "Traceback" not in said


def test_an_older_portal_leaves_the_database_of_a_newer_one_alone(
    serve: Callable[..., Portal], database: str, tmp_path: Path
) -> None:
    serve().answers().stop()
    engine = create_engine(database or f"sqlite:///{tmp_path / 'data' / 'portal.db'}")
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    older = serve()
    assert older.process.wait(PATIENCE) == 1
    older.reader.join(PATIENCE)
    assert "made by a newer portal" in "".join(older.said)
    assert "Traceback" not in "".join(older.said)


def test_another_folder_is_another_portal(
    serve: Callable[..., Portal], database: str, request: pytest.FixtureRequest
) -> None:
    others = empty_database(request)
    one, two = serve("--demo", folder="one"), serve(folder="two", own=others)
    one.answers()
    two.answers()
    assert people(database, one.folder) == 12
    assert people(others, two.folder) == 0
    assert (one.folder / "keys" / "secret").read_text() != (two.folder / "keys" / "secret").read_text()
