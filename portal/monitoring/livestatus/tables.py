"""Tables: from the body of an answer to rows that pages can rely on.

A site belongs to somebody else, and what it says is not believed: rows have the width that was asked for, a number is
one that databases and browsers hold, a text holds nothing they choke on. Anything else is a lie, and the site dead.
Where cores merely differ (null for what is not there, a number for a text) the value is put right.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l

from . import rows as large
from .columns import Kind, kind_of
from .query import SMALL, Query

NOT_JSON = _l("The site's answer cannot be read.")
NOT_A_TABLE = _l("The site's answer is not the table that was asked for.")
TOO_MANY = _l("The site's answer has more rows than the portal reads at once.")

MOST_ROWS = 300_000
"""Rows of an answer without a limit."""
LARGEST_NUMBER = 2**53
_SCALARS = {str, int, float, bool, type(None)}
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


class Lie(ValueError):
    """Say that an answer is not one to the question."""

    def __init__(self, sentence: Any) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def table(body: bytes, query: Query) -> list[list[Any]]:
    """Return the rows of an answer to a query, at most one more than its limit; raises Lie."""
    width = len(query.columns) + len(query.stats)
    rows = _parsed(body, width, query.limit)
    if type(rows) is not list or not all(type(row) is list for row in rows):
        raise Lie(NOT_A_TABLE)
    if query.limit is not None and len(rows) > query.limit + 1:
        raise Lie(NOT_A_TABLE)
    if not rows:
        return rows
    if {len(row) for row in rows} != {width or len(rows[0])}:
        raise Lie(NOT_A_TABLE)
    if query.stats and not query.columns and _number([value for row in rows for value in row]) is None:
        return rows  # the frequent case, at once
    checks = [_CHECKS[kind_of(column)] for column in query.columns] + [_number] * len(query.stats)
    checks = checks or [_value] * len(rows[0])
    for at, (check, values) in enumerate(zip(checks, zip(*rows, strict=True), strict=True)):
        mended = check(values)
        if mended is not None:
            for row, value in zip(rows, mended, strict=True):
                row[at] = value
    return rows


def _refuse(_constant: str) -> None:
    raise ValueError


_decoder = json.JSONDecoder(parse_constant=_refuse, strict=False)
_decode = _decoder.decode


def _parsed(body: bytes, width: int, limit: int | None) -> Any:
    try:
        text = body.decode("utf-8", "replace")
        if "\\u0000" in text or "\x00" in text:
            text = text.replace("\\u0000", "\ufffd").replace("\x00", "\ufffd")
        found = _decode(text) if len(text) <= SMALL else _read(text, width, limit)
        if "\\u" in text and _SURROGATE.search(text):  # halves of a character, which no encoding takes
            found = _decode(json.dumps(found, ensure_ascii=False).encode("utf-8", "replace").decode())
    except Lie:
        raise
    except (ValueError, RecursionError):
        raise Lie(NOT_JSON) from None
    return found


def _read(text: str, width: int, limit: int | None) -> list[list[Any]]:
    """Return the rows of a large answer; what is not of its table is not read to its end."""
    found: list[list[Any]] = []
    for row in large.read(text, _decoder.raw_decode):
        if len(row) != (width or len(row)) or limit is not None and len(found) > limit:
            raise Lie(NOT_A_TABLE)
        if len(found) == MOST_ROWS:
            raise Lie(TOO_MANY)
        found.append(row)
    return found


Check = Callable[[Sequence[Any]], list[Any] | None]
"""Looks at a column's values: returns better ones, or None when they are good as they are; raises Lie."""


def _number(values: Sequence[Any]) -> list[Any] | None:
    kinds = set(map(type, values))
    if kinds == {int}:
        if min(values) >= -LARGEST_NUMBER and max(values) <= LARGEST_NUMBER:
            return None
        raise Lie(NOT_A_TABLE)
    if not kinds <= {int, float, bool, type(None)}:
        raise Lie(NOT_A_TABLE)
    mended = [0 if value is None else int(value) if type(value) is bool else value for value in values]
    if not -LARGEST_NUMBER <= min(mended) <= max(mended) <= LARGEST_NUMBER:
        raise Lie(NOT_A_TABLE)
    return mended


def _text(values: Sequence[Any]) -> list[Any] | None:
    kinds = set(map(type, values))
    if kinds == {str}:
        return None
    if not kinds <= _SCALARS:
        raise Lie(NOT_A_TABLE)
    return ["" if value is None else value if type(value) is str else f"{value:g}" for value in values]


def _value(values: Sequence[Any]) -> list[Any] | None:
    if set(map(type, values)) <= _SCALARS or all(map(_is_list, values)):
        return None
    raise Lie(NOT_A_TABLE)


def _names(values: Sequence[Any]) -> list[Any] | None:
    if not all(value is None or (type(value) is list and {str}.issuperset(map(type, value))) for value in values):
        raise Lie(NOT_A_TABLE)
    return [value or [] for value in values] if None in values else None


def _list(values: Sequence[Any]) -> list[Any] | None:
    if not all(value is None or _is_list(value) for value in values):
        raise Lie(NOT_A_TABLE)
    return [value or [] for value in values] if None in values else None


def _pairs(values: Sequence[Any]) -> list[Any] | None:
    """Return dictionaries: some cores give lists of pairs."""
    mended = []
    for value in values:
        try:
            pairs = dict(value or {})
        except (TypeError, ValueError):
            raise Lie(NOT_A_TABLE) from None
        if not _SCALARS.issuperset(map(type, (*pairs, *pairs.values()))):
            raise Lie(NOT_A_TABLE)
        mended.append({str(key): "" if part is None else str(part) for key, part in pairs.items()})
    return mended


def _is_list(value: Any) -> bool:
    """Tell whether it is a list of plain values, or of lists of them."""
    return type(value) is list and all(
        type(part) in _SCALARS or (type(part) is list and _SCALARS.issuperset(map(type, part))) for part in value
    )


_CHECKS: dict[Kind, Check] = {
    Kind.NUMBER: _number,
    Kind.TEXT: _text,
    Kind.NAMES: _names,
    Kind.LIST: _list,
    Kind.PAIRS: _pairs,
}
