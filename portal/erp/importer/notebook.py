"""Notebook: writes findings and progress of a run down while it goes on, each in a transaction of its own."""

from __future__ import annotations

import time
from typing import Any

from sqlalchemy import insert

from ...database import separate, uuid7
from .. import runs
from ..models import ErpFinding, ErpRun

MOST_FINDINGS = 5000
"""So many are kept of one run; a file of rubbish needs no million rows to say so. All are counted."""

EVERY_SECONDS = 0.5


class Notebook:
    """The findings of a run, and how far it is. `steps` is how many models there are to go through."""

    def __init__(self, run: ErpRun, steps: int) -> None:
        self.run, self.steps = run, steps
        self.count = 0
        self._waiting: list[dict[str, Any]] = []
        self._step, self._done, self._said = "", 0, 0.0

    def note(self, file: str, line: int, record: str, why: str, customer_id: str | None = None) -> None:
        """Keep a finding."""
        self.count += 1
        if self.count <= MOST_FINDINGS:
            self._waiting.append(
                {
                    "id": uuid7(),
                    "run_id": self.run.id,
                    "number": self.count,
                    "file": file,
                    "line": line,
                    "record": record[:120],
                    "customer_id": customer_id,
                    "sentence": why,
                }  # fmt: skip
            )

    def begin(self, step: str) -> None:
        """Say that the next model is begun."""
        self._step = step
        self._done += 1
        self.say(step, force=True)

    def count_up(self, read: int) -> None:
        """Say how many records of the present model have been read."""
        self.say(f"{self._step}: {read}")

    def say(self, step: str, *, force: bool = False) -> None:
        """Show the step, and prove that the run lives; raise `Stopped` when it was taken away."""
        if not force and time.monotonic() - self._said < EVERY_SECONDS:
            return
        self._said = time.monotonic()
        with separate() as session:
            runs.beat(session, self.run, step=step, done=max(self._done - 1, 0), total=self.steps, findings=self.count)
            if self._waiting:
                session.execute(insert(ErpFinding), self._waiting)
        self._waiting.clear()
