"""Uploads: forms that may be larger than others, for whom may send them, and where what arrives waits.

A form is read before anything else looks at it, its token included: so who sends it is asked first.
"""

from __future__ import annotations

from collections.abc import Callable
from tempfile import SpooledTemporaryFile
from typing import IO, Any, cast

import flask
from flask import Flask, Response, current_app, redirect, request
from flask_login import current_user

from ..access.guard import opens
from ..config import MEBIBYTE

IN_MEMORY = 512 * 1024
_limits: dict[str, Callable[[], int]] = {}


class Request(flask.Request):
    """A request whose files wait in the data folder: the system's own folder for such is often memory."""

    def _get_file_stream(self, *_sizes: Any, **_more: Any) -> IO[bytes]:
        folder = current_app.config["DATA"] / "files"
        return SpooledTemporaryFile(max_size=IN_MEMORY, mode="rb+", dir=folder)


def widen(endpoint: str, most: Callable[[], int]) -> None:
    """Let whoever may open `endpoint` send it a form of so many bytes, and its text besides."""
    _limits[endpoint] = most


def done(url: str) -> Response:
    """Return the way on from a form that was kept: for the script that shows progress, one it follows itself."""
    if request.headers.get("X-Requested-With") == "XMLHttpRequest":
        return Response(status=201, headers={"Location": url}, mimetype="text/plain")
    return cast(Response, redirect(url))


def init_app(app: Flask) -> None:
    """Set each request's limit; to be called before anything that reads forms."""
    app.request_class = Request

    @app.before_request
    def set_limit() -> None:
        most = _limits.get(request.endpoint or "")
        if request.method == "POST" and most and current_user.is_authenticated and opens(request.endpoint or ""):
            request.max_content_length = most() + 2 * MEBIBYTE
