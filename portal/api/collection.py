"""Collection: what a kind of record is to programs. One mechanism reads, pages, writes and describes all of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import ColumnElement, Select

Schema = Mapping[str, Any]
Body = Mapping[str, Any]
TEXT: Schema = {"type": "string"}
UUID: Schema = {"type": "string", "format": "uuid"}
MOMENT: Schema = {"type": ["string", "null"], "format": "date-time"}
DAY: Schema = {"type": ["string", "null"], "format": "date"}
FLAG: Schema = {"type": "boolean"}
COUNT: Schema = {"type": "integer", "minimum": 0}
CUSTOMER: Schema = {
    "type": "string", "maxLength": 64, "description": "A customer's ID, `provider`, or `global` for all customers.",
}  # fmt: skip
LINES = "x-lines"
"""In a schema: text of several lines."""


def line(most: int) -> Schema:
    """Return the schema of one line of up to `most` characters."""
    return {"type": "string", "maxLength": most}


def text(most: int) -> Schema:
    """Return the schema of several lines."""
    return {"type": "string", "maxLength": most, LINES: True}


def one_of(values: Sequence[str]) -> Schema:
    """Return the schema of a few words."""
    return {"type": "string", "enum": list(values)}


def names(most: int = 200, *, length: int = 255) -> Schema:
    """Return the schema of a list of names."""
    return {"type": "array", "maxItems": most, "uniqueItems": True, "items": line(length)}


@dataclass(frozen=True)
class Field:
    """A member of an object. `taken`: "" where it is only shown, "new" when an object is made, "always" also later.

    `needed`: without it nothing is made or replaced. `is_shown` is false for secrets, which are taken and never told;
    `in_lists` for what only a single object shows.
    """

    name: str
    schema: Schema
    help: str = ""
    taken: str = ""
    needed: bool = False
    is_shown: bool = True
    in_lists: bool = True


@dataclass(frozen=True)
class Filter:
    """A parameter that narrows a list; `narrow` returns the conditions for its value."""

    name: str
    schema: Schema
    help: str
    narrow: Callable[[str], Sequence[ColumnElement[bool]]]


@dataclass(frozen=True)
class Deed:
    """What may be done at an address of its own below an object: a comment, for one. `run` returns the new object."""

    name: str
    summary: str
    fields: tuple[Field, ...]
    writes: tuple[str, ...]
    run: Callable[[Any, Any, Body, Any], Mapping[str, Any]]
    shown: tuple[Field, ...]


@dataclass(frozen=True)
class Collection:
    """A kind of record.

    `path` follows /api/v1/, `item` the path of one. `reads` and `writes` are verbs any of which opens it.
    `listed` selects what a reader may see, `order` are columns of it, never NULL, the last one unique; `one` is the
    condition that a row is the one of an address; `shown` makes objects of rows, all of a page at once.
    `create` takes a body and returns the values of the address; `change` and `delete` take a row, and `change` returns
    the values of another address where the object has moved.
    """

    path: str
    title: str
    noun: str
    fields: tuple[Field, ...]
    reads: tuple[str, ...]
    listed: Callable[[Any], Select[Any]]
    order: tuple[Any, ...]
    one: Callable[..., ColumnElement[bool]]
    shown: Callable[[Any, Any, Sequence[Any]], Sequence[Mapping[str, Any]]]
    item: str = "<id>"
    descending: bool = False
    filters: tuple[Filter, ...] = ()
    writes: tuple[str, ...] = ()
    create: Callable[[Any, Body, Any], Mapping[str, Any]] | None = None
    change: Callable[[Any, Any, Body, Any], Mapping[str, Any] | None] | None = None
    delete: Callable[[Any, Any, Any], None] | None = None
    parts: Callable[[Any, Any, Mapping[str, str]], Sequence[Select[Any]]] | None = None
    """Returns, for what a list is narrowed to, selects that together have its rows, where the whole has no index."""
    more: Callable[[Any, Any, Any], Mapping[str, Any]] | None = None
    """Returns what only a single object shows."""
    deeds: tuple[Deed, ...] = ()
    help: str = ""
    called: str = ""
    """Its name in the description where the path does not give it."""
    is_listed: bool = True

    @property
    def name(self) -> str:
        """Return the name of its parts in the description: `documents/sales-orders` → `DocumentsSalesOrders`."""
        words = (self.called or self.path).replace("/", "-").split("-")
        return "".join(word.capitalize() for word in words)

    @cached_property
    def shown_fields(self) -> list[Field]:
        """Return what objects show."""
        return [field for field in self.fields if field.is_shown]

    def taken(self, *, is_new: bool) -> list[Field]:
        """Return what may be said of an object that is made, or of one that is there."""
        return [field for field in self.fields if field.taken == "always" or field.taken == "new" and is_new]
