"""The poller: asks many sites at once over connections it keeps; a dead one is remembered and never waited for."""

from __future__ import annotations

from collections.abc import Sequence

from .livestatus.answers import Answer, Target
from .livestatus.query import Query


def ask(targets: Sequence[Target], *queries: Query) -> list[Answer]:
    """Ask every target all queries and return their answers in the order of `targets`; raises BadValue, nothing else.

    A site that is disabled, dead, or behind a status host that is down is answered for at once.
    """
    raise NotImplementedError


def command(target: Target, *words: str | int) -> None:
    """Send an external command (`"PROCESS_HOST_CHECK_RESULT", "web1", 1, "down"`); raises BadValue or OSError."""
    raise NotImplementedError


def probe(target: Target) -> Answer:
    """Connect anew and ask for the status, whatever is remembered: what the test-connection button does."""
    raise NotImplementedError
