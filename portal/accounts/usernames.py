"""Usernames: what one may be; chosen once and never changed (seed "User management", 2.2)."""

from __future__ import annotations

import re

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from ..errors import Refused
from ..text import fold
from .users import User

PATTERN = r"[\w$][-@.+\w$]*"
MOST_BYTES = 255


def check(session: Session, username: str) -> None:
    """Raise `Refused` (field "username") for a name that cannot be one, or that somebody has in whatever case."""
    if not re.fullmatch(PATTERN, username) or len(username.encode()) > MOST_BYTES:
        raise Refused(
            _("Letters, digits and . _ - @ + $ only, beginning with a letter, a digit, _ or $; 255 bytes at most."),
            field="username",
        )
    if session.scalar(select(User.id).where(User.username_key == fold(username))):
        raise Refused(_("This username is already being used by another user."), field="username")
