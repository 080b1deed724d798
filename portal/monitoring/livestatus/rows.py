"""Rows of a large answer, read one at a time: what is no row of the table ends the reading, not the memory.

JSON of 64 MB can be two GB of small lists, and nothing else in the process moves while it is decoded in one go.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

PORTION = 1024 * 1024
"""Characters a row may have at most."""
_BETWEEN = re.compile(r"[ \t\r\n]*([\[\],])[ \t\r\n]*")

Decode = Callable[[str, int], tuple[Any, int]]
"""Reads one value from a place in a text on: returns it and where it ends; raises ValueError."""


def read(text: str, decode: Decode) -> Iterator[list[Any]]:
    """Yield the rows of a table in JSON; raises ValueError for whatever else it is."""
    at = _after(text, 0, "[")
    if at < 0:
        raise ValueError("no table")
    end = _after(text, at, "]")
    while end < 0:
        portion, start = text[at : at + PORTION], at
        while at - start < len(portion) and end < 0:
            try:
                row, behind = decode(portion, at - start)
            except ValueError:
                if at == start:
                    raise
                break
            if type(row) is not list:
                raise ValueError("no row")
            yield row
            end, at = _after(text, start + behind, "]"), _after(text, start + behind, ",")
            if end < 0 and at < 0:
                raise ValueError("no end of a row")
    if end != len(text):
        raise ValueError("more than a table")


def _after(text: str, at: int, sign: str) -> int:
    """Return the place behind a sign and the blanks around it, -1 when another one stands there."""
    found = _BETWEEN.match(text, at)
    return found.end() if found and found[1] == sign else -1
