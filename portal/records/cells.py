"""Cells: the few ways a value stands in a list. Plain functions, because a list calls them by the hundred."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from operator import attrgetter
from typing import Any

from markupsafe import Markup, escape

from ..i18n import format_date, format_hours, format_minor, format_number, say_moment

Cell = Callable[[Any, "Around"], Any]
EMPTY = Markup('<span class="second">–</span>')


@dataclass(frozen=True)
class Around:
    """What a cell may need besides its row: where records are shown, which list this is, what day it is."""

    base: str
    query: str
    today: date


def _badge(text: Any, tone: str) -> Markup:
    return Markup(f'<span class="badge {tone}">{escape(text)}</span>')  # noqa: S704 - both parts are escaped or ours


def linked(name: str, second: Callable[[Any], Any] | None = None) -> Cell:
    """Return a cell that links to the record, with a quieter second line."""
    get = attrgetter(name)

    def cell(row: Any, around: Around) -> Markup:
        link = f'<a href="{around.base}{row.id}{escape(around.query)}">{escape(get(row))}</a>'
        below = second(row) if second else ""
        return Markup(f'{link}<span class="second">{escape(below)}</span>' if below else link)  # noqa: S704

    return cell


def linked_by(say: Callable[[Any], str]) -> Cell:
    """Return a cell that links to the record under the words `say` gives."""

    def cell(row: Any, around: Around) -> Markup:
        return Markup(f'<a href="{around.base}{row.id}{escape(around.query)}">{escape(say(row))}</a>')  # noqa: S704

    return cell


def text(name: str, second: str = "") -> Cell:
    """Return a cell of plain text, with a second line from another attribute."""
    get, below = attrgetter(name), attrgetter(second) if second else None

    def cell(row: Any, _around: Around) -> Any:
        first = get(row)
        if below is None or not (more := below(row)):
            return first or EMPTY
        return Markup(f'{escape(first)}<span class="second">{escape(more)}</span>')  # noqa: S704

    return cell


def day(name: str) -> Cell:
    """Return a cell of a date."""
    get = attrgetter(name)
    return lambda row, _around: format_date(value) if (value := get(row)) else EMPTY


def moment(name: str) -> Cell:
    """Return a cell of a moment, as people say it."""
    get = attrgetter(name)
    return lambda row, _around: say_moment(value) if (value := get(row)) else EMPTY


def minor(name: str, *, sign: Callable[[Any], int] | None = None) -> Cell:
    """Return a cell of an amount in minor units of the row's `currency`; None is a dash."""
    get = attrgetter(name)

    def cell(row: Any, _around: Around) -> Any:
        value = get(row)
        if value is None:
            return EMPTY
        return format_minor(value * sign(row) if sign else value, row.currency)

    return cell


def hours(name: str) -> Cell:
    """Return a cell of hours."""
    get = attrgetter(name)
    return lambda row, _around: format_hours(get(row))


def number(name: str) -> Cell:
    """Return a cell of a number."""
    get = attrgetter(name)
    return lambda row, _around: format_number(get(row))


def state(say: Callable[[Any, date], tuple[Any, str]]) -> Cell:
    """Return a cell of a badge; `say` gives its word and tone for a row and a day."""
    return lambda row, around: _badge(*say(row, around.today))
