"""Event Consoles: not every core has one. Which do is learnt from what others refuse, and remembered for a while."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

from . import poller, standin
from .livestatus.answers import Answer, SiteState, Target
from .livestatus.query import Query
from .sight import Seen
from .tables.asking import narrowed, scope_of

TABLE = "eventconsoleevents"
REMEMBERED = 600.0
"""Seconds after which a core is asked again: it may have been given one."""
_without: dict[Target, float] = {}


def ask(sites: Sequence[Seen], queries: Sequence[Query], about_events: Query) -> list[tuple[Answer, bool]]:
    """Ask what is seen of sites, and about events last, those that may have any; tell of each whether it was.

    Every one of the sites is asked: leave those out of which nothing is seen.
    """
    targets = [seen.target for seen in sites]
    late = time.monotonic() - REMEMBERED
    asked = [_without.get(target, late) <= late for target in targets]
    if not all(scope_of(seen).is_whole for seen in sites):
        answers = _narrowed(sites, queries, about_events, asked)
    elif all(asked):
        answers = poller.ask(targets, *queries, about_events)
    elif not any(asked):
        answers = poller.ask(targets, *queries)
    else:
        both = (queries, (*queries, about_events))
        answers = poller.ask_each([(target, both[was_asked]) for target, was_asked in zip(targets, asked, strict=True)])
    return [_judged(*told) for told in zip(targets, answers, asked, strict=True)]


def _narrowed(
    sites: Sequence[Seen], queries: Sequence[Query], about_events: Query, asked: Sequence[bool]
) -> list[Answer]:
    """Ask each site what is seen of it; the inventory answers for those of which too much is, and knows no events."""
    questions = [
        (seen.target, narrowed(seen, (*queries, about_events) if was_asked else queries))
        for seen, was_asked in zip(sites, asked, strict=True)
        if scope_of(seen).stand_in is None
    ]
    told = iter(poller.ask_each(questions))
    return [next(told) if scope_of(seen).stand_in is None else standin.answer(seen, queries) for seen in sites]


def _judged(target: Target, answer: Answer, was_asked: bool) -> tuple[Answer, bool]:
    if not was_asked or answer.is_online or TABLE not in answer.reason:
        return answer, was_asked and answer.is_online and answer.as_of is None
    if len(_without) > 10_000:
        _without.clear()
    _without[target] = time.monotonic()
    return replace(answer, state=SiteState.ONLINE, reason=""), False
