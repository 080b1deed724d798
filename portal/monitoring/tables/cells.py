"""Cells: the few kinds of columns there are. Everything a core says is escaped here and nowhere else."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from markupsafe import Markup, escape

from ...i18n import format_moment, format_number, say_moment
from ...text import number_key
from .column import Column, Place
from .plain import plain
from .row import Row
from .words import State, span

SHORT = 24
"""Characters of a name in one word that stays on one line; a longer one may break at its hyphens."""
EMPTY = Markup('<span class="second">–</span>')


def badge(word: Any, tone: str) -> Markup:
    """Return a state as a word in a badge."""
    return Markup('<span class="badge {}">{}</span>').format(tone, word)


def link(address: str, words: Any) -> Markup:
    """Return a link."""
    return Markup('<a href="{}">{}</a>').format(address, words)


def state(id: str, title: Any, needs: tuple[str, str], say: Callable[[Any, Any], State], role: str = "side") -> Column:
    """Return a column of a state; `needs` are the state and whether it was ever checked."""

    def found(row: Row) -> State:
        return say(row.get(needs[0]), row.get(needs[1]))

    return Column(
        id, title, needs,
        lambda row, _place: badge(found(row).word, found(row).tone),
        lambda row, _place: found(row).code,
        lambda row: found(row).weight,
        role, starts_down=True,
    )  # fmt: skip


def words(id: str, title: Any, need: str, role: str = "", most: int = 300) -> Column:
    """Return a column of a line of text."""
    return Column(
        id, title, (need,),
        lambda row, _place: plain(row.get(need), most) or EMPTY,
        lambda row, _place: plain(row.get(need), most),
        lambda row: number_key(plain(row.get(need))),
        role,
    )  # fmt: skip


def linked(id: str, title: Any, needs: tuple[str, ...], address: Callable[[Row, Place], str], role: str = "") -> Column:
    """Return a column of a name that leads somewhere; the name is the first of `needs`."""

    def cell(row: Row, place: Place) -> Any:
        name = plain(row.get(needs[0]))
        if not name:
            return EMPTY
        found = link(address(row, place), name)
        is_whole = len(name) <= SHORT and " " not in name
        return Markup('<span class="whole">{}</span>').format(found) if is_whole else found

    return Column(
        id, title, needs, cell,
        lambda row, _place: plain(row.get(needs[0])),
        lambda row: number_key(plain(row.get(needs[0]))),
        role,
    )  # fmt: skip


def number(id: str, title: Any, need: str) -> Column:
    """Return a column of a number."""

    def cell(row: Row, _place: Place) -> Any:
        value = row.number(need)
        return EMPTY if value is None else format_number(Decimal(str(value)), 2)

    def text(row: Row, _place: Place) -> str:
        value = row.number(need)
        return "" if value is None else str(round(value, 2) if isinstance(value, float) else value)

    return Column(id, title, (need,), cell, text, lambda row: row.number(need) or 0, "num", starts_down=True)


def age(id: str, title: Any, need: str) -> Column:
    """Return a column of how long ago something was; its exact moment on hover."""

    def text(row: Row, place: Place) -> str:
        moment = row.moment(need)
        return "" if moment is None else span((place.moment - moment).total_seconds())

    def cell(row: Row, place: Place) -> Any:
        moment = row.moment(need)
        if moment is None:
            return EMPTY
        said = span((place.moment - moment).total_seconds())
        return Markup('<time datetime="{}" title="{}">{}</time>').format(
            moment.isoformat(timespec="seconds"), format_moment(moment), said
        )

    return Column(id, title, (need,), cell, text, lambda row: -(row.number(need) or 0), "day", starts_down=True)


def moment(id: str, title: Any, need: str) -> Column:
    """Return a column of a moment."""

    def text(row: Row, _place: Place) -> str:
        found = row.moment(need)
        return "" if found is None else found.isoformat(timespec="seconds")

    def cell(row: Row, _place: Place) -> Any:
        found = row.moment(need)
        return EMPTY if found is None else say_moment(found)

    return Column(id, title, (need,), cell, text, lambda row: row.number(need) or 0, "day")


def names(
    id: str, title: Any, need: str, address: Callable[[Row, Place, str], str] | None = None, most: int = 20
) -> Column:
    """Return a column of names, each leading somewhere where `address` is given."""

    def cell(row: Row, place: Place) -> Any:
        found = row.words(need)
        shown = [link(address(row, place, name), plain(name)) if address else escape(plain(name)) for name in found]
        return Markup(", ").join(shown[:most]) + (f" +{len(found) - most}" if len(found) > most else "") or EMPTY

    return Column(
        id, title, (need,), cell,
        lambda row, _place: ", ".join(plain(name) for name in row.words(need)),
        lambda row: [number_key(plain(name)) for name in row.words(need)],
    )  # fmt: skip


def pairs(id: str, title: Any, need: str) -> Column:
    """Return a column of labels or tags: `key:value` each."""

    def said(row: Row) -> list[str]:
        return [f"{plain(key)}:{plain(word)}" for key, word in row.pairs(need)]

    return Column(
        id, title, (need,),
        lambda row, _place: Markup(" ").join(Markup('<code class="label">{}</code>').format(one) for one in said(row))
        or EMPTY,
        lambda row, _place: ", ".join(said(row)),
        said,
    )  # fmt: skip


def of_site(id: str, title: Any, say: Callable[[Row], str]) -> Column:
    """Return a column of what the portal knows of a row's site."""
    return Column(
        id, title, (),
        lambda row, _place: plain(say(row)) or EMPTY,
        lambda row, _place: plain(say(row)),
        lambda row: number_key(say(row)),
    )  # fmt: skip
