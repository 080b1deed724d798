"""The process that turns HTML into PDFs: a script of its own, which imports nothing of the portal.

It reads a document from the socket that is its standard input, answers with the PDF, and ends when the other side does.
"""

from __future__ import annotations

import gc
import logging
import os
import re
import resource
import shutil
import signal
import socket
import struct
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote

NICENESS = 10
MEMORY = 2 * 1024**3
LENGTH = struct.Struct(">Q")
DONE, FAILED = b"+", b"-"
FOLDERS = ("print", "vendor/fonts")


def send(channel: socket.socket, message: bytes, *, seconds: float | None = None) -> None:
    """Write one message; raises TimeoutError, or another OSError when the other side is gone."""
    channel.settimeout(seconds)
    channel.sendall(LENGTH.pack(len(message)) + message)


def receive(channel: socket.socket, *, seconds: float | None = None) -> bytes:
    """Read one message, in `seconds` for all of it; raises TimeoutError, EOFError when the other side is gone."""
    deadline = None if seconds is None else time.monotonic() + seconds
    (length,) = LENGTH.unpack(_read(channel, LENGTH.size, deadline))
    return _read(channel, length, deadline)


def _read(channel: socket.socket, length: int, deadline: float | None) -> bytes:
    message = bytearray()
    while len(message) < length:
        if deadline is not None:
            channel.settimeout(max(deadline - time.monotonic(), 0.001))
        piece = channel.recv(min(length - len(message), 1 << 20))
        if not piece:
            raise EOFError
        message += piece
    return bytes(message)


def renderer(static: Path, logo: str, accent: str) -> Callable[[str], bytes]:
    """Return a function HTML → PDF with the print style read and its fonts loaded once."""
    from weasyprint import CSS, HTML
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class Static(URLFetcher):
        """Serves `static:print/…`, `static:vendor/fonts/…` and `static:logo`; knows no network and no other file."""

        def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
            scheme, _colon, name = url.partition(":")
            path = Path(logo) if logo and name == "logo" else (static / unquote(name)).resolve()
            served = name == "logo" or any(path.is_relative_to(static / folder) for folder in FOLDERS)
            if scheme != "static" or not served:
                raise ValueError("printed documents load nothing from elsewhere")
            return URLFetcherResponse(url, path.read_bytes())

    fonts, fetcher = FontConfiguration(), Static()
    styles = [CSS(filename=static / "print" / "print.css", font_config=fonts, url_fetcher=fetcher)]
    if re.fullmatch("#[0-9a-fA-F]{6}", accent):
        styles.append(CSS(string=f":root {{ --accent: {accent} }}"))

    def render(html: str) -> bytes:
        document = HTML(string=html, url_fetcher=fetcher)
        pdf: bytes = document.write_pdf(stylesheets=styles, font_config=fonts, pdf_variant="pdf/ua-1")
        return pdf

    return render


def serve(channel: socket.socket, render: Callable[[str], bytes], seconds: int) -> None:
    """Answer documents until the other side is gone; a render that takes too long kills this process."""
    while True:
        html = receive(channel).decode()
        # The other side kills this process after `seconds`; the alarm is for when that one was killed itself.
        signal.alarm(seconds + 1)
        try:
            answer = DONE + render(html)
        except Exception:
            answer = FAILED + traceback.format_exc().encode()
        signal.alarm(0)
        send(channel, answer)
        gc.collect()


def main(static: str, logo: str, accent: str, seconds: str) -> None:
    """Serve on standard input."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(NICENESS)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    logging.getLogger("weasyprint").addHandler(logging.StreamHandler())
    logging.getLogger("weasyprint").setLevel(logging.ERROR)
    try:
        render = renderer(Path(static).resolve(), logo, accent)
        # Collecting while laying out costs a fifth of the time; it is done between two documents.
        gc.freeze()
        gc.disable()
        serve(socket.socket(fileno=0), render, int(seconds))
    except (EOFError, BrokenPipeError, ConnectionResetError):
        shutil.rmtree(os.environ["TMPDIR"], ignore_errors=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
