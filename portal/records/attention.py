"""Attention: what waits for a reader, found in one statement to which every feature adds its parts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import BigInteger, Date, Select, String, Uuid, bindparam, cast, literal, null, select, union_all
from sqlalchemy.orm import Session

from ..customers.subscriptions import ENDING_DAYS, grace
from . import prepared

NAMED = 3
"""How many things of one sort are named, the most pressing first; the rest is counted."""

TODAY, LAST, SOON = (bindparam(name, type_=Date()) for name in ("today", "last", "soon"))
"""Today, the last day whose subscriptions still count, and the day up to which they end soon."""
COLUMNS = ("what", "id", "name", "more", "currency", "amount", "count", "day")


@dataclass(frozen=True)
class Item:
    """One thing that waits: a badge, a sentence that links, an amount, and when.

    `entry` is the menu's entry that counts it, `count` how many it stands for.
    """

    tone: str
    label: str
    text: str
    url: str
    amount: str = ""
    when: str = ""
    entry: str = ""
    count: int = 1


@dataclass(frozen=True)
class Sort:
    """Things of one sort, for readers with `verb`: `select` builds their `part`, `say` makes items of its rows."""

    what: str
    verb: str
    select: Callable[[Any], Select[Any]]
    say: Callable[[list[Any], date], list[Item]]
    order: int


_sorts: list[Sort] = []


def add(*sorts: Sort) -> None:
    """Add sorts, once each; what has a lower `order` presses more."""
    _sorts.extend(sort for sort in sorts if sort not in _sorts)
    _sorts.sort(key=lambda sort: sort.order)


def attention(session: Session, reader: Any, customer_id: str, today: date) -> list[Item]:
    """Return what waits, the most pressing first; of each sort only for who may read it."""
    statement: Any = _statement(reader.verbs)
    if statement is None:
        return []
    values = prepared.parameters(reader, customer_id)
    values |= {"today": today, "last": today - grace(), "soon": today + timedelta(days=ENDING_DAYS)}
    found: dict[str, list[Any]] = {}
    for row in prepared.run(session, statement, values):
        found.setdefault(row.what, []).append(row)
    return [item for sort in _sorts if sort.what in found for item in sort.say(found[sort.what], today)]


def badges(items: list[Item]) -> dict[str, int]:
    """Return how many of each kind wait, for the menu."""
    counts: dict[str, int] = {}
    for item in items:
        if item.entry:
            counts[item.entry] = counts.get(item.entry, 0) + item.count
    return counts


@prepared.prepared
def _statement(reader: Any) -> Any:
    parts = [sort.select(reader) for sort in _sorts if sort.verb in reader.verbs]
    return union_all(*parts) if parts else None


def part(what: str, **columns: Any) -> Select[Any]:
    """Return the select of a sort's rows: the columns given, and nothing in the others."""
    empty: dict[str, Any] = {
        "id": cast(null(), Uuid()), "name": literal("", String), "more": literal("", String),
        "currency": literal("", String), "amount": cast(null(), BigInteger), "count": literal(1),
        "day": cast(null(), Date),
    }  # fmt: skip
    values = {"what": literal(what, String), **empty, **columns}
    return select(*(values[name].label(name) for name in COLUMNS))


def whole(statement: Select[Any]) -> Select[Any]:
    """Wrap a part that is ordered and limited: on its own, inside a union, SQLite takes neither."""
    return select(statement.subquery())
