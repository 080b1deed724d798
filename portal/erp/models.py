"""Runs of the import, and what each has to say about single records."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from ..database import Base, Identified, UtcDateTime, now


class RunState(StrEnum):
    """Where a run stands; an interrupted one left whole records, and the next completes them."""

    WAITING = "waiting"
    RUNNING = "running"
    FINISHED = "finished"
    FAILED = "failed"
    INTERRUPTED = "interrupted"


OPEN = (RunState.WAITING, RunState.RUNNING)


class ErpRun(Identified, Base):
    """One import. `is_active` is True while it runs, else NULL: being unique, it lets only one run at a time.

    `worker` is who runs it, `beat_at` when that one was last heard of; `counts` is what `report` reads.
    """

    __tablename__ = "erp_runs"
    __table_args__ = (Index("ux_erp_runs_is_active", "is_active", unique=True),)

    address: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(String(40), default="")
    by_id: Mapped[uuid.UUID | None] = mapped_column()
    state: Mapped[str] = mapped_column(String(20), default=RunState.WAITING)
    is_active: Mapped[bool | None] = mapped_column()
    worker: Mapped[str] = mapped_column(String(200), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    beat_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    step: Mapped[str] = mapped_column(String(200), default="")
    error: Mapped[str] = mapped_column(Text, default="")
    findings: Mapped[int] = mapped_column(default=0)
    counts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)

    @property
    def is_open(self) -> bool:
        """Tell whether it waits or runs."""
        return self.state in OPEN


class ErpFinding(Identified, Base):
    """What a run found wrong with a record: where it stands, which one it is, whose (as far as known), and why."""

    __tablename__ = "erp_findings"
    __table_args__ = (Index("ix_erp_findings_run_id", "run_id", "number", "id"),)

    run_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("erp_runs.id", ondelete="CASCADE"))
    number: Mapped[int] = mapped_column()
    file: Mapped[str] = mapped_column(Text)
    line: Mapped[int] = mapped_column()
    record: Mapped[str] = mapped_column(String(120))
    customer_id: Mapped[str | None] = mapped_column(ForeignKey("customers.id"))
    sentence: Mapped[str] = mapped_column(Text)
