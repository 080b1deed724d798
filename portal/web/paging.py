"""Paging: a page of any list by key, never by offset. The cursor in the address is the id of a row at the edge."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import request
from sqlalchemy import Select, func, select, tuple_, union_all
from sqlalchemy.orm import Session

PER_PAGE, MOST_PER_PAGE = 25, 100
COUNT_UP_TO = 1000
SEARCH_LENGTH = 200


@dataclass(frozen=True)
class Page:
    """Rows of a list, how many there are in all (None: more than `COUNT_UP_TO`), and the ways on."""

    rows: Sequence[Any]
    total: int | None
    first_url: str | None
    previous_url: str | None
    next_url: str | None

    @property
    def is_whole(self) -> bool:
        """Tell whether the list has only this page."""
        return self.previous_url is None and self.next_url is None


def searched() -> str:
    """Return what the address' `q` looks for."""
    return " ".join(request.args.get("q", "").replace("\0", "").split())[:SEARCH_LENGTH]


def chosen(name: str, options: Mapping[str, Any] | Sequence[str], default: str = "") -> str:
    """Return the address' choice for `name`; an unknown one falls back."""
    value = request.args.get(name, "")
    return value if value in options else default


def address(**changes: str | None) -> str:
    """Return this page's address with other parameters; cursors are dropped unless given."""
    kept = {name: value for name, value in request.args.items() if name not in ("after", "before")}
    found = {name: value for name, value in {**kept, **changes}.items() if value}
    return request.path + ("?" + urlencode(found) if found else "")


def page(
    session: Session,
    statement: Select[*tuple[Any, ...]],
    *,
    id: Any,
    keys: Sequence[Any] = (),
    descending: bool = False,
    read: Callable[[str], Any] = uuid.UUID,
    per_page: int = PER_PAGE,
    counted: bool = True,
    count_by: Sequence[Any] = (),
    parts: Sequence[Select[*tuple[Any, ...]]] = (),
) -> Page:
    """Return the page of `statement` that the address asks for, ordered by `keys` and then `id`.

    `keys` are columns of the table of `id` that are never NULL; `read` turns a cursor into an id or raises
    ValueError; `per_page` rows unless the address says otherwise. `counted` is false where counting would cost more
    than the page: then only a list of one page has a total. Two statements, one more only when a cursor leads nowhere.
    `count_by`: columns whose index holds all that is asked for, where databases choose one that meets the rows last.
    `parts`, where no index serves the whole statement: selects of its keys and id that together have just its rows,
    each served by one; the page is merged from as many rows of each.
    """
    per_page = _per_page(request.args.get("per_page", ""), per_page)
    order = (*keys, id)
    forward, cursor = True, _cursor("after", read)
    if cursor is None and (cursor := _cursor("before", read)) is not None:
        forward = False
    limit = per_page + 1
    rows = _rows(session, statement, order, id, cursor, parts, forward=forward, descending=descending, limit=limit)
    if not rows and cursor is not None:
        forward, cursor = True, None
        rows = _rows(session, statement, order, id, None, parts, forward=True, descending=descending, limit=limit)
    more, rows = len(rows) > per_page, rows[:per_page]
    if not forward:
        rows.reverse()
    has_next = more if forward else True
    has_previous = cursor is not None if forward else more
    total: int | None = len(rows)
    if (has_next or has_previous) and not counted:
        total = None
    elif has_next or has_previous:
        some = statement.with_only_columns(id).order_by(None).order_by(*count_by).limit(COUNT_UP_TO + 1).subquery()
        count = session.scalar(select(func.count()).select_from(some)) or 0
        total = count if count <= COUNT_UP_TO else None
    return Page(
        rows,
        total,
        address() if has_previous else None,
        address(before=str(rows[0].id)) if has_previous else None,
        address(after=str(rows[-1].id)) if has_next and rows else None,
    )


def _rows(
    session: Session,
    statement: Select[*tuple[Any, ...]],
    order: Sequence[Any],
    id: Any,
    cursor: Any,
    parts: Sequence[Select[*tuple[Any, ...]]],
    *,
    forward: bool,
    descending: bool,
    limit: int,
) -> list[Any]:
    down = descending is forward

    def some(of: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
        if cursor is not None:
            edge = select(*order).where(id == cursor).correlate(None).scalar_subquery()
            columns = tuple_(*order)
            of = of.where(columns < edge if down else columns > edge)
        return of.order_by(*(column.desc() if down else column.asc() for column in order)).limit(limit)

    if parts:
        return merge(session, statement, [some(part) for part in parts], id=id, down=down, limit=limit)
    return list(session.execute(some(statement)).all())


def merge(
    session: Session,
    statement: Select[*tuple[Any, ...]],
    parts: Sequence[Select[*tuple[Any, ...]]],
    *,
    id: Any,
    down: bool,
    limit: int,
) -> list[Any]:
    """Return the first rows of `statement` from parts of it: selects of what it is ordered by and then `id`.

    Each part is in that order, `down` or up, and has as many rows.
    """
    merged = union_all(*(select(part.subquery()) for part in parts)).subquery()
    sorts = (column.desc() if down else column.asc() for column in merged.c)
    ids = session.scalars(select(merged.c[id.key]).order_by(*sorts).limit(limit)).all()
    # Not in one statement, nor with its conditions again: databases would look for these among all rows.
    rows = session.execute(select(*statement.selected_columns).where(id.in_(ids))) if ids else ()
    found = {getattr(row, id.key): row for row in rows}
    return [found[one] for one in ids if one in found]


def _cursor(name: str, read: Callable[[str], Any]) -> Any:
    text = request.args.get(name, "")
    try:
        return read(text) if text else None
    except ValueError:
        return None


def _per_page(text: str, default: int) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 6):
        return default
    return min(max(int(text), 1), MOST_PER_PAGE)
