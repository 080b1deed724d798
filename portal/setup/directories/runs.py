"""Runs: what became of the last time a directory was read."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, Session, mapped_column

from ...database import Base, UtcDateTime, now, separate
from .entries import Odd

MOST_ODD = 100
COUNTS = ("found", "created", "updated", "disabled", "odd")


class DirectoryRun(Base):
    """One row a directory. `finished_at`: when it was last read whole; `failed_at` and `reason`: why it is not now."""

    __tablename__ = "directory_runs"

    directory_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("elements.id", ondelete="CASCADE"), primary_key=True)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    failed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(String(300), default="")
    found: Mapped[int] = mapped_column(default=0)
    created: Mapped[int] = mapped_column(default=0)
    updated: Mapped[int] = mapped_column(default=0)
    disabled: Mapped[int] = mapped_column(default=0)
    odd: Mapped[int] = mapped_column(default=0)
    examples: Mapped[list[list[str]]] = mapped_column(JSON, default=list)
    """Of the entries that are nobody's account the first ones: DN and why."""


def failed(directory_id: uuid.UUID, reason: str) -> None:
    """Keep why a directory cannot be read, and since when. Commits on its own."""
    with separate() as session:
        run = _run(session, directory_id)
        run.failed_at, run.reason = run.failed_at or now(), reason[:300]


def finished(directory_id: uuid.UUID, counts: dict[str, int], odd: list[Odd]) -> None:
    """Keep what came of reading a directory. Commits on its own."""
    with separate() as session:
        run = _run(session, directory_id)
        run.finished_at, run.failed_at, run.reason = now(), None, ""
        run.odd, run.examples = len(odd), [[one.dn[:300], one.reason[:300]] for one in odd[:MOST_ODD]]
        for name, count in counts.items():
            setattr(run, name, count)


def _run(session: Session, directory_id: uuid.UUID) -> DirectoryRun:
    run = session.get(DirectoryRun, directory_id)
    if run is None:
        run = DirectoryRun(directory_id=directory_id)
        session.add(run)
    return run


def last(session: Session, directory_id: uuid.UUID) -> DirectoryRun | None:
    """Return the last run of a directory."""
    return session.get(DirectoryRun, directory_id)
