"""Session rows: one per signed-in browser, keyed by the hash of the token that its cookie holds."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from flask import Request
from sqlalchemy import ForeignKey, Index, String, delete, false, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from ..database import Base, UtcDateTime, now
from ..seals import digest
from .users import User

SEEN_EVERY = timedelta(minutes=5)
CUSTOMER_LIFE = timedelta(hours=12)
REMEMBERED_LIFE = timedelta(days=30)
STAFF_LIFE = timedelta(hours=12)
STAFF_IDLE = timedelta(minutes=30)


class SessionRow(Base):
    """One signed-in browser. Deleting the row signs it out at its next click."""

    __tablename__ = "sessions"
    __table_args__ = (Index("ix_sessions_user_id", "user_id"),)

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    last_seen_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    remembered: Mapped[bool] = mapped_column(default=False)
    address: Mapped[str] = mapped_column(String(64), default="")
    browser: Mapped[str] = mapped_column(String(300), default="")
    only_monitoring: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Begun by an address that held the password: it opens monitoring to look at, and nothing else."""

    @property
    def key(self) -> str:
        """Return what names this session on its owner's pages; the token cannot be told from it."""
        return digest(self.token_hash)[:20]


def rest_of(idle_minutes: int | None, *, is_staff: bool) -> timedelta | None:
    """Return how long somebody may stay away before their sessions end; None: as long as a session lasts.

    Staff half an hour and others freely, unless the account says otherwise: 0 for freely, else minutes.
    """
    if idle_minutes is None:
        return STAFF_IDLE if is_staff else None
    return timedelta(minutes=idle_minutes) if idle_minutes else None


def seen_every(rest: timedelta | None) -> timedelta:
    """Return how old the note of somebody's last click may grow: a short rest needs a fresher one."""
    return SEEN_EVERY if rest is None else min(SEEN_EVERY, rest / 6)


def open_ones(session: Session, user_id: uuid.UUID) -> list[SessionRow]:
    """Return the sessions a person has open now, the one seen last first."""
    rows = session.execute(
        select(SessionRow, User.idle_minutes, User.portal_role)
        .join(User, User.id == SessionRow.user_id)
        .where(SessionRow.user_id == user_id, SessionRow.expires_at > now())
        .order_by(SessionRow.last_seen_at.desc(), SessionRow.token_hash)
    ).all()
    rests = [(row, rest_of(minutes, is_staff=role is None)) for row, minutes, role in rows]
    return [row for row, rest in rests if rest is None or row.last_seen_at > now() - rest]


def forget_old(session: Session) -> None:
    """Delete the rows of sessions that are over."""
    session.execute(delete(SessionRow).where(SessionRow.expires_at < now()))


def is_automatic(request: Request) -> bool:
    """Tell whether a page asks by itself for what is new: nobody has to sit there for that, so it is no activity."""
    return request.method == "GET" and request.headers.get("X-Refresh") == "automatic"
