"""Runs: what became of the last time a directory was read."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

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
    """Keep why a directory could not be read. Commits on its own."""
    _keep(directory_id, failed_at=now(), reason=reason[:300])


def finished(directory_id: uuid.UUID, counts: dict[str, int], odd: list[Odd]) -> None:
    """Keep what came of reading a directory. Commits on its own."""
    examples = [[one.dn[:300], one.reason[:300]] for one in odd[:MOST_ODD]]
    _keep(directory_id, finished_at=now(), failed_at=None, reason="", odd=len(odd), examples=examples, **counts)


def _keep(directory_id: uuid.UUID, **values: Any) -> None:
    with separate() as session:
        run = session.get(DirectoryRun, directory_id)
        if run is None:
            run = DirectoryRun(directory_id=directory_id)
            session.add(run)
        for name, value in values.items():
            setattr(run, name, value)


def last(session: Session, directory_id: uuid.UUID) -> DirectoryRun | None:
    """Return the last run of a directory."""
    return session.get(DirectoryRun, directory_id)
