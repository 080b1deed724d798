"""The supervisor: one process that starts others, keeps them running and leaves none behind."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

PR_SET_PDEATHSIG = 1
PATIENCE = 20.0
"""Seconds a child has to end before it is killed."""

_libc = ctypes.CDLL(None)


def _die_with_parent() -> None:
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


@dataclass
class Child:
    """A command that is to run; `kept` is started again when it ends, the end of any other ends all."""

    name: str
    command: Sequence[str]
    kept: bool = False
    process: subprocess.Popen[bytes] | None = None
    starts: list[float] = field(default_factory=list)

    def start(self, folder: Path, environment: Mapping[str, str]) -> None:
        """Start it in a process group of its own, so that a Ctrl+C reaches it through the supervisor alone."""
        self.starts = [*self.starts[-5:], time.monotonic()]
        self.process = subprocess.Popen(
            self.command,
            cwd=folder,
            env=dict(environment),
            start_new_session=True,
            preexec_fn=_die_with_parent,
        )

    def due(self) -> float:
        """Return when it may start again: at once, but after some starts in a row only every few seconds."""
        return self.starts[-1] + min(30, 2 ** len(self.starts)) if len(self.starts) > 2 else 0

    def end(self, number: signal.Signals) -> None:
        """Send the whole group a signal."""
        if self.process:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, number)


def run(
    children: Sequence[Child],
    *,
    folder: Path,
    environment: Mapping[str, str],
    watch: Callable[[], None],
    say: Callable[[str], None],
) -> int:
    """Run the children until one that is not kept ends, or SIGTERM or SIGINT comes; return the exit status.

    `watch` is called a few times a second. A second signal ends at once.
    """
    signals: list[int] = []

    def note(number: int, _frame: FrameType | None) -> None:
        signals.append(number)

    before = {number: signal.signal(number, note) for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)}
    status = 0
    try:
        for child in children:
            child.start(folder, environment)
        while not signals:
            ended = [child for child in children if child.process and child.process.poll() is not None]
            for child in ended:
                assert child.process is not None
                if not child.kept:
                    say(f"The {child.name} ended with status {child.process.returncode}.")
                    return child.process.returncode if child.process.returncode > 0 else 1
                if time.monotonic() >= child.due():
                    say(f"The {child.name} ended with status {child.process.returncode} and is started again.")
                    child.end(signal.SIGKILL)
                    child.start(folder, environment)
            watch()
            time.sleep(0.2)
    finally:
        _end(children, signals)
        for number, previous in before.items():
            signal.signal(number, previous)
    return status


def _end(children: Sequence[Child], signals: Sequence[int]) -> None:
    """Ask all to end, wait, and kill what is left; a further signal shortens the wait."""
    known = len(signals)
    for child in children:
        child.end(signal.SIGTERM)
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and len(signals) == known:
        if all(child.process is None or child.process.poll() is not None for child in children):
            break
        time.sleep(0.05)
    for child in children:
        child.end(signal.SIGKILL)
        if child.process:
            child.process.wait()
