"""Pages: a list by key, never by offset. A cursor holds what the last row is sorted by, and so outlives that row."""

from __future__ import annotations

import base64
import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from flask import current_app, request
from flask_babel import gettext as _
from sqlalchemy import Select, literal, tuple_
from sqlalchemy.orm import Session

from ..web import paging
from .checking import refusal, wrong
from .collection import Filter, Schema
from .problems import Problem

LIMIT: Schema = {"type": "integer", "minimum": 1, "maximum": 200, "default": 50}
CURSOR: Schema = {"type": "string", "maxLength": 1000}


@dataclass(frozen=True)
class Wish:
    """What an address asks of a list."""

    filters: Mapping[str, str]
    limit: int
    cursor: str

    @classmethod
    def asked(cls, filters: Sequence[Filter]) -> Wish:
        """Return what this request's address asks for; raise Problem 422 for what is not described."""
        known: dict[str, Schema] = {one.name: one.schema for one in filters} | {"limit": LIMIT, "cursor": CURSOR}
        errors, found = {}, {}
        for name, values in request.args.lists():
            if name not in known or len(values) > 1:
                errors[name] = [_("There is no such parameter.") if name not in known else _("Name each one once.")]
            elif sentence := wrong(known[name], _number(values[0]) if name == "limit" else values[0]):
                errors[name] = [sentence]
            else:
                found[name] = values[0]
        if errors:
            raise refusal(errors)
        limit = int(found.pop("limit", LIMIT["default"]))
        return cls({k: v for k, v in found.items() if k != "cursor" and v}, limit, found.get("cursor", ""))


def _number(text: str) -> int | str:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else text


def page(
    session: Session,
    statement: Select[Any],
    order: Sequence[Any],
    wish: Wish,
    *,
    descending: bool = False,
    parts: Sequence[Select[Any]] = (),
) -> tuple[list[Any], str]:
    """Return the rows of a page and the cursor of the next one, "" after the last. One statement, of `parts` two.

    `parts`, where no index serves the whole statement: selects of its order that together have just its rows.
    """
    edge = edge_of(order, wish.cursor) if wish.cursor else None
    limit = wish.limit + 1

    def some(of: Select[Any]) -> Select[Any]:
        if edge is not None:
            columns = tuple_(*order)
            last = tuple_(*(literal(value, column.type) for column, value in zip(order, edge, strict=True)))
            of = of.where(columns < last if descending else columns > last)
        return of.order_by(*(column.desc() if descending else column.asc() for column in order)).limit(limit)

    shown = statement.add_columns(*_edges(order))
    if parts:
        portions = [some(part) for part in parts]
        rows = paging.merge(session, shown, portions, id=order[-1], down=descending, limit=limit)
    else:
        rows = list(session.execute(some(shown)))
    if len(rows) <= wish.limit:
        return rows, ""
    rows = rows[: wish.limit]
    return rows, write([getattr(rows[-1], f"edge_{number}") for number in range(len(order))])


def address(cursor: str) -> str:
    """Return the whole address of the page that begins after a cursor."""
    base = current_app.config["BASE_URL"].rstrip("/")
    return f"{base}{request.path}?{urlencode({**request.args.to_dict(), 'cursor': cursor})}"


def write(values: Sequence[Any]) -> str:
    """Return a cursor."""
    plain = [str(value) if isinstance(value, (uuid.UUID, datetime, date)) else value for value in values]
    return base64.urlsafe_b64encode(json.dumps(plain, separators=(",", ":")).encode()).decode().rstrip("=")


def read(cursor: str) -> list[Any]:
    """Return the values of a cursor; raise Problem 422 for what is none."""
    try:
        found = json.loads(base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True))
    except (ValueError, RecursionError):
        raise no_cursor() from None
    if not isinstance(found, list):
        raise no_cursor()
    return found


def _edges(order: Sequence[Any]) -> list[Any]:
    return [column.label(f"edge_{number}") for number, column in enumerate(order)]


def edge_of(order: Sequence[Any], cursor: str) -> list[Any]:
    """Return what the last row of the page before is ordered by; raise Problem 422 for no cursor of this order."""
    found = read(cursor)
    if len(found) != len(order):
        raise no_cursor()
    try:
        return [_value(column.type.python_type, value) for column, value in zip(order, found, strict=True)]
    except ValueError:
        raise no_cursor() from None


def _value(kind: type, value: Any) -> Any:
    """Return a cursor's value as its column holds it; raise ValueError."""
    if kind is int and type(value) is int and abs(value) < 2**31:
        return value
    if not isinstance(value, str) or "\0" in value or kind is int:
        raise ValueError(value)
    value.encode()  # a lone surrogate is no text
    if kind is datetime and datetime.fromisoformat(value).tzinfo is None:
        raise ValueError(value)
    makes: dict[type, Any] = {uuid.UUID: uuid.UUID, datetime: datetime.fromisoformat, date: date.fromisoformat}
    return makes.get(kind, str)(value)


def no_cursor() -> Problem:
    """Return the problem of a cursor that is none."""
    return refusal({"cursor": [_("This is no cursor of this list. Begin with its first page.")]})
