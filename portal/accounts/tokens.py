"""One-time tokens: invitations, forgotten passwords, new e-mail addresses. They expire and work once.

The table holds only the SHA-256 of a token; the mail that carries it is sealed until it is sent.
"""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from flask import current_app
from sqlalchemy import ForeignKey, Index, String, delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from ..database import Base, Identified, UtcDateTime, now
from ..seals import digest, new_secret
from .users import User


class Purpose(StrEnum):
    """What a token is good for; it opens nothing else."""

    INVITATION = "invitation"
    RESET = "reset"
    EMAIL = "email"


class Token(Identified, Base):
    """A secret sent to one address of one account, good for one purpose, once, until it expires."""

    __tablename__ = "tokens"
    __table_args__ = (Index("ix_tokens_user_id", "user_id", "purpose"),)

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    user: Mapped[User] = relationship()
    purpose: Mapped[Purpose] = mapped_column(String(20))
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    email: Mapped[str] = mapped_column(String(254))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @classmethod
    def issue(cls, session: Session, user: User, purpose: Purpose, *, email: str = "") -> tuple[Token, str]:
        """Make a token and return it with its secret; earlier ones of the same purpose stop working."""
        hours = current_app.config["INVITATION_HOURS" if purpose is Purpose.INVITATION else "RESET_HOURS"]
        session.execute(delete(cls).where(cls.user_id == user.id, cls.purpose == purpose, cls.used_at.is_(None)))
        secret = new_secret()
        token = cls(
            user_id=user.id, purpose=purpose, digest=digest(secret),
            email=email or user.email, expires_at=now() + timedelta(hours=hours),
        )  # fmt: skip
        session.add(token)
        session.flush()
        return token, secret

    @classmethod
    def find(cls, session: Session, secret: str, purpose: Purpose) -> Token | None:
        """Return the unused, unexpired token of an account that may still sign in, else None."""
        token = session.scalar(
            select(cls).where(
                cls.digest == digest(secret), cls.purpose == purpose, cls.used_at.is_(None), cls.expires_at > now()
            )
        )
        if token is None or token.user.disabled_at or token.user.archived_at:
            return None
        return token

    @classmethod
    def waiting(cls, session: Session, user_id: uuid.UUID, purpose: Purpose) -> Token | None:
        """Return the token somebody has been sent and may still use."""
        return session.scalar(
            select(cls).where(
                cls.user_id == user_id, cls.purpose == purpose, cls.used_at.is_(None), cls.expires_at > now()
            )
        )

    def use(self, session: Session) -> bool:
        """Mark the token used; False when another request was faster."""
        result: Any = session.execute(
            update(Token).where(Token.id == self.id, Token.used_at.is_(None)).values(used_at=now())
        )
        return bool(result.rowcount == 1)

    @property
    def is_expired(self) -> bool:
        """Tell whether its time is over."""
        return self.expires_at <= now()


def forget_old(session: Session) -> None:
    """Delete tokens that expired a month ago."""
    session.execute(delete(Token).where(Token.expires_at < now() - timedelta(days=30)))
