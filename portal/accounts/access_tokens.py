"""Access tokens: with one a person's program uses the API as that person, until its end date or until it is revoked."""

from __future__ import annotations

import uuid
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import ForeignKey, Index, String, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from ..audit.models import record
from ..customers.subscriptions import today
from ..database import Base, Identified, UtcDateTime, now
from ..errors import Refused
from ..seals import digest, new_secret

PREFIX = "cpt_"
"""What every token begins with, so that whoever scans for leaked secrets knows one."""

LONGEST = timedelta(days=365)
"""How long a token works at most."""

MOST = 50
"""How many tokens one person may have open."""

NAME_LENGTH = 80


class AccessToken(Identified, Base):
    """A token of one person, as the hash of its secret."""

    __tablename__ = "api_tokens"
    __table_args__ = (Index("ix_api_tokens_user_id", "user_id", "id"),)

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @property
    def is_open(self) -> bool:
        """Tell whether it still opens the API."""
        return self.revoked_at is None and self.expires_at > now()

    @classmethod
    def issue(cls, session: Session, *, by: Any, name: str, ends_on: date) -> tuple[AccessToken, str]:
        """Make a token of whoever is signed in and return it with its secret, which is shown once.

        It works until the end of `ends_on`, a year ahead at most. Raises `Refused` naming the field.
        """
        name = " ".join(name.split())
        if not name or len(name) > NAME_LENGTH:
            raise Refused(_("Give the token a name of up to %(number)d characters.", number=NAME_LENGTH), field="name")
        if not today() <= ends_on <= today() + LONGEST:
            raise Refused(_("A token ends between today and a year from now."), field="ends_on")
        if len([token for token in cls.of(session, by.id) if token.is_open]) >= MOST:
            raise Refused(_("You have %(number)d tokens. Revoke one first.", number=MOST))
        secret = PREFIX + new_secret()
        midnight = datetime.combine(ends_on + timedelta(days=1), time(), ZoneInfo(current_app.config["TIME_ZONE"]))
        token = cls(user_id=by.id, name=name, digest=digest(secret), expires_at=midnight)
        session.add(token)
        record(session, "token.made", by=by, customer_id=by.customer_id, subject_id=by.id, name=name)
        return token, secret

    @classmethod
    def of(cls, session: Session, user_id: uuid.UUID) -> list[AccessToken]:
        """Return a person's tokens, the newest first."""
        return list(session.scalars(select(cls).where(cls.user_id == user_id).order_by(cls.id.desc())))

    def revoke(self, session: Session, *, by: Any) -> None:
        """Let the token open nothing from here on."""
        if self.revoked_at is None:
            self.revoked_at = now()
            record(session, "token.revoked", by=by, customer_id=by.customer_id, subject_id=self.user_id, name=self.name)


def find(session: Session, secret: str) -> AccessToken | None:
    """Return the token with this secret while it opens the API; whose it is may still not be let in (`enter`)."""
    if not secret.startswith(PREFIX):
        return None
    token = session.scalar(select(AccessToken).where(AccessToken.digest == digest(secret)))
    return token if token is not None and token.is_open else None


def forget_old(session: Session) -> None:
    """Delete what was over three months ago."""
    session.execute(delete(AccessToken).where(AccessToken.expires_at < now() - timedelta(days=90)))
