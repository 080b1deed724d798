"""Values: what a core says, as what it should be. A core may say anything; nothing it says can break a page."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from .tables.plain import plain

LAST = 4102444800
"""2100-01-01: later moments are mistakes."""


def number(value: Any) -> int:
    """Return a whole number, 0 for what is none."""
    return int(value) if isinstance(value, int | float) and abs(value) < 2**53 else 0


def moment(value: Any) -> datetime | None:
    """Return the moment of a Unix time; None for never and for what is none."""
    seconds = number(value)
    return datetime.fromtimestamp(seconds, UTC) if 0 < seconds < LAST else None


def text(value: Any) -> str:
    """Return one line that any page can show, whatever characters came."""
    return plain(value).encode("utf-8", "replace").decode()
