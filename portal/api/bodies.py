"""Bodies: what a program sends, as the bytes it is."""

from __future__ import annotations

from flask import request
from flask_babel import gettext as _

from .problems import Problem

TAKEN = ("", "application/json", "application/octet-stream", "application/x-www-form-urlencoded", "text/plain")
"""Media types of a report: a file that a program sends, `curl --data-binary` without a header among them."""


def raw() -> bytes:
    """Return the body; raises Problem 415 for what is no plain file, 413 (from Werkzeug) for what is too large."""
    if request.mimetype not in TAKEN:
        raise Problem(415, _("Send the report itself as the body, as application/json or text/plain."))
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise Problem(415, _("Send the report uncompressed."), Accept_Encoding="identity")
    return request.get_data(cache=False, parse_form_data=False)
