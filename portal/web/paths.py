"""Paths: names in addresses, and where a person may be sent: only to a page that our own router knows."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

from flask import current_app
from werkzeug.exceptions import HTTPException
from werkzeug.routing import PathConverter, RequestRedirect

_PLAIN = re.compile(r"/(?:[^/\\\s\x00-\x20\x7f][^\\\s\x00-\x20\x7f]*)?")
LONGEST = 2000


class Name(PathConverter):
    """A part of an address that is a name of the world outside: it may hold slashes, and begin with one."""

    regex = ".+?"
    part_isolating = False


def local_path(text: str | None, *, but: tuple[str, ...] = ()) -> str:
    """Return `text` when it is a path (with its query) of a page one can open here, else "/".

    Refuses other origins in every spelling (`//`, `/\\`, `https:`, control characters), addresses that take only
    changes, and those that begin with one of `but`.
    """
    if not text or len(text) > LONGEST or not _PLAIN.fullmatch(text):
        return "/"
    parts = urlsplit(text)
    path = unquote(parts.path)
    if parts.scheme or parts.netloc or not _PLAIN.fullmatch(path) or path.startswith(but):
        return "/"
    try:
        endpoint, _values = current_app.url_map.bind("").match(path, method="GET")
    except RequestRedirect:
        return text
    except HTTPException:
        return "/"
    return "/" if endpoint == "static" else text
