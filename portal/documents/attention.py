"""Attention: what waits for a reader among the documents of their company."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session


@dataclass(frozen=True)
class Item:
    """One thing that waits: a badge, a sentence that links, an amount, and when."""

    tone: str
    label: str
    text: str
    url: str
    amount: str = ""
    when: str = ""


def attention(session: Session, reader: Any, customer_id: str, today: date) -> list[Item]:
    """Return what waits, the most pressing first."""
    return []


def badges(items: list[Item]) -> dict[str, int]:
    """Return how many of each kind wait, for the menu."""
    return {}
