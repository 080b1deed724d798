"""Keys: the IDs of elements, fixed once made."""

from __future__ import annotations

import re

from flask_babel import gettext as _

from ..errors import Refused
from .kind import ElementKind

LENGTH = 64
PLAIN = r"[a-zA-Z_][-a-zA-Z0-9_]*"
WITH_DOTS = r"[-a-zA-Z0-9_.]*[-a-zA-Z0-9_][-a-zA-Z0-9_.]*"
"""Groups: also digits first and dots, though not dots alone, which addresses cannot hold."""
RESERVED = {"global", "new"}
"""IDs no element can have: what a customer field says for all, and the literal sibling of an element's address."""


def check(kind: ElementKind, key: str) -> None:
    """Raise `Refused` when the ID is malformed or reserved."""
    if not re.fullmatch(WITH_DOTS if kind.has_dots else PLAIN, key, re.ASCII):
        sentence = (
            _("An ID consists of letters, digits, dash, underscore and dot.")
            if kind.has_dots
            else _("An ID consists of letters, digits, dash and underscore and starts with a letter or underscore.")
        )
        raise Refused(sentence, field="id")
    if len(key) > LENGTH:
        raise Refused(_("An ID has at most %(number)d characters.", number=LENGTH), field="id")
    if key.lower() in RESERVED:
        raise Refused(_("The ID “%(id)s” is reserved. Choose another.", id=key), field="id")
