"""Hints: what else is known of a site that is dead. Whoever connected such sites adds one."""

from __future__ import annotations

from collections.abc import Callable

from .livestatus.answers import Target

Hint = Callable[[Target], str]
"""Returns a sentence for the reader; "" for none."""

_hints: list[Hint] = []


def add(hint: Hint) -> None:
    """Ask this one of every dead site."""
    if hint not in _hints:
        _hints.append(hint)


def told(target: Target, reason: str) -> str:
    """Return the reason why a site is dead with every hint there is."""
    return " ".join([reason, *filter(None, (hint(target) for hint in _hints))])
