"""Questions: the verification request that a site without a way to the portal writes into a file.

What Checkmk writes there is not published. The portal needs nothing of it but two names to repeat in its answer, and
finds them in any JSON object, plain or in rot47 as the rest of Checkmk's licensing files.
"""

from __future__ import annotations

import json
import re
from typing import Any

from flask_babel import gettext as _

from ..config import MEBIBYTE
from ..errors import Refused
from .usage.reports import rot47
from .verification import Asked

LARGEST = 2 * MEBIBYTE
_NAME = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]{0,98}[\x21-\x7e])?")
_REQUEST = ("request_id", "verification_request_id", "id")


def read(raw: bytes) -> Asked:
    """Return what a request file names; raise Refused (field "request") for what is none."""
    if len(raw) > LARGEST:
        raise _refused(_("This file is too large to be a verification request."))
    question = _object(raw)
    named = next((question[key] for key in _REQUEST if question.get(key)), "")
    if not named:
        raise _refused(_("The verification request has no request ID (request_id)."))
    return asked(named, question.get("instance_id") or _instance(question.get("history")))


def asked(request_id: Any, instance_id: Any = "") -> Asked:
    """Return a question with these names; raise Refused when one cannot be repeated: up to 100 ASCII characters."""
    for field, value in (("request_id", request_id), ("instance_id", instance_id)):
        if value and not (isinstance(value, str) and _NAME.fullmatch(value)):
            raise _refused(_("%(field)s is no plain text of at most 100 characters.", field=field))
    return Asked(request_id or "", instance_id or "")


def _object(raw: bytes) -> dict[str, Any]:
    try:
        text = raw.decode("utf-8-sig").strip()
        found = json.loads(text if text.startswith("{") else rot47(text))
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise _refused(_("This is no verification request. Choose the file that your Checkmk site wrote."))
    return found


def _instance(history: Any) -> Any:
    """Return the instance that the usage beside the question is of, where there is any."""
    first = history[0] if isinstance(history, list) and history else None
    return first.get("instance_id") if isinstance(first, dict) else ""


def _refused(sentence: str) -> Refused:
    return Refused(sentence, field="request")
