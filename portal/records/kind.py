"""Kind: the description of a kind of record. One list page, one detail page, one PDF path and one CSV serve all."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cached_property
from typing import Any

from sqlalchemy import ColumnElement, Select

Condition = Callable[[Any], ColumnElement[bool]]
"""A condition that may depend on today's date, which it is given."""


@dataclass(frozen=True)
class Column:
    """A column of the list: `cell` makes what people see of a row, `text` what stands in the CSV.

    `role` places it: "main" and "side" are the two things a phone shows first, "num" is right-aligned, "day" never
    breaks, "spare" is not shown on a phone, "hidden" stands in the CSV only. `sort` names the sort its heading offers,
    `group` the grouping under which the group's title says the same, so that the column is left out.
    """

    label: Any
    cell: Callable[[Any, Any], Any]
    text: Callable[[Any], Any] | None = None
    role: str = ""
    sort: str = ""
    total: Callable[[Any], Any] | None = None
    group: str = ""


@dataclass(frozen=True)
class Sort:
    """An order of the list by a column that is never NULL and has an index together with the id."""

    key: str
    label: Any
    column: Any
    descending: bool = False
    read: Callable[[str], Any] = str
    """Turns a cursor's text back into the column's value; raises ValueError."""


@dataclass(frozen=True)
class Filter:
    """A choice above the list: each option has a value, a label and the condition it sets."""

    key: str
    label: Any
    options: tuple[tuple[str, Any, Condition], ...]


@dataclass(frozen=True)
class Group:
    """A grouping: rows with the same `column` stand together under `title`, with totals."""

    key: str
    label: Any
    column: Any
    title: Callable[[Any], str]
    read: Callable[[str], Any] = str


@dataclass(frozen=True)
class Kind:
    """A kind of record: what it is called, what is selected of it, how its list is filtered, sorted and grouped.

    `fields` are the columns selected for a row of the list; `load` returns what its detail page and PDF show, or None
    when the reader may not see the record. `scope` is the condition that rows of the model are of this kind.
    """

    slug: str
    label: Any
    singular: Any
    model: Any
    lead: Any
    empty: Any
    fields: tuple[Any, ...]
    columns: tuple[Column, ...]
    sorts: tuple[Sort, ...]
    load: Callable[[Any, uuid.UUID, str], Mapping[str, Any] | None]
    scope: ColumnElement[bool]
    filters: tuple[Filter, ...] = ()
    groups: tuple[Group, ...] = ()
    totals: tuple[ColumnElement[Any], ...] = ()
    period: Any = None
    period_label: Any = None
    join: Callable[[Select[Any]], Select[Any]] = field(default=lambda statement: statement)
    moved: Callable[[Any, uuid.UUID, str], str | None] = field(default=lambda _reader, _id, _customer_id: None)
    """Returns the kind a customer's record has become, where its old address redirects to."""
    printed_also: tuple[Any, ...] = ()
    """What a PDF shows besides what the record's `version` counts: a kept one must match these too."""
    helpers: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    """Functions that the kind's own templates call, by name."""
    icon: str = "documents"
    templates: str = "documents"
    """The folder of its own templates: `<templates>/<slug>/list.html`, `show.html`."""

    @property
    def verbs(self) -> tuple[str, str]:
        """Return the verbs that open this kind to customers and to staff."""
        return self.model.read_by_customer, self.model.read_by_staff

    def may_be_read_by(self, reader: Any) -> bool:
        """Tell whether the reader may know of this kind at all."""
        return any(verb in reader.verbs for verb in self.verbs)

    @property
    def printed_from(self) -> tuple[Any, ...]:
        """Return the columns a kept PDF must match."""
        return (self.model.version, *self.printed_also)

    @cached_property
    def shown_columns(self) -> list[Column]:
        """Return the columns that people see; the others stand in the CSV only."""
        return [column for column in self.columns if column.role != "hidden"]

    @cached_property
    def total_columns(self) -> list[Column]:
        """Return the shown columns from the first with a total on."""
        shown = self.shown_columns
        first = next((at for at, column in enumerate(shown) if column.total), len(shown))
        return shown[first:]

    @property
    def default_sort(self) -> Sort:
        """Return the order of a list nobody has sorted."""
        return self.sorts[0]


def read_date(text: str) -> date:
    """Return the date of a cursor or filter; raise ValueError."""
    return date.fromisoformat(text)


MOST = Decimal(2**63 - 1)


def read_whole(text: str) -> int:
    """Return the whole number of a cursor; raise ValueError, also for one no database column holds."""
    number = int(text) if len(text) < 30 else 2**63
    if abs(number) > MOST:
        raise ValueError(text)
    return number


def read_decimal(text: str) -> Decimal:
    """Return the decimal of a cursor; raise ValueError, also for one no database column holds."""
    try:
        number = Decimal(text)
    except InvalidOperation as error:
        raise ValueError(text) from error
    if not number.is_finite() or abs(number) > MOST / 1_000_000:
        raise ValueError(text)
    return number


def find(items: Sequence[Any], key: str | None) -> Any:
    """Return the item with that key, or None: unknown parameters fall back."""
    return next((item for item in items if item.key == key), None)
