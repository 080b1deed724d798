"""A small WSGI application behind the front, for tests of what the front does with it."""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Iterator
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from werkzeug.exceptions import ClientDisconnected
from werkzeug.wrappers import Request, Response
from werkzeug.wsgi import wrap_file

from portal import front as fronts

THREADS = 4
fronts.PATIENCE = 2.0
FILE = Path(os.environ.get("FRONTED_FILE", "/dev/null"))
seen: ContextVar[str] = ContextVar("seen", default="nothing")
uploads: list[str] = []
streams: list[str] = []


@Request.application
def app(request: Request) -> Response:
    """Answer by the name of the address."""
    request.max_content_length = 10**9
    return globals()[f"_{request.path.split('/')[1]}"](request)


def _said(request: Request) -> Response:
    """Return what the application was told, and what a request before left in this one's context."""
    before = seen.get()
    seen.set("something")
    told = {name: value for name, value in request.environ.items() if isinstance(value, str)}
    response = Response(json.dumps({**told, "seen": before, "thread": threading.current_thread().name}))
    response.headers.extend([("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")])
    return response


def _file(request: Request) -> Response:
    """Return a file from `start` on, saying that it had `length` bytes."""
    content = FILE.open("rb")
    content.seek(int(request.args.get("start", 0)))
    response = Response(wrap_file(request.environ, content), direct_passthrough=True)
    response.content_length = int(request.args["length"])
    return response


def _upload(request: Request) -> Response:
    """Count the bytes that come, and remember how it went."""
    number = 0
    try:
        while piece := request.stream.read(65536):
            number += len(piece)
    except ClientDisconnected:
        uploads.append(f"broke off after {number}")
        raise
    uploads.append(f"{number} bytes")
    return Response(str(number))


def _stream(_request: Request) -> Response:
    """Send more than anybody takes."""

    def pieces() -> Iterator[bytes]:
        try:
            for _number in range(100_000):
                yield b"x" * 65536
            streams.append("to the end")
        except GeneratorExit:
            streams.append("left early")

    return Response(pieces())


def _torn(_request: Request) -> Response:
    """Fail in the middle."""

    def pieces() -> Iterator[bytes]:
        yield b"begun"
        yield b"going on"
        raise OSError("the disk is broken")

    return Response(pieces())


def _slow(_request: Request) -> Response:
    time.sleep(0.5)
    return Response("slow")


def _noted(_request: Request) -> Response:
    open_files = [os.readlink(f"/proc/self/fd/{n}") for n in os.listdir("/proc/self/fd") if _there(n)]
    return Response(json.dumps({"uploads": uploads, "streams": streams, "open": open_files.count(str(FILE))}))


def _there(number: str) -> bool:
    return os.path.islink(f"/proc/self/fd/{number}")


front: Any = fronts.Front(app, threads=THREADS)
