"""Query: one question to a monitoring core, built of typed parts so that no value can become a line of its own.

Livestatus is a language of lines: a newline in a value would add a header, or a command. Values with control
characters are refused, never stripped, and names of tables and columns are checked against what such names look like.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass

OPERATORS = frozenset(
    f"{negation}{operator}" for negation in ("", "!") for operator in ("=", "~", "=~", "~~", "<", ">", "<=", ">=")
)
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
LONGEST = 2000
MEBIBYTE = 1024 * 1024
SMALL = 64 * 1024
LARGEST = 64 * MEBIBYTE


class BadValue(ValueError):
    """Say that a value or name cannot stand in a query."""


def checked(text: str) -> str:
    """Return a value as it may stand in a line; raises BadValue."""
    if len(text) > LONGEST or _CONTROL.search(text):
        raise BadValue("a filter holds characters that Livestatus cannot take")
    return text


def name(text: str) -> str:
    """Return the name of a table or column; raises BadValue."""
    if not _NAME.fullmatch(text):
        raise BadValue(f"no name of a table or column: {text[:40]!r}")
    return text


class Condition(ABC):
    """What rows must fulfil: `Is`, or `All`, `Any` and `Not` of others."""

    @abstractmethod
    def lines(self, word: str) -> Iterator[str]:
        """Yield the header lines; `word` is `Filter`, or `Stats` where rows are counted."""


@dataclass(frozen=True)
class Is(Condition):
    """A column compared with a value."""

    column: str
    operator: str
    value: str | int

    def lines(self, word: str) -> Iterator[str]:
        """Yield one line."""
        if self.operator not in OPERATORS:
            raise BadValue(f"no operator: {self.operator[:10]!r}")
        yield f"{word}: {name(self.column)} {self.operator} {checked(str(self.value))}".rstrip(" ")


@dataclass(frozen=True, init=False)
class _Group(Condition):
    conditions: tuple[Condition, ...]
    joined = ""

    def __init__(self, *conditions: Condition) -> None:
        object.__setattr__(self, "conditions", conditions)

    def lines(self, word: str) -> Iterator[str]:
        """Yield the lines of each, then how they are joined."""
        for condition in self.conditions:
            yield from condition.lines(word)
        if len(self.conditions) != 1:
            yield f"{'Stats' if word == 'Stats' else ''}{self.joined}: {len(self.conditions)}"


class All(_Group):
    """All conditions at once."""

    joined = "And"


class Any(_Group):
    """One of the conditions at least."""

    joined = "Or"


@dataclass(frozen=True)
class Not(Condition):
    """The opposite of a condition."""

    condition: Condition

    def lines(self, word: str) -> Iterator[str]:
        """Yield the condition's lines, then its negation."""
        yield from self.condition.lines(word)
        yield "StatsNegate:" if word == "Stats" else "Negate:"


@dataclass(frozen=True)
class Query:
    """What is asked of a table. With `stats` each row of the answer holds, after the columns, one number for each.

    `limit` is the number of rows wanted: one more is asked for, to know whether there are more. `user` narrows the
    answer to what that contact may see, on cores that know `AuthUser`.
    """

    table: str
    columns: tuple[str, ...] = ()
    where: tuple[Condition, ...] = ()
    stats: tuple[Condition, ...] = ()
    limit: int | None = None
    user: str = ""

    @property
    def largest(self) -> int:
        """Return how many bytes an answer may have at most: a site that announces more is not listened to."""
        if self.limit is None:
            return LARGEST if self.columns or not self.stats else SMALL
        return min(LARGEST, MEBIBYTE + (self.limit + 1) * SMALL)

    def text(self) -> bytes:
        """Return the request as it goes over the wire; raises BadValue."""
        lines = [f"GET {name(self.table)}"]
        if self.columns:
            lines.append(f"Columns: {' '.join(map(name, self.columns))}")
        for condition in self.where:
            lines += condition.lines("Filter")
        for condition in self.stats:
            lines += condition.lines("Stats")
        if self.limit is not None:
            lines.append(f"Limit: {self.limit + 1:d}")
        if self.user:
            lines.append(f"AuthUser: {checked(self.user)}")
        lines += ["OutputFormat: json", "ResponseHeader: fixed16", "KeepAlive: on", "ColumnHeaders: off"]
        return ("\n".join(lines) + "\n\n").encode()
