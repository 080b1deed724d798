"""Listing: a page of a kind's records, as a wish asks for it.

Paging is by key, never by offset: a page is as quick in a million rows as in a thousand. Totals are exact up to
`COUNT_UP_TO` rows and given above that only when asked for.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, literal, or_, select, tuple_, union_all
from sqlalchemy.orm import Session

from .kind import Kind
from .wish import Wish

COUNT_UP_TO = 1000
CURSOR_LENGTH = 1000


@dataclass(frozen=True)
class Page:
    """One page of a list."""

    wish: Wish
    rows: list[Any]
    after: str
    before: str
    total: int | None
    sums: Any
    group_sums: dict[Any, Any]

    @property
    def is_whole(self) -> bool:
        """Tell whether the list has only this page."""
        return not self.after and not self.before


class Listing:
    """A kind's records of one customer, as one reader may see them."""

    def __init__(self, session: Session, kind: Kind, reader: Any, customer_id: str) -> None:
        self.session, self.kind, self.reader, self.customer_id = session, kind, reader, customer_id

    def statement(self, *columns: Any) -> Select[Any]:
        """Return a select of `columns` from the records this reader sees of this customer."""
        kind = self.kind
        return kind.join(select(*columns).select_from(kind.model)).where(
            kind.model.customer_id == self.customer_id, kind.model.seen_by(self.reader), kind.scope
        )

    def page(self, wish: Wish) -> Page:
        """Return the page the wish asks for, with totals where they are cheap or asked for."""
        conditions = wish.conditions(self.customer_id)
        order = self._order(wish)
        rows, after, before = self._rows(wish, order, conditions)
        if not rows and (wish.after or wish.before):  # the cursor leads nowhere: what stood there is gone
            rows, after, before = self._rows(replace(wish, after="", before=""), order, conditions)
        if not after and not before:
            total: int | None = len(rows)
        else:
            total = self._count(conditions, None if wish.wants_totals else COUNT_UP_TO)
        sums, group_sums = None, {}
        if self.kind.totals and total is not None and rows:
            sums = self.session.execute(self.statement(*self.kind.totals).where(*conditions)).one()
            if wish.group:
                group_sums = self._group_sums(wish, conditions, rows)
        return Page(wish, rows, after, before, total, sums, group_sums)

    def every_row(self, wish: Wish) -> Iterator[Any]:
        """Yield all rows of the wish, in its order, read in portions by key: for exports."""
        conditions, order, cursor = wish.conditions(self.customer_id), self._order(wish), None
        statement = self._ordered(wish, order, forward=True).where(*conditions)
        while True:
            portion = statement if cursor is None else statement.where(self._beyond(order, cursor, forward=True))
            rows = self.session.execute(portion.limit(500)).all()
            yield from rows
            if len(rows) < 500:
                return
            cursor = self._values(order, rows[-1])

    def neighbours(self, wish: Wish, id: uuid.UUID) -> tuple[uuid.UUID | None, uuid.UUID | None]:
        """Return the ids before and after a record in the list of the wish; None at the ends and outside it."""
        order, conditions = self._order(wish), wish.conditions(self.customer_id)
        here = self.session.execute(
            self.statement(*self._keys(order)).where(*conditions, self.kind.model.id == id)
        ).first()
        if here is None:
            return None, None
        values, sides = self._values(order, here), []
        for forward in (False, True):
            statement = self._ordered(wish, order, forward=forward, fields=(self.kind.model.id.label("id"),))
            side = statement.where(*conditions, self._beyond(order, values, forward=forward)).limit(1).subquery()
            sides.append(select(side.c.id, literal(forward).label("forward")))
        found = {row.forward: row.id for row in self.session.execute(union_all(*sides))}
        return found.get(False), found.get(True)

    # How the key works: the group, where there is one, then the sort, then the id

    def _order(self, wish: Wish) -> list[tuple[Any, bool, Any]]:
        parts = [(wish.group.column, False, wish.group.read)] if wish.group else []
        parts.append((wish.sort.column, wish.descending, wish.sort.read))
        parts.append((self.kind.model.id, wish.descending, uuid.UUID))
        return parts

    def _keys(self, order: list[tuple[Any, bool, Any]]) -> list[Any]:
        return [column.label(f"key{number}") for number, (column, _down, _read) in enumerate(order)]

    def _values(self, order: list[tuple[Any, bool, Any]], row: Any) -> list[Any]:
        return [getattr(row, f"key{number}") for number in range(len(order))]

    def _ordered(
        self, wish: Wish, order: list[tuple[Any, bool, Any]], *, forward: bool, fields: tuple[Any, ...] | None = None
    ) -> Select[Any]:
        fields = self.kind.fields if fields is None else fields
        return self.statement(*fields, *self._keys(order)).order_by(
            *(column.desc() if down is forward else column.asc() for column, down, _read in order)
        )

    def _beyond(self, order: list[tuple[Any, bool, Any]], values: list[Any], *, forward: bool) -> ColumnElement[bool]:
        """Return the condition that a row stands after (or before) the one with these key values."""
        if len({down for _column, down, _read in order}) == 1:
            columns = tuple_(*(column for column, _down, _read in order))
            edge = tuple_(*(literal(value, column.type) for (column, *_), value in zip(order, values, strict=True)))
            beyond: ColumnElement[bool] = columns < edge if order[0][1] is forward else columns > edge
            return beyond
        column, down, _read = order[0]
        value = literal(values[0], column.type)
        passed = column < value if down is forward else column > value
        same: ColumnElement[bool] = column == value
        return or_(passed, and_(same, self._beyond(order[1:], values[1:], forward=forward)))

    def _rows(
        self, wish: Wish, order: list[tuple[Any, bool, Any]], conditions: list[ColumnElement[bool]]
    ) -> tuple[list[Any], str, str]:
        forward, cursor = True, _read_cursor(wish.after, order)
        if cursor is None and (cursor := _read_cursor(wish.before, order)) is not None:
            forward = False
        statement = self._ordered(wish, order, forward=forward).where(*conditions)
        if cursor is not None:
            statement = statement.where(self._beyond(order, cursor, forward=forward))
        rows = list(self.session.execute(statement.limit(wish.per_page + 1)).all())
        more = len(rows) > wish.per_page
        rows = rows[: wish.per_page]
        if not forward:
            rows.reverse()
        if not rows:
            return rows, "", ""
        has_after, has_before = (more, cursor is not None) if forward else (True, more)
        after = _write_cursor(self._values(order, rows[-1])) if has_after else ""
        return rows, after, _write_cursor(self._values(order, rows[0])) if has_before else ""

    def _count(self, conditions: list[ColumnElement[bool]], up_to: int | None) -> int | None:
        if up_to is None:
            return self.session.scalar(self.statement(func.count(self.kind.model.id)).where(*conditions)) or 0
        some = self.statement(literal(1)).where(*conditions).limit(up_to + 1).subquery()
        count = self.session.scalar(select(func.count()).select_from(some))
        return count if count is not None and count <= up_to else None

    def _group_sums(self, wish: Wish, conditions: list[ColumnElement[bool]], rows: list[Any]) -> dict[Any, Any]:
        assert wish.group is not None
        column = wish.group.column
        statement = (
            self.statement(column.label("key0"), func.count().label("count"), *self.kind.totals)
            .where(*conditions, column.in_({row.key0 for row in rows}))
            .group_by(column)
        )
        return {row.key0: row for row in self.session.execute(statement)}


def _write_cursor(values: list[Any]) -> str:
    return "~".join(str(value).replace("%", "%25").replace("~", "%7E") for value in values)


def _read_cursor(text: str, order: list[tuple[Any, bool, Any]]) -> list[Any] | None:
    """Return the key values of a cursor, or None when it is none of this list's."""
    parts = text.split("~")
    if len(parts) != len(order) or "\0" in text or len(text) > CURSOR_LENGTH:
        return None
    try:
        return [
            read(part.replace("%7E", "~").replace("%25", "%"))
            for part, (_c, _d, read) in zip(parts, order, strict=True)
        ]
    except ValueError:
        return None
