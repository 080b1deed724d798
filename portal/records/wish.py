"""Wish: what the address asks of a list. Unknown parameters fall back, never an error."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from flask_babel import gettext as _
from sqlalchemy import ColumnElement

from ..customers.subscriptions import today
from . import search
from .kind import Column, Filter, Group, Kind, Sort, find, read_date

PER_PAGE, MOST_PER_PAGE = 25, 100


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
    def columns(self) -> list[Column]:
        """Return the columns people see: all but the one that says what the groups' titles say."""
        group = self.group.key if self.group else None
        return [column for column in self.kind.shown_columns if not column.group or column.group != group]

    @property
    def group_span(self) -> int:
        """Return how many columns a group's title spans."""
        return len(self.columns) - len(self.kind.total_columns)

    @property
    def is_narrowed(self) -> bool:
        """Tell whether search or filters hide anything."""
        return bool(self.q or self.chosen or self.first_day or self.last_day)

    @property
    def shape(self) -> tuple[Any, ...] | None:
        """Return what a statement for this wish depends on, or None when that hardly comes twice."""
        if self.q or self.first_day or self.last_day:
            return None
        group = self.group.key if self.group else ""
        return self.sort.key, self.descending, group, *sorted(self.chosen.items()), today() if self.chosen else None

    def conditions(self, customer_id: str) -> list[ColumnElement[bool]]:
        """Return the conditions that search, filters and period set."""
        kind = self.kind
        found = []
        if self.q:
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
