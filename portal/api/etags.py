"""Tags: which version of an object a program has. Whoever changes one says which; a late one is told both."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from flask import request
from flask_babel import gettext as _

from .problems import Problem

SUFFIXES = ("", ":br", ":gzip")
"""What compression adds to the tag of an answer."""


def tag_of(found: Mapping[str, Any]) -> str:
    """Return the tag of an object: another one whenever anything it shows is another."""
    return hashlib.sha256(json.dumps(found, sort_keys=True).encode()).hexdigest()[:32]


def has_it(tag: str) -> bool:
    """Tell whether who asks has this version already."""
    return bool(_all_of(request.if_none_match) & _spelled(tag))


def check(found: Mapping[str, Any], sent: Mapping[str, Any]) -> None:
    """Raise Problem 428 for a change that says of no version, 412 with both versions for one of another version."""
    if "If-Match" not in request.headers:
        raise Problem(428, _("Say with If-Match which version you change: the ETag with which you read it."))
    tag = tag_of(found)
    if not request.if_match.star_tag and not _all_of(request.if_match) & _spelled(tag):
        raise late(found, sent)


def late(found: Mapping[str, Any], sent: Mapping[str, Any]) -> Problem:
    """Return the problem that somebody else changed an object meanwhile."""
    sentence = _("Somebody else changed this meanwhile. Compare both versions and send it again.")
    return Problem(412, sentence, members={"current": found, "sent": sent}, ETag=f'"{tag_of(found)}"')


def _all_of(tags: Any) -> set[str]:
    return set(tags.as_set(include_weak=True))


def _spelled(tag: str) -> set[str]:
    return {f"{tag}{suffix}" for suffix in SUFFIXES}
