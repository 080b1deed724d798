"""Machine accounts: users that are programs. They have a secret for the API instead of a password, and no pages.

A generated secret is kept as its SHA-256, a chosen one under Argon2id. It is shown once; by choice it also lies in a
file of the data folder, for scripts on this machine (seed of user management, section 8).
"""

from __future__ import annotations

import hmac
import os
import uuid
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import ForeignKey, String, event, false, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from ..audit.models import record
from ..database import Base, UtcDateTime, now
from ..errors import Refused
from ..seals import digest, new_secret
from ..text import fold
from . import passwords
from .users import User

SHORTEST, LONGEST = 10, passwords.LONGEST
FOLDER = "automation"
"""Folder of the data folder that holds the secrets which lie in files."""


class MachineSecret(Base):
    """The secret of a machine account, as a hash."""

    __tablename__ = "machine_secrets"

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    hash: Mapped[str] = mapped_column(String(200))
    is_in_file: Mapped[bool] = mapped_column(default=False, server_default=false())
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    last_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


def set_secret(session: Session, user: User, secret: str | None = None, *, by: Any, as_file: bool = False) -> str:
    """Give a machine account a new secret, generated unless one was chosen, and return it; the old one ends at once.

    `as_file` also writes it, once the session commits, to `path_of(user)`. Raises `Refused` (field "secret").
    """
    if not user.is_machine:
        raise Refused(_("Only machine accounts have a secret."), field="secret")
    if secret is not None:
        _check(secret)
    shown = secret if secret is not None else new_secret()
    kept = session.get(MachineSecret, user.id)
    had_file = kept is not None and kept.is_in_file
    if kept is None:
        kept = MachineSecret(user_id=user.id)
        session.add(kept)
    kept.hash = digest(shown) if secret is None else passwords.hash_password(shown)
    kept.is_in_file, kept.created_at, kept.last_used_at = as_file, now(), None
    session.flush()
    record(session, "machine.secret_set", by=by, customer_id=user.customer_id, subject_id=user.id, in_file=as_file)
    if as_file or had_file:
        _follow(session, path_of(user), shown if as_file else None)
    return shown


def remove_secret(session: Session, user: User) -> None:
    """Let no secret open the account any more, and remove its file once the session commits."""
    kept = session.get(MachineSecret, user.id)
    if kept is not None:
        if kept.is_in_file:
            _follow(session, path_of(user), None)
        session.delete(kept)


def _check(secret: str) -> None:
    if len(secret) < SHORTEST:
        raise Refused(_("Use at least %(number)d characters.", number=SHORTEST), field="secret")
    if len(secret) > LONGEST:
        raise Refused(_("Use at most %(number)d characters.", number=LONGEST), field="secret")
    if not secret.isprintable() or secret != secret.strip():
        raise Refused(_("Use letters, digits and signs, without line breaks, and no blank at either end."),
                      field="secret")  # fmt: skip


def authenticate(session: Session, username: str, secret: str) -> MachineSecret | None:
    """Return the secret kept of the machine account that `secret` opens; takes as long for names nobody has.

    Who is disabled is found all the same: what they may do is another question (`signed_in.enter`).
    """
    kept = session.scalar(
        select(MachineSecret)
        .join(User, MachineSecret.user_id == User.id)
        .where(User.username_key == fold(username), User.is_machine, User.archived_at.is_(None))
    )
    if kept is not None and hmac.compare_digest(kept.hash, digest(secret)):
        return kept
    is_chosen = kept is not None and kept.hash.startswith("$")
    return kept if passwords.is_right(kept.hash if kept and is_chosen else None, secret) else None


def secret_of(session: Session, user_id: uuid.UUID) -> MachineSecret | None:
    """Return what is kept of an account's secret: since when, last used when, whether it lies in a file."""
    return session.get(MachineSecret, user_id)


def path_of(user: User) -> Path:
    """Return where the secret of an account lies when it lies in a file; a name a file cannot have becomes a hash."""
    name = quote(user.username, safe="@+ ")
    safe = name if len(name) <= 200 else digest(user.username)
    return Path(current_app.config["DATA"]) / FOLDER / f"{safe}.secret"


def _follow(session: Session, path: Path, secret: str | None) -> None:
    session.info.setdefault(FOLDER, {})[path] = secret


@event.listens_for(Session, "after_commit")
def _keep(session: Session) -> None:
    if session.get_nested_transaction():
        return
    for path, secret in session.info.pop(FOLDER, {}).items():
        _write(path, secret) if secret is not None else path.unlink(missing_ok=True)


@event.listens_for(Session, "after_rollback")
def _forget(session: Session) -> None:
    session.info.pop(FOLDER, None)


def _write(path: Path, secret: str) -> None:
    """Put a secret into a file that only this user of the system may read, at once as a whole."""
    path.parent.mkdir(mode=0o700, exist_ok=True)
    draft = path.with_name(f".{os.getpid()}-{uuid.uuid4().hex}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(f"{secret}\n")
    draft.replace(path)
