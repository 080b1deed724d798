"""Own pages: what features add to everybody's profile."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session


@dataclass(frozen=True)
class OwnPage:
    """A page about oneself: its title and a sentence, what its link says, and whether it is there for somebody."""

    title: Any
    lead: Any
    label: Any
    path: str
    is_there: Callable[[Session, Any], bool]


_pages: list[OwnPage] = []


def add(page: OwnPage) -> None:
    """Lead to a page from the profile, once."""
    if page not in _pages:
        _pages.append(page)


def of(session: Session, person: Any) -> list[OwnPage]:
    """Return the pages that are there for a person."""
    return [page for page in _pages if page.is_there(session, person)]
