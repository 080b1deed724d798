"""Listing: a page of a kind's records, as a wish asks for it.

Paging is by key, never by offset: a page is as quick in a million rows as in a thousand. Totals are exact up to
`COUNT_UP_TO` rows and given above that only when asked for.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, and_, bindparam, func, literal, or_, select, tuple_, union_all
from sqlalchemy.orm import Session

from .kind import Kind
from .prepared import CUSTOMER, ID, AnyReader, parameters, run
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
        return self._select(*columns).params(parameters(self.reader, self.customer_id))

    def page(self, wish: Wish) -> Page:
        """Return the page the wish asks for, with totals where they are cheap or asked for."""
        rows, after, before = self._rows(wish)
        if not rows and (wish.after or wish.before):  # the cursor leads nowhere: what stood there is gone
            rows, after, before = self._rows(replace(wish, after="", before=""))
        if not after and not before:
            total: int | None = len(rows)
        else:
            total = self._count(wish)
        sums, group_sums = None, {}
        if self.kind.totals and total is not None and rows:
            sums = self._run(wish, "sums", lambda where: self._select(*self.kind.totals).where(*where)).one()
            if wish.group:
                group_sums = self._group_sums(wish, rows)
        return Page(wish, rows, after, before, total, sums, group_sums)

    def every_row(self, wish: Wish) -> Iterator[Any]:
        """Yield all rows of the wish, in its order, read in portions by key: for exports."""
        values: list[Any] | None = None
        while True:
            rows = self._portion(wish, values, forward=True, most=500)
            yield from rows
            if len(rows) < 500:
                return
            values = _values(wish, rows[-1])

    def neighbours(self, wish: Wish, id: uuid.UUID, record: Any = None) -> tuple[uuid.UUID | None, uuid.UUID | None]:
        """Return the ids before and after a record in the list of the wish; None at the ends and outside it.

        `record` spares a statement where it has what the list is sorted by and nothing hides it.
        """
        values = None if wish.is_narrowed or record is None else _own_values(wish, record)
        if values is None:
            own, keys = self.kind.model.id == ID, _keys(wish)
            here = self._run(wish, "here", lambda where: self._select(*keys).where(own, *where), id=id).first()
            if here is None:
                return None, None
            values = _values(wish, here)
        rows = self._run(wish, "beside", lambda where: self._beside(wish, where), most=1, **_places(values))
        found = {row.forward: row.id for row in rows}
        return found.get(False), found.get(True)

    def _select(self, *columns: Any) -> Select[Any]:
        kind = self.kind
        return kind.join(select(*columns).select_from(kind.model)).where(
            kind.model.customer_id == CUSTOMER, kind.model.seen_by(AnyReader(self.reader.verbs)), kind.scope
        )

    def _run(self, wish: Wish, what: str, build: Callable[[list[Any]], Any], **values: Any) -> Any:
        """Run what `build` makes of the wish's conditions; that is done once for each shape of wish."""
        shape = wish.shape
        key = None if shape is None else (id(self.kind), self.reader.verbs, what, shape)
        statement = _prepared.get(key)
        if statement is None:
            statement = build(wish.conditions(self.customer_id))
            if key is not None:
                if len(_prepared) >= MOST_PREPARED:
                    _prepared.clear()
                _prepared[key] = statement
        return run(self.session, statement, {**parameters(self.reader, self.customer_id), **values})

    def _portion(self, wish: Wish, values: list[Any] | None, *, forward: bool, most: int) -> list[Any]:
        """Return up to `most` rows beyond those key values, or from the start."""

        def build(where: list[Any]) -> Select[Any]:
            statement = self._ordered(wish, *self.kind.fields, *_keys(wish), forward=forward).where(*where)
            return statement if values is None else statement.where(_beyond(_order(wish), forward=forward))

        what = f"{'from' if values is None else 'beyond'} {forward}"
        return list(self._run(wish, what, build, most=most, **_places(values or [])))

    def _ordered(self, wish: Wish, *columns: Any, forward: bool) -> Select[Any]:
        order = (column.desc() if down is forward else column.asc() for column, down, _read in _order(wish))
        return self._select(*columns).order_by(*order).limit(MOST)

    def _beside(self, wish: Wish, where: list[Any]) -> Any:
        sides = []
        for forward in (False, True):
            side = self._ordered(wish, self.kind.model.id.label("id"), forward=forward)
            found = side.where(*where, _beyond(_order(wish), forward=forward)).subquery()
            sides.append(select(found.c.id, literal(forward).label("forward")))
        return union_all(*sides)

    def _rows(self, wish: Wish) -> tuple[list[Any], str, str]:
        forward, values = True, _read_cursor(wish.after, wish)
        if values is None and (values := _read_cursor(wish.before, wish)) is not None:
            forward = False
        rows = self._portion(wish, values, forward=forward, most=wish.per_page + 1)
        more = len(rows) > wish.per_page
        rows = rows[: wish.per_page]
        if not forward:
            rows.reverse()
        if not rows:
            return rows, "", ""
        has_after, has_before = (more, values is not None) if forward else (True, more)
        after = _write_cursor(_values(wish, rows[-1])) if has_after else ""
        return rows, after, _write_cursor(_values(wish, rows[0])) if has_before else ""

    def _count(self, wish: Wish) -> int | None:
        most = 2**62 if wish.wants_totals else COUNT_UP_TO

        def build(where: list[Any]) -> Select[Any]:
            some = self._select(literal(1).label("one")).where(*where).limit(MOST).subquery()
            return select(func.count()).select_from(some)

        count = self._run(wish, "count", build, most=most + 1).scalar()
        return count if count <= most else None

    def _group_sums(self, wish: Wish, rows: list[Any]) -> dict[Any, Any]:
        assert wish.group is not None
        column = wish.group.column

        def build(where: list[Any]) -> Select[Any]:
            groups = bindparam("groups", expanding=True, type_=column.type)
            sums = self._select(column.label("key0"), func.count().label("count"), *self.kind.totals)
            return sums.where(*where, column.in_(groups)).group_by(column)

        found = self._run(wish, "groups", build, groups=list({row.key0 for row in rows}))
        return {row.key0: row for row in found}


# How the key works: the group, where there is one, then the sort, then the id

MOST = bindparam("most", type_=BigInteger)
MOST_PREPARED = 500
_prepared: dict[Any, Any] = {}


def _order(wish: Wish) -> list[tuple[Any, bool, Any]]:
    parts = [(wish.group.column, False, wish.group.read)] if wish.group else []
    parts.append((wish.sort.column, wish.descending, wish.sort.read))
    parts.append((wish.kind.model.id, wish.descending, uuid.UUID))
    return parts


def _keys(wish: Wish) -> list[Any]:
    return [column.label(f"key{number}") for number, (column, _down, _read) in enumerate(_order(wish))]


def _values(wish: Wish, row: Any) -> list[Any]:
    return [getattr(row, f"key{number}") for number in range(3 if wish.group else 2)]


def _own_values(wish: Wish, record: Any) -> list[Any] | None:
    """Return the key values of a record from its own columns, or None when one of them is another's."""
    columns = [column for column, _down, _read in _order(wish)]
    if not all(getattr(column, "parent", None) is wish.kind.model.__mapper__ for column in columns):
        return None
    return [getattr(record, column.key) for column in columns]


def _places(values: list[Any]) -> dict[str, Any]:
    return {f"at{number}": value for number, value in enumerate(values)}


def _beyond(order: list[tuple[Any, bool, Any]], *, forward: bool, at: int = 0) -> ColumnElement[bool]:
    """Return the condition that a row stands after (or before) the one with the key values `at0`, `at1` …"""
    if len({down for _column, down, _read in order}) == 1:
        columns = tuple_(*(column for column, _down, _read in order))
        edge = tuple_(*(bindparam(f"at{at + n}", type_=part[0].type) for n, part in enumerate(order)))
        beyond: ColumnElement[bool] = columns < edge if order[0][1] is forward else columns > edge
        return beyond
    column, down, _read = order[0]
    value = bindparam(f"at{at}", type_=column.type)
    passed = column < value if down is forward else column > value
    same: ColumnElement[bool] = column == value
    return or_(passed, and_(same, _beyond(order[1:], forward=forward, at=at + 1)))


def _write_cursor(values: list[Any]) -> str:
    return "~".join(str(value).replace("%", "%25").replace("~", "%7E") for value in values)


def _read_cursor(text: str, wish: Wish) -> list[Any] | None:
    """Return the key values of a cursor, or None when it is none of this list's."""
    parts, order = text.split("~"), _order(wish)
    if len(parts) != len(order) or "\0" in text or len(text) > CURSOR_LENGTH:
        return None
    try:
        return [
            read(part.replace("%7E", "~").replace("%25", "%"))
            for part, (_c, _d, read) in zip(parts, order, strict=True)
        ]
    except ValueError:
        return None
