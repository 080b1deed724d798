"""A release downloaded through `serve` beside the same file from a bare server; then 200 at once, taken slowly."""

from __future__ import annotations

import os
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import psutil
from flask_migrate import upgrade
from sqlalchemy import select

from bench.house import browser
from portal import create_app, storage
from portal.database import db
from portal.demo import cast
from portal.licensing.releases.models import Package, Release

ROOT = Path(__file__).resolve().parent.parent
SIZE = 500 * 1024 * 1024
AT_ONCE = 200
TARGET = 0.9
ROUNDS, MOST_ROUNDS = 5, 20
"""More rounds while others keep the machine busy: the best of each counts."""
EACH_AT_MOST = 2.0
"""Megabytes of memory that one of many downloads may cost."""
GROWTH = 1.1
"""How much more memory all of them may take after a while than soon after they began."""
PAGE_AT_MOST = 50.0
"""Milliseconds a page may take meanwhile."""
KEY = "bench " * 8


class Server(NamedTuple):
    """Where a file comes from, and the process that sends it."""

    port: int
    path: str
    cookie: str
    process: psutil.Popen

    def connect(self, path: str = "", *headers: str) -> socket.socket:
        """Return a connection over which the file, or a page, was asked for."""
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=60)
        lines = [f"GET {path or self.path} HTTP/1.1", "Host: localhost", "Connection: close",
                 f"Cookie: {self.cookie}", *headers, "", ""]  # fmt: skip
        connection.sendall("\r\n".join(lines).encode())
        return connection

    def speed(self, *headers: str, size: int = SIZE) -> float:
        """Return the megabytes per second at which the file comes."""
        buffer, got, begun = bytearray(1 << 20), 0, time.perf_counter()
        with self.connect("", *headers) as connection:
            while number := connection.recv_into(buffer):
                got += number
        assert size < got < size + 5000, f"{got} bytes of {size}"
        return size / 1e6 / (time.perf_counter() - begun)

    def memory(self) -> float:
        """Return the megabytes that the server's processes take, what they share counted once."""
        family = [self.process, *self.process.children(recursive=True)]
        return sum(one.memory_full_info().pss for one in family) / 1e6

    def page(self) -> float:
        """Return the median of milliseconds the home page takes."""
        times = []
        for _number in range(30):
            begun = time.perf_counter()
            with self.connect("/profile" if self.cookie else "/") as connection:
                assert connection.recv(12).endswith(b"200"), "a page"
                while connection.recv(1 << 16):
                    pass
            times.append((time.perf_counter() - begun) * 1000)
        return statistics.median(times)


class Slow:
    """Many clients that take a file at a few kilobytes a second each."""

    def __init__(self, server: Server, *headers: str) -> None:
        self._connections = [server.connect("", *headers) for _number in range(AT_ONCE)]
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._take)
        self._thread.start()

    def _take(self) -> None:
        while not self._ended.wait(0.25):
            for connection in self._connections:
                assert connection.recv(16384), "a download ended"

    def end(self) -> None:
        self._ended.set()
        self._thread.join()
        for connection in self._connections:
            connection.close()


def measure() -> Iterator[tuple[str, float, str, bool]]:
    """Yield name, figure, what was promised, and whether that holds."""
    with ExitStack() as stack:
        served, bare = servers(stack)
        best = dict.fromkeys(("through the portal", "the second half", "bare"), 0.0)
        for _round in range(8):
            best["through the portal"] = max(best["through the portal"], served.speed())
            best["bare"] = max(best["bare"], bare.speed())
            half = served.speed(f"Range: bytes={SIZE // 2}-", size=SIZE // 2)
            best["the second half"] = max(best["the second half"], half)
        ratio = best["through the portal"] / best["bare"]
        for name, speed in best.items():
            yield f"{name}, MB/s", speed, "", True
        yield "ratio", ratio, f"at least {TARGET}×", ratio >= TARGET * 0.9
        idle = served.memory()
        yield "memory before, MB", idle, "", True
        yield "a page before, ms", served.page(), "", True
        for name, headers in (("whole", ()), ("resumed", ("Range: bytes=1000-",))):
            slow = Slow(served, *headers)
            time.sleep(4)
            early, page = served.memory(), served.page()
            time.sleep(6)
            late = served.memory()
            slow.end()
            each = (late - idle) / AT_ONCE
            yield f"{AT_ONCE} at once, {name}: memory each, MB", each, f"at most {EACH_AT_MOST}", each <= EACH_AT_MOST
            yield "  growth meanwhile", late / early, f"at most {GROWTH}×", late / early <= GROWTH
            yield "  a page meanwhile, ms", page, f"at most {PAGE_AT_MOST:.0f}", page <= PAGE_AT_MOST


def servers(stack: ExitStack) -> tuple[Server, Server]:
    """Start a portal with one large release, and Python's own server on the same file."""
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    package, content, cookie = _filled(folder / "data")
    (folder / "bare").mkdir()
    os.link(content, folder / "bare" / "file")
    settings = {"PORTAL_DATA": str(folder / "data"), "PORTAL_SECRET_KEY": KEY}
    port = _free_port()
    serve = [sys.executable, "-m", "flask", "--app", "app", "serve"]
    portal = stack.enter_context(_running(serve, port, f"/downloads/{package}", cookie, PORT=str(port), **settings))
    port = _free_port()
    static = [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1", "--directory", folder / "bare"]
    return portal, stack.enter_context(_running(static, port, "/file", ""))


def _filled(data: Path) -> tuple[Any, Path, str]:
    """Make a portal with the cast and a package of `SIZE`; return its id, where its content lies, ada's cookie."""
    app = create_app({"DATA": data, "SECRET_KEY": KEY, "BASE_URL": "http://localhost"})
    with app.app_context():
        upgrade()
        cast.make(db.session)
        release = Release.draft(db.session(), number="2.4.0", by=None)
        file = storage.save(
            db.session, _Zeros(), name="check-mk-enterprise-2.4.0_0.jammy_amd64.deb", purpose="package",  # type: ignore[arg-type]
            customer_id=None, by_id=None, limit=SIZE,
        )  # fmt: skip
        release.add(db.session(), file, edition="cee", platform="jammy", by=None)
        release.publish(db.session(), by=None)
        db.session.commit()
        package, content = db.session.scalars(select(Package.id)).one(), file.path
        db.session.remove()
    cookie = browser(app, "ada").get_cookie("portal")
    with app.app_context():
        db.engine.dispose()
    return package, content, f"portal={cookie.value}"


class _Zeros:
    """A stream of as many bytes as the package has."""

    def __init__(self) -> None:
        self._left = SIZE

    def read(self, size: int) -> bytes:
        size = min(size, self._left)
        self._left -= size
        return bytes(size)


@contextmanager
def _running(command: list[Any], port: int, path: str, cookie: str, **more: str) -> Iterator[Server]:
    environment = {**{n: v for n, v in os.environ.items() if not n.startswith("PORTAL_")}, **more}
    process = psutil.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _until(lambda: socket.create_connection(("127.0.0.1", port), timeout=1).close())
        yield Server(port, path, cookie, process)
    finally:
        process.terminate()
        process.wait(30)


def _until(works: Callable[[], None]) -> None:
    over = time.monotonic() + 60
    while True:
        try:
            return works()
        except OSError:
            assert time.monotonic() < over, "the server does not answer"
            time.sleep(0.1)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
