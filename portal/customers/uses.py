"""Uses: what still belongs to a customer and so keeps it from being deleted. Each feature says what it holds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from ..errors import Refused


@dataclass(frozen=True)
class Source:
    """Things of one sort: `count(customer_id)` selects how many, `url(customer_id)` is where who holds `verb` looks."""

    label: Any
    verb: str
    count: Callable[[str], Select[int]]
    url: Callable[[str], str]
    order: int = 50


@dataclass(frozen=True)
class Use:
    """How many things of one sort a customer has, and where they stand."""

    label: Any
    count: int
    verb: str
    url: str


class InUse(Refused):
    """Say that a customer cannot be deleted because of what still belongs to it."""

    def __init__(self, sentence: str, uses: list[Use]) -> None:
        super().__init__(sentence)
        self.uses = uses


_sources: list[Source] = []


def add(*sources: Source) -> None:
    """Add sources, once each."""
    _sources.extend(source for source in sources if source not in _sources)
    _sources.sort(key=lambda source: source.order)


def find(session: Session, customer_id: str) -> list[Use]:
    """Return what a customer has, without what it has none of; one statement."""
    counts = session.execute(select(*(source.count(customer_id).scalar_subquery() for source in _sources))).one()
    return [
        Use(source.label, count, source.verb, source.url(customer_id))
        for source, count in zip(_sources, counts, strict=True)
        if count
    ]
