"""The throttle: wrong passwords per account, per address and in all, the same for names nobody has."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import Index, String, delete, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from ..database import Base, Identified, UtcDateTime, now
from ..seals import digest

WINDOW = timedelta(minutes=5)


class Failure(Identified, Base):
    """One wrong password, counted under a digest of the name tried, the address, or all."""

    __tablename__ = "failures"
    __table_args__ = (Index("ix_failures_counted", "counted_as", "at"),)

    counted_as: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


def _budgets(name: str, address: str) -> dict[str, int]:
    each, total = current_app.config["LOGIN_FAILURES"], current_app.config["LOGIN_FAILURES_TOTAL"]
    return {digest(f"name {name}"): each, digest(f"address {address}"): each, "all": total}


def is_exhausted(session: Session, name: str, address: str) -> bool:
    """Tell whether the name, the address or the whole portal has used up its wrong passwords of five minutes."""
    budgets = _budgets(name, address)
    counts = session.execute(
        select(Failure.counted_as, func.count())
        .where(Failure.counted_as.in_(budgets), Failure.at > now() - WINDOW)
        .group_by(Failure.counted_as)
    )
    return any(count >= budgets[counted_as] for counted_as, count in counts)


def count_failure(session: Session, name: str, address: str) -> None:
    """Count one wrong password under the name, the address and in all; forget what is old."""
    session.execute(delete(Failure).where(Failure.at < now() - WINDOW))
    session.add_all(Failure(counted_as=counted_as) for counted_as in _budgets(name, address))


def forgive(session: Session, name: str) -> None:
    """Forget the wrong passwords of a name: after the right one, or a new one."""
    session.execute(delete(Failure).where(Failure.counted_as == digest(f"name {name}")))
