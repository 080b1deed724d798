"""Waiting: what staff should look at next. Features add sources; each is asked only for who may read it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

MOST = 6


@dataclass(frozen=True)
class Item:
    """One thing that waits: what it is, where it is dealt with, a second line, and a badge with its tone."""

    title: str
    url: str
    detail: Any = ""
    badge: str = ""
    tone: str = "neutral"


@dataclass(frozen=True)
class Source:
    """Things of one sort: `find(session, reader, limit)` returns up to so many; `more` is where all of them stand."""

    title: Any
    verb: str
    find: Callable[[Any, Any, int], list[Item]]
    more: str = ""
    order: int = 50


@dataclass(frozen=True)
class Group:
    """What one source found; `has_more` when it stopped at `MOST`."""

    source: Source
    items: list[Item]
    has_more: bool


_sources: list[Source] = []


def add(*sources: Source) -> None:
    """Add sources, once each."""
    for source in sources:
        if source not in _sources:
            _sources.append(source)
    _sources.sort(key=lambda source: source.order)


def found(session: Any, reader: Any) -> list[Group]:
    """Return what waits for the reader, without the sources that found nothing."""
    groups = []
    for source in _sources:
        if source.verb in reader.verbs and (items := source.find(session, reader, MOST + 1)):
            groups.append(Group(source, items[:MOST], len(items) > MOST))
    return groups
