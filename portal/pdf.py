"""PDFs: HTML goes to processes of their own, so that printing never holds up a page.

Each web process has a few printers (`portal/printer.py`), started when first needed, replaced when worn, late or dead.
"""

from __future__ import annotations

import atexit
import hashlib
import os
import socket
import subprocess
import sys
import threading
from contextlib import suppress
from functools import cache
from pathlib import Path
from queue import Empty, LifoQueue
from tempfile import TemporaryDirectory

from flask import current_app
from flask_babel import gettext as _

from .errors import Busy
from .printer import DONE, receive, send

SECONDS = 30
RENDERS = 200
WAITERS = 3
"""How many requests may at least wait for a printer: they hold threads that other pages need."""

ROOT = Path(__file__).resolve().parent.parent
INHERITED = (
    "PATH",
    "HOME",
    "LANG",
    "LC_ALL",
    "LD_LIBRARY_PATH",
    "XDG_CACHE_HOME",
    "FONTCONFIG_FILE",
    "FONTCONFIG_PATH",
)


class Printer:
    """One process that prints, and the socket to it."""

    def __init__(self, command: list[str]) -> None:
        self._folder = TemporaryDirectory(prefix="portal-pdf-", ignore_cleanup_errors=True)
        self._channel, theirs = socket.socketpair()
        environment = {name: os.environ[name] for name in INHERITED if name in os.environ}
        with theirs:
            self.process = subprocess.Popen(
                command,
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                env={**environment, "TMPDIR": self._folder.name},
            )
        self.renders = 0

    def alive(self) -> bool:
        """Say whether the process still runs."""
        return self.process.poll() is None

    def render(self, html: str, seconds: float) -> bytes:
        """Return the PDF; raises TimeoutError, EOFError or OSError when the process is late or died."""
        self.renders += 1
        send(self._channel, html.encode(), seconds=seconds)
        answer = receive(self._channel, seconds=seconds)
        if not answer.startswith(DONE):
            raise RuntimeError(f"printing failed in its process:\n{answer[1:].decode()}")
        return answer[1:]

    def end(self) -> None:
        """Stop the process, whatever it is doing."""
        self._channel.close()
        self.process.kill()
        self.process.wait()
        self._folder.cleanup()


class Pool:
    """At most `size` printers, and at most `waiters` requests that wait up to `wait` seconds for one."""

    def __init__(
        self, command: list[str], *, size: int, wait: float, seconds: float = SECONDS, waiters: int = WAITERS
    ) -> None:
        self._command = command
        self._wait = wait
        self._seconds = seconds
        self._waiters = threading.BoundedSemaphore(waiters)
        self._free: LifoQueue[Printer | None] = LifoQueue()
        self._all = size
        for _place in range(size):
            self._free.put(None)

    def render(self, html: str) -> bytes:
        """Return the PDF of `html`; raises Busy when no printer is free in time, is late or dies over it."""
        printer = self._take()
        try:
            if printer is None or not printer.alive():
                printer = self._fresh(printer)
            pdf = printer.render(html, self._seconds)
        except (OSError, EOFError) as error:
            if printer is not None:
                printer.end()
                printer = None
            raise Busy(_("This document could not be printed now. Please try again later."), retry_after=60) from error
        finally:
            self._free.put(self._rested(printer))
        return pdf

    def free(self) -> int:
        """Return how many places are free."""
        return self._free.qsize()

    def close(self) -> None:
        """End the printers that are free; one at work ends by itself when this process does."""
        for _place in range(self._all):
            with suppress(Empty):
                if printer := self._free.get_nowait():
                    printer.end()

    def _take(self) -> Printer | None:
        with suppress(Empty):
            return self._free.get_nowait()
        busy = Busy(_("Many documents are being printed at the moment. Please try again in a few seconds."))
        if not self._waiters.acquire(blocking=False):
            raise busy
        try:
            return self._free.get(timeout=self._wait)
        except Empty:
            raise busy from None
        finally:
            self._waiters.release()

    def _rested(self, printer: Printer | None) -> Printer | None:
        if printer is None or printer.renders < RENDERS:
            return printer
        with suppress(OSError):
            return self._fresh(printer)
        return None

    def _fresh(self, old: Printer | None) -> Printer:
        if old is not None:
            old.end()
        return Printer(self._command)


_pools: dict[tuple[int, tuple[str, ...], int, float, int], Pool] = {}
_pools_lock = threading.Lock()


def render(html: str) -> bytes:
    """Return the PDF of a document made from `templates/print/layout.html`.

    Raises Busy when all printers are busy for longer than `PDF_WAIT` seconds.
    """
    return pool().render(html)


def pool() -> Pool:
    """Return this process's printers with the app's settings."""
    config = current_app.config
    script, static = Path(__file__).with_name("printer.py"), ROOT / "static"
    command = (sys.executable, "-I", str(script), str(static), str(config["LOGO"]), config["ACCENT"], str(SECONDS))
    waiters = max(WAITERS, config["WEB_THREADS"] // 2)
    key = (os.getpid(), command, config["PDF_PROCESSES"], config["PDF_WAIT"], waiters)
    with _pools_lock:
        if key not in _pools:
            _pools[key] = Pool(list(command), size=key[2], wait=key[3], waiters=key[4])
        return _pools[key]


@cache
def edition() -> str:
    """Return a short name for how documents look now; it changes when a print template or the style does."""
    digest = hashlib.sha256()
    for folder in (ROOT / "templates" / "print", ROOT / "static" / "print"):
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            digest.update(f"{path.relative_to(ROOT)}\0".encode() + path.read_bytes())
    return digest.hexdigest()[:12]


@atexit.register
def close() -> None:
    """End all printers of this process."""
    for key, pool in list(_pools.items()):
        if key[0] == os.getpid():
            pool.close()
            del _pools[key]
