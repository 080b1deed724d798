"""Look-up: which account a person means by the name or e-mail address they typed."""

from __future__ import annotations

from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from ..text import fold
from .users import User

LONGEST = 254


def key_of(typed: str) -> str:
    """Return what is compared with names and addresses; empty for what can be neither."""
    return fold(typed.replace("\0", "")) if len(typed) <= LONGEST else ""


def account_of(session: Session, typed: str) -> Any:
    """Return id, username_key and password_hash of the account with that name, or that alone has that address.

    Who has a password goes before who has none yet, or one in a directory: nobody confirmed that address, and what
    somebody types who did is not to reach that directory. One statement whoever is named, so that the answer takes the
    same time.
    """
    found = _found(session, key_of(typed))
    among = [row for row in found if row.password_hash] or found
    named = [row for row in among if row.username_key == key_of(typed)]
    if named:
        return named[0]
    return among[0] if len(among) == 1 else None


def is_ours(session: Session, typed: str) -> bool:
    """Tell whether an account that is no directory's has that name or that address, be it disabled."""
    key = key_of(typed)
    named = or_(User.username_key == key, User.email_key == key)
    found = select(User.id).where(named, User.directory_id.is_(None), User.archived_at.is_(None)).limit(1)
    return bool(key) and session.scalar(found) is not None


def accounts_of(session: Session, typed: str) -> list[User]:
    """Return every account that has that name or that address, and a password that may be forgotten."""
    ids = [row.id for row in _found(session, key_of(typed)) if row.password_hash]
    return [user for id in ids if (user := session.get(User, id)) is not None and user.email]


def _found(session: Session, key: str) -> list[Any]:
    return list(
        session.execute(
            select(User.id, User.username_key, User.password_hash)
            .where(
                or_(User.username_key == key, User.email_key == key) if key else User.username_key == key,
                User.archived_at.is_(None),
                User.disabled_at.is_(None),
            )
            .order_by(User.id)
        )
    )
