"""Patterns: regular expressions that people write to name hosts and services, and that cannot explode.

A name may come from a customer's site, so a pattern that is slow on a chosen name could hold everybody up. Only such
are taken whose work grows with the name's length alone: no repetition within a repetition, nothing that looks back or
ahead, few open repetitions, and not many choices beside them: each multiplies what may have to be tried.
"""

from __future__ import annotations

import re
import warnings
from functools import lru_cache
from importlib import import_module
from typing import Any

from flask_babel import gettext as _

PREFIX = "~"
"""Begins a line that is a regular expression, no name."""
LONGEST, MOST_REPEATS, MOST_TIMES = 200, 3, 100
MOST_WAYS, WAYS_OF_A_REPEAT = 2**20, 2**6
_PARSER: Any = import_module("re._parser")
"""What the standard library itself reads expressions with: the one reading that is surely what is run."""
_REPEATS = ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT")
_REFUSED = ("GROUPREF", "GROUPREF_EXISTS", "ASSERT", "ASSERT_NOT")


def is_pattern(line: str) -> bool:
    """Tell whether a line is a regular expression."""
    return line.startswith(PREFIX)


@lru_cache(maxsize=4096)
def compiled(line: str) -> re.Pattern[str]:
    """Return the expression of a line that `refusal` found nothing in; it is matched from the beginning of a name."""
    return re.compile(line.removeprefix(PREFIX))


def refusal(line: str) -> str:
    """Return why the expression of a line is not taken, as a sentence; "" for one that is."""
    text = line.removeprefix(PREFIX)
    shown = line[:80]
    if len(text) > LONGEST:
        return str(_("“%(line)s” is too long: a pattern has at most %(max)d characters.", line=shown, max=LONGEST))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            re.compile(text)
            tree = _PARSER.parse(text)
    except (re.error, RecursionError, OverflowError):
        return str(_("“%(line)s” is no regular expression.", line=shown))
    found = _Shape()
    found.read(tree, is_repeated=False)
    if found.is_refused:
        return str(_("“%(line)s” looks back or ahead. Write it without.", line=shown))
    if found.is_nested:
        return str(_("“%(line)s” repeats what repeats itself, and could take for ever. Write it simpler.", line=shown))
    if found.repeats > MOST_REPEATS:
        return str(_("“%(line)s” repeats too often: at most %(max)d times * or +.", line=shown, max=MOST_REPEATS))
    if found.ways * WAYS_OF_A_REPEAT**found.repeats > MOST_WAYS:
        return str(_("“%(line)s” can fit in too many ways, and could take for ever. Write it simpler.", line=shown))
    return ""


class _Shape:
    """What of an expression makes it slow."""

    def __init__(self) -> None:
        self.repeats, self.is_nested, self.is_refused = 0, False, False
        self.ways = 1
        """In how many ways a name can be tried, open repetitions aside."""

    def read(self, parts: Any, *, is_repeated: bool) -> None:
        """Go through the parts of an expression, those within others too."""
        for code, argument in parts:
            name = str(code)
            self.is_refused |= name in _REFUSED
            if name in _REPEATS:
                least, most, inner = argument
                is_many = most > 1
                self.is_nested |= is_many and is_repeated
                if most > MOST_TIMES:
                    self.repeats += 1
                else:
                    self.ways *= most - least + 1
                self.read(inner, is_repeated=is_repeated or is_many)
            elif name == "BRANCH":
                self.is_nested |= is_repeated
                self.ways *= len(argument[1])
                for branch in argument[1]:
                    self.read(branch, is_repeated=is_repeated)
            elif name == "SUBPATTERN":
                self.read(argument[3], is_repeated=is_repeated)
            elif name == "ATOMIC_GROUP":
                self.read(argument, is_repeated=is_repeated)
