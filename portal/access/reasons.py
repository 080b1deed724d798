"""Reasons: why somebody who sees a thing may not act on it, in a sentence for each verb. Features fill them in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Reason = Callable[[Any], str]
"""Given who asks, says why not and whom to ask."""

_reasons: dict[str, Reason] = {}


def add(verb: str, reason: Reason) -> None:
    """Give the reason for which a verb is withheld from those who hold what it goes with."""
    _reasons[verb] = reason


def why_not(verb: str, person: Any) -> str:
    """Return why a person does not hold the verb; "" where no feature has said."""
    reason = _reasons.get(verb)
    return reason(person) if reason else ""
