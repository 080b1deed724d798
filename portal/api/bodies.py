"""Bodies: what a program sends, as the bytes it is."""

from __future__ import annotations

from flask import request
from flask_babel import gettext as _
from werkzeug.exceptions import RequestEntityTooLarge

from ..i18n import format_bytes
from .problems import Problem

TAKEN = ("", "application/json", "application/octet-stream", "application/x-www-form-urlencoded", "text/plain")
"""Media types of a report: a file that a program sends, `curl --data-binary` without a header among them."""


def raw(*, most: int) -> bytes:
    """Return the body of up to `most` bytes; raises Problem 415 for what is no plain file, 413 for what is larger."""
    if request.mimetype not in TAKEN:
        raise Problem(415, _("Send the report itself as the body, as application/json or text/plain."))
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise Problem(415, _("Send the report uncompressed."), Accept_Encoding="identity")
    too_large = Problem(413, _("A report has at most %(size)s.", size=format_bytes(most)))
    request.max_content_length = most + 1  # one more than may be: what comes in chunks is cut off there
    try:
        body = request.get_data(cache=False, parse_form_data=False)
    except RequestEntityTooLarge:
        raise too_large from None
    if len(body) > most:
        raise too_large
    return body
