"""Passwords: hashed with Argon2id; 15 characters or more, none that is common or made of the company's name."""

from __future__ import annotations

import unicodedata
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from flask_babel import gettext as _

from ..errors import Refused
from .users import User

HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
SHORTEST, LONGEST = 15, 256
_nobody: list[str] = []


def _normal(password: str) -> str:
    return unicodedata.normalize("NFKC", password)


def hash_password(password: str) -> str:
    """Return the Argon2id hash of a password."""
    return HASHER.hash(_normal(password))


def is_right(user: User | None, password: str) -> bool:
    """Tell whether the password is the account's; takes the same time when there is no account or no password."""
    if not _nobody:
        _nobody.append(HASHER.hash("nobody"))
    known = user.password_hash if user is not None else None
    try:
        HASHER.verify(known or _nobody[0], _normal(password))
    except (VerifyMismatchError, InvalidHashError):
        return False
    return known is not None


def check(password: str, person: Any, *, field: str = "password") -> None:
    """Raise `Refused` with a sentence when a chosen password does not hold (NIST SP 800-63B-4, 3.1.1.2)."""
    if len(_normal(password)) < SHORTEST:
        raise Refused(
            _("Use at least %(number)d characters. A few words in a row are good.", number=SHORTEST), field=field
        )
    if len(password) > LONGEST:
        raise Refused(_("Use at most %(number)d characters.", number=LONGEST), field=field)


def set_password(user: User, password: str, *, is_demo: bool = False) -> None:
    """Give the account a password."""
    user.password_hash = hash_password(password)
    user.password_is_demo = is_demo
