"""Bodies: what a program sends, as the bytes it is."""

from __future__ import annotations

import json
from typing import Any

from flask import request
from flask_babel import gettext as _
from werkzeug.exceptions import RequestEntityTooLarge

from ..i18n import format_bytes
from .problems import Problem

TAKEN = ("", "application/json", "application/octet-stream", "application/x-www-form-urlencoded", "text/plain")
"""Media types of a report: a file that a program sends, `curl --data-binary` without a header among them."""
LARGEST = 512 * 1024
DEEPEST = 8
JSON = ("application/json", "application/merge-patch+json")


def raw(*, most: int) -> bytes:
    """Return the body of up to `most` bytes; raises Problem 415 for what is no plain file, 413 for what is larger."""
    if request.mimetype not in TAKEN:
        raise Problem(415, _("Send the report itself as the body, as application/json or text/plain."))
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise Problem(415, _("Send the report uncompressed."), Accept_Encoding="identity")
    return _read(most, Problem(413, _("A report has at most %(size)s.", size=format_bytes(most))))


def _read(most: int, too_large: Problem) -> bytes:
    request.max_content_length = most + 1  # one more than may be: what comes in chunks is cut off there
    try:
        body = request.get_data(cache=False, parse_form_data=False)
    except RequestEntityTooLarge:
        raise too_large from None
    if len(body) > most:
        raise too_large
    return body


def json_object() -> dict[str, Any]:
    """Return the JSON object a program sends; raise Problem 415 for another type, 413 for too much, 422 for the rest.

    Refused are names given twice, numbers no database holds, and text that is no Unicode.
    """
    if request.mimetype not in JSON:
        raise Problem(415, _("Send JSON, as application/json."), Accept=", ".join(JSON))
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise Problem(415, _("Send the body uncompressed."), Accept_Encoding="identity")
    body = _read(LARGEST, Problem(413, _("A body has at most %(size)s.", size=format_bytes(LARGEST))))
    try:
        found = json.loads(body, object_pairs_hook=_once, parse_constant=_no_number, parse_float=_no_number)
        json.dumps(found, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise Problem(422, _("This is not JSON, or JSON with names given twice or numbers that are none.")) from None
    if not isinstance(found, dict):
        raise Problem(422, _("Send an object."))
    if _depth(found) > DEEPEST:
        raise Problem(422, _("This is nested too deeply."))
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name given twice")
    return found


def _no_number(text: str) -> Any:
    raise ValueError(text)


def _depth(value: Any) -> int:
    depth, level = 0, [value]
    while level and depth <= DEEPEST:
        parts = (list(one.values()) if isinstance(one, dict) else one for one in level if isinstance(one, (dict, list)))
        level, depth = [part for found in parts for part in found], depth + 1
    return depth
