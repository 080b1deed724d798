"""Event Consoles: not every core has one. Which do is learnt from what others refuse, and remembered for a while."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

from . import poller
from .livestatus.answers import Answer, SiteState, Target
from .livestatus.query import Query

TABLE = "eventconsoleevents"
REMEMBERED = 600.0
"""Seconds after which a core is asked again: it may have been given one."""
_without: dict[Target, float] = {}


def ask(targets: Sequence[Target], queries: Sequence[Query], about_events: Query) -> list[tuple[Answer, bool]]:
    """Ask as the poller does, and about events last, those that may have any; tell of each whether it was."""
    late = time.monotonic() - REMEMBERED
    asked = [_without.get(target, late) <= late for target in targets]
    if all(asked):
        answers = poller.ask(targets, *queries, about_events)
    elif not any(asked):
        answers = poller.ask(targets, *queries)
    else:
        both = (queries, (*queries, about_events))
        answers = poller.ask_each([(target, both[was_asked]) for target, was_asked in zip(targets, asked, strict=True)])
    return [_judged(*told) for told in zip(targets, answers, asked, strict=True)]


def _judged(target: Target, answer: Answer, was_asked: bool) -> tuple[Answer, bool]:
    if not was_asked or answer.is_online or TABLE not in answer.reason:
        return answer, was_asked and answer.is_online
    if len(_without) > 10_000:
        _without.clear()
    _without[target] = time.monotonic()
    return replace(answer, state=SiteState.ONLINE, reason=""), False
