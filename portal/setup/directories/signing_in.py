"""Signing in with a directory's password: the directory is asked, nothing of it is kept.

People with a password of the portal's own are never asked about anywhere: a directory that is dead locks none of them
out. One that was silent is left alone for a moment, so that a dead one costs one person some seconds, not everybody.
"""

from __future__ import annotations

import time
import uuid
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from ...accounts import outside
from ...accounts.users import User
from ...database import db, reading
from ...errors import Refused
from ...text import fold
from . import directory as directories
from . import server, syncing
from .directory import Directory
from .entries import read
from .server import Silent

PAUSE = 30.0
"""Seconds a silent directory is left alone by this process."""
MOST_ASKED = 5

_silent: dict[uuid.UUID, float] = {}


def check(typed: str, password: str, account: Any) -> uuid.UUID | None:
    """Return whose password a directory says it is: the account's own, or, without one, whoever's it turns out to be.

    Raises `outside.Unreachable` when one that should have been asked is silent. No transaction is open meanwhile.
    """
    with reading():
        session = db.session()
        user = (
            session.execute(select(User.directory_id, User.username).where(User.id == account.id)).one()
            if account
            else None
        )
        every = directories.every(session)
        session.rollback()
    asked = [one for one in every if one.id == user.directory_id] if user else every[:MOST_ASKED]
    silent = False
    for one in asked:
        try:
            found = _ask(one, user.username if user else typed.strip(), password)
        except Silent:
            silent = True
            continue
        if found:
            return found
    if silent:
        raise outside.Unreachable
    return None


def _ask(directory: Directory, username: str, password: str) -> uuid.UUID | None:
    if time.monotonic() < _silent.get(directory.id, 0.0):
        raise Silent
    try:
        with server.opened(directory, seconds=server.SIGN_IN_SECONDS) as asked:
            named = asked.named(username)
            entries, _odd = read(directory, named, syncing.members(asked) if named else {})
            right = [one for one in entries if fold(one.username) == fold(username)]
            if len(right) != 1 or not asked.is_right(right[0].dn, password):
                return None
    except Silent:
        _silent[directory.id] = time.monotonic() + PAUSE
        raise
    _silent.pop(directory.id, None)
    try:
        syncing.one(directory, right[0])
    except Refused:  # an account that is not the directory's has the username or the address
        return None
    except IntegrityError:
        pass  # the same person, twice at once: the other made the account
    with reading():
        found = db.session().scalar(
            select(User.id).where(
                User.directory_id == directory.id, User.directory_key == right[0].key,
                User.disabled_at.is_(None), User.archived_at.is_(None),
            )
        )  # fmt: skip
        db.session.rollback()
    return found


outside.register(check)
