"""Site passwords: what a person signs in to monitoring sites with. The portal's own password never leaves it.

Kept as bcrypt, because that is what sites read; one row for each person who has one.
"""

from __future__ import annotations

import unicodedata
import uuid
from datetime import datetime
from typing import Any

import bcrypt
from flask_babel import gettext as _
from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, Session, mapped_column

from ...accounts import passwords
from ...accounts.notices import tell
from ...accounts.users import User
from ...audit.models import record
from ...database import Base, UtcDateTime, now
from ...errors import Refused

ROUNDS = 12
MOST_BYTES = 72
"""What bcrypt reads of a password; the rest would count for nothing."""


class SitePassword(Base):
    """The hash that sites get of a person."""

    __tablename__ = "site_passwords"

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"), primary_key=True)
    hash: Mapped[str] = mapped_column(String(60))
    set_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    set_by_id: Mapped[uuid.UUID | None] = mapped_column()


def check(password: str, person: User, *, field: str = "password") -> None:
    """Raise `Refused` with a sentence when a chosen site password does not hold: the portal's rules, and bcrypt's."""
    if any(unicodedata.category(letter) in ("Cc", "Cs") for letter in password):
        raise Refused(_("This holds characters that cannot be typed everywhere. Choose another one."), field=field)
    if len(_bytes(password)) > MOST_BYTES:
        raise Refused(
            _(
                "Use at most %(number)d bytes: sites read no more. Letters with accents take two.",
                number=MOST_BYTES,
            ),
            field=field,
        )
    passwords.check(password, person, field=field)


def hash_of(password: str) -> str:
    """Return the bcrypt hash, marked as sites' web servers know it (`$2y$`). Takes a quarter of a second."""
    return "$2y" + bcrypt.hashpw(_bytes(password), bcrypt.gensalt(ROUNDS)).decode().removeprefix("$2b")


def put(session: Session, user: User, hash: str, *, by: Any) -> None:
    """Set or change somebody's site password; they are told."""
    own = session.get(SitePassword, user.id)
    if own is None:
        session.add(SitePassword(user_id=user.id, hash=hash, set_by_id=by.id))
    else:
        own.hash, own.set_at, own.set_by_id = hash, now(), by.id
    session.flush()
    _record(session, "site_password.set", user, by)


def remove(session: Session, user: User, *, by: Any) -> None:
    """Take somebody's site password away: they can no longer sign in to sites with one. They are told."""
    own = session.get(SitePassword, user.id)
    if own is not None:
        session.delete(own)
        session.flush()
        _record(session, "site_password.removed", user, by)


def _record(session: Session, tag: str, user: User, by: Any) -> None:
    record(session, tag, by=by, customer_id=user.customer_id, subject_id=user.id)
    others = by.name if by.id != user.id else ""
    if not user.disabled_at:
        tell(session, user, "site_password_changed", is_set=tag == "site_password.set", by=others)


def _bytes(password: str) -> bytes:
    return unicodedata.normalize("NFC", password).encode(errors="surrogatepass")
