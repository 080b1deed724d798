"""Showing: a page of a table, as its template draws it: rows ready made, titles that sort, the ways on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup, escape

from ...i18n import format_number
from ..sight import Seen
from .column import Column, Place
from .reading import Reading
from .row import Row
from .table import Table

PER_PAGE, MOST_PER_PAGE = 50, 200


@dataclass(frozen=True)
class Heading:
    """A column's title: where a click on it leads ("" where it does not sort), and how it sorts now."""

    title: Any
    role: str
    url: str
    order: str


@dataclass(frozen=True)
class Group:
    """Rows under one heading; `label` is None where the table is not grouped."""

    label: Any
    number: int
    rows: Sequence[Markup]


@dataclass(frozen=True)
class Shown:
    """A page: groups of rows, the number of all (None: not counted), the addresses of other pages."""

    reading: Reading
    headings: Sequence[Heading]
    groups: Sequence[Group]
    number: int | None
    first_url: str = ""
    previous_url: str = ""
    next_url: str = ""

    @property
    def is_whole(self) -> bool:
        """Tell whether there is no other page."""
        return not self.previous_url and not self.next_url

    @property
    def summary(self) -> str:
        """Return how many rows there are, in words."""
        if self.number is None:
            return str(_("Sorted by name, not counted"))
        return str(ngettext("%(number)s row", "%(number)s rows", self.number, number=format_number(self.number)))


def headings(table: Table, base: Table, *, is_stock: bool = False) -> list[Heading]:
    """Return the titles of a table's columns; a stock sorts by name alone."""
    first = table.sort[0] if table.sort else ""
    found = []
    for column in table.shown:
        if not column.is_sortable or (is_stock and column.id != "host"):
            found.append(Heading(column.title, column.role, "", ""))
            continue
        order = ("descending" if first.startswith("-") else "ascending") if first.lstrip("-") == column.id else ""
        url = request.path + table.query(base, sort=table.sorted_by(column.id))
        found.append(Heading(column.title, column.role, url, order))
    return found


def page(table: Table, base: Table, reading: Reading, place: Place) -> Shown:
    """Return the page of rows in memory that the address asks for."""
    per_page = min(max(_number("per_page", PER_PAGE), 1), MOST_PER_PAGE)
    rows, pages = reading.rows, max(1, -(-len(reading.rows) // per_page))
    at = min(max(_number("page", 1), 1), pages)
    keep = {"per_page": str(per_page) if per_page != PER_PAGE else ""}

    def url(number: int) -> str:
        return request.path + table.query(base, **keep, page=str(number) if number > 1 else "")

    return Shown(
        reading, headings(table, base), groups(table, rows[(at - 1) * per_page : at * per_page], place), len(rows),
        url(1) if at > 1 else "", url(at - 1) if at > 1 else "", url(at + 1) if at < pages else "",
    )  # fmt: skip


def groups(table: Table, rows: Sequence[Row], place: Place) -> list[Group]:
    """Return rows as HTML, under a heading for each value of the column they are grouped by."""
    as_html, column = row_html(table, place), table.group_column
    if column is None:
        return [Group(None, len(rows), [as_html(row) for row in rows])] if rows else []
    return [
        Group(column.cell(members[0], place) or "–", len(members), [as_html(row) for row in members])
        for members in _runs(rows, column)
    ]


def _runs(rows: Sequence[Row], column: Column) -> Iterator[list[Row]]:
    for _key, members in groupby(rows, key=column.key):
        yield list(members)


def row_html(table: Table, place: Place) -> Callable[[Row], Markup]:
    """Return the function that makes a row's HTML: what every cell of a column has in common is made once."""
    ready = [(_cell_start(column), column.cell) for column in table.shown]
    keys = table.source.keys

    def as_html(row: Row) -> Markup:
        cells = "".join([f"{start}{escape(cell(row, place))}</td>" for start, cell in ready])
        key = " ".join((_site(row.seen), *(str(row.get(name)) for name in keys)))
        off = ' class="off"' if row.seen_at else ""
        return Markup(f'<tr data-key="{escape(key)}"{off}>{cells}</tr>')  # noqa: S704 - every cell is escaped

    return as_html


def _site(seen: Seen) -> str:
    return seen.target.site_id


def _cell_start(column: Column) -> str:
    role = f' class="{column.role}"' if column.role else ""
    label = "" if column.role in ("main", "side") else f' data-label="{escape(column.title)}"'
    return f"<td{role}{label}>"


def _number(name: str, default: int) -> int:
    text = request.args.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else default
