"""Passwords: hashed with Argon2id; 15 characters or more, none that is common or made of the company's name."""

from __future__ import annotations

import unicodedata
import uuid
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ..audit.models import Event, record
from ..errors import Refused
from . import blocklist
from .notices import tell
from .users import User

HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
SHORTEST, LONGEST = 15, 256
DEMO = "portal-demo-2026"
"""The password of everybody in the demo; it is public, and nobody can choose it."""

_nobody: list[str] = []


def _normal(password: str) -> str:
    return unicodedata.normalize("NFKC", password)


def hash_password(password: str) -> str:
    """Return the Argon2id hash of a password."""
    return HASHER.hash(_normal(password))


def is_right(password_hash: str | None, password: str) -> bool:
    """Tell whether the hash is the password's; takes the same time when there is none."""
    if not _nobody:
        _nobody.append(HASHER.hash("nobody"))
    if len(password) > LONGEST:
        return False
    try:
        HASHER.verify(password_hash or _nobody[0], _normal(password))
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None


def renew_hash(user: User, password: str) -> None:
    """Hash a right password anew when the parameters have changed since."""
    if user.password_hash and HASHER.check_needs_rehash(user.password_hash):
        user.password_hash = hash_password(password)


def check_length(password: str, *, field: str = "password") -> None:
    """Raise `Refused` with a sentence when a password is too short or too long."""
    if len(password) > LONGEST:
        raise Refused(_("Use at most %(number)d characters.", number=LONGEST), field=field)
    if len(_normal(password)) < SHORTEST:
        raise Refused(
            _("Use at least %(number)d characters. A few words in a row are good.", number=SHORTEST), field=field
        )


def check(password: str, person: User, *, field: str = "password") -> None:
    """Raise `Refused` with a sentence when a chosen password does not hold (NIST SP 800-63B-4, 3.1.1.2)."""
    check_length(password, field=field)
    if blocklist.is_easy(_normal(password), _names(person)):
        raise Refused(
            _(
                "This password is easy to guess: it is made of common words, patterns, or your own or the company’s "
                "name. Take a few words that have nothing to do with each other."
            ),
            field=field,
        )


def _names(person: User) -> list[Any]:
    config = current_app.config
    company = [person.customer.id, person.customer.name, person.customer.city] if person.customer else []
    ours = [config["BRAND"], config["PROVIDER_NAME"], urlsplit(config["BASE_URL"]).hostname or ""]
    return [person.name, person.username, person.email, *company, *ours]


def set_password(user: User, password: str, *, is_demo: bool = False) -> None:
    """Give the account a password; links sent for another one stop working."""
    user.password_hash = hash_password(password)
    user.password_is_demo, user.must_change_password = is_demo, False
    user.revoke_tokens()


def give(session: Session, user: User, password: str, *, by: Any) -> None:
    """Give somebody else a password: their sessions end, and who had another one is told by mail.

    Raises `Refused` (field "password") when it does not hold.
    """
    check(password, user)
    had_one = bool(user.password_hash)
    set_password(user, password)
    user.end_sessions()
    record(session, "password.given", by=by, customer_id=user.customer_id, subject_id=user.id)
    if had_one and not user.disabled_at:
        tell_changed(session, user)


def tell_changed(session: Session, user: User) -> None:
    """Mail the person that their password is another one now."""
    tell(session, user, "password_changed")


def changed_at(session: Session, user_id: uuid.UUID) -> datetime | None:
    """Return when the person last got a password, if that is on record."""
    tags = ("password.changed", "password.chosen", "password.given", "password.reset", "password.set")
    return session.scalar(select(func.max(Event.at)).where(Event.subject_id == user_id, Event.tag.in_(tags)))
