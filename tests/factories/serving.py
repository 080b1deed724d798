"""A portal on a port of this machine, for programs that ask it over the network."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from typing import Any

from flask import Flask
from werkzeug.serving import make_server


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """Serve a portal in threads of its own; yield its address."""

    def whole(environ: Any, start: Any) -> Iterable[bytes]:
        """Answer in one piece: of who hangs up this server leaves the files open."""
        with closing(app.wsgi_app(environ, start)) as answer:
            return [b"".join(answer)]

    server = make_server("127.0.0.1", 0, whole, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
