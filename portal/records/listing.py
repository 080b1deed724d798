"""Listing: a page of a kind's records, from whatever stands in the address. Unknown parameters fall back.

Paging is by key, never by offset: a page is as quick in a million rows as in a thousand. Totals are exact up to
`COUNT_UP_TO` rows and given above that only when asked for.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, and_, func, literal, or_, select, tuple_
from sqlalchemy.orm import Session

from ..customers.subscriptions import today
from . import search
from .kind import Filter, Group, Kind, Sort, find, read_date

PER_PAGE, MOST_PER_PAGE = 25, 100
COUNT_UP_TO = 1000
CURSORS = ("after", "before", "totals")


@dataclass(frozen=True)
class Wish:
    """What the address asks of a list, with everything unknown already dropped."""

    kind: Kind
    q: str
    chosen: dict[str, str]
    first_day: date | None
    last_day: date | None
    sort: Sort
    descending: bool
    group: Group | None
    per_page: int
    after: str
    before: str
    wants_totals: bool

    @classmethod
    def read(cls, kind: Kind, args: Mapping[str, str]) -> Wish:
        """Return what `args` ask for."""
        sort_name = args.get("sort", "")
        sort = find(kind.sorts, sort_name.lstrip("-")) or kind.default_sort
        descending = sort.descending if sort.key != sort_name.lstrip("-") else sort_name.startswith("-")
        return cls(
            kind=kind,
            q=" ".join(args.get("q", "").replace("\0", "").split())[:200],
            chosen={f.key: args[f.key] for f in kind.filters if _option(f, args.get(f.key))},
            first_day=_day(args.get("from")),
            last_day=_day(args.get("to")),
            sort=sort,
            descending=descending,
            group=find(kind.groups, args.get("group")),
            per_page=_per_page(args.get("per_page", "")),
            after=args.get("after", ""),
            before=args.get("before", ""),
            wants_totals=args.get("totals") == "1",
        )

    def query(self, **changes: str | None) -> str:
        """Return the address' query ("?…" or "") of this list, with changes; cursors are dropped."""
        values: dict[str, str | None] = {"q": self.q, **self.chosen}
        values["from"] = self.first_day.isoformat() if self.first_day else None
        values["to"] = self.last_day.isoformat() if self.last_day else None
        values["group"] = self.group.key if self.group else None
        values |= {**self.kept, **changes}
        kept = {name: value for name, value in values.items() if value}
        return "?" + urlencode(kept) if kept else ""

    @property
    def kept(self) -> dict[str, str]:
        """Return what the filter form carries along without showing it."""
        kept = {}
        if (self.sort, self.descending) != (self.kind.default_sort, self.kind.default_sort.descending):
            kept["sort"] = ("-" if self.descending else "") + self.sort.key
        if self.per_page != PER_PAGE:
            kept["per_page"] = str(self.per_page)
        return kept

    @staticmethod
    def options(filter: Filter) -> list[tuple[str, Any]]:
        """Return a filter's choices for a select, no choice first."""
        return [("", filter.label), *((value, label) for value, label, _condition in filter.options)]

    @property
    def group_options(self) -> list[tuple[str, Any]]:
        """Return the groupings for a select, none first."""
        return [("", _("Not grouped")), *((group.key, group.label) for group in self.kind.groups)]

    @property
    def is_narrowed(self) -> bool:
        """Tell whether search or filters hide anything."""
        return bool(self.q or self.chosen or self.first_day or self.last_day)

    def conditions(self, customer_id: str) -> list[ColumnElement[bool]]:
        """Return the conditions that search, filters and period set."""
        kind = self.kind
        found = []
        if search.words(self.q):
            found.append(search.matches(kind.model.id, self.q, customer_id=customer_id, kinds=(kind.slug,)))
        for key, value in self.chosen.items():
            option = _option(find(kind.filters, key), value)
            assert option is not None
            found.append(option[2](today()))
        if kind.period is not None and self.first_day:
            found.append(kind.period >= self.first_day)
        if kind.period is not None and self.last_day:
            found.append(kind.period <= self.last_day)
        return found


def _option(filter: Filter, value: str | None) -> Any:
    return next((option for option in filter.options if option[0] == value), None) if value else None


def _per_page(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 6):
        return PER_PAGE
    return min(max(int(text), 1), MOST_PER_PAGE)


def _day(text: str | None) -> date | None:
    try:
        return read_date(text) if text else None
    except ValueError:
        return None


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
        return kind.join(select(*columns)).where(
            kind.model.customer_id == self.customer_id, kind.model.seen_by(self.reader), kind.scope
        )

    def page(self, wish: Wish) -> Page:
        """Return the page the wish asks for, with totals where they are cheap or asked for."""
        conditions = wish.conditions(self.customer_id)
        order = self._order(wish)
        rows, after, before = self._rows(wish, order, conditions)
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
        found: list[uuid.UUID | None] = []
        for forward in (False, True):
            statement = self._ordered(wish, order, forward=forward, fields=(self.kind.model.id,))
            statement = statement.where(*conditions, self._beyond(order, self._values(order, here), forward=forward))
            found.append(self.session.scalar(statement.limit(1)))
        return found[0], found[1]

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
    if len(parts) != len(order):
        return None
    try:
        return [
            read(part.replace("%7E", "~").replace("%25", "%"))
            for part, (_c, _d, read) in zip(parts, order, strict=True)
        ]
    except ValueError:
        return None
