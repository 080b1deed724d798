"""Performance data: the figures a plug-in prints after its words, read as the plug-in guidelines write them.

`'label with blanks'=12.5%;80;90;0;100`: value and unit, then warning, critical, minimum, maximum, all but the value
optional. Plug-ins are many and careless: what cannot be read is left out, never guessed and never an error.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

LONGEST = 20_000
MOST = 100
_METRIC = re.compile(r"(?<!\S)('(?:[^']|'')*+'|[^\s'=]++)=(\S*)")
"""Begins after a blank and never goes back: what a plug-in prints must not cost more than its length."""
_NUMBER = re.compile(r"[+-]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:[eE][+-]?\d{1,3})?")
_UNIT = re.compile(r"[^\d;:.,+\-\s]{0,12}")


@dataclass(frozen=True)
class Range:
    """From where to where a value gives no alert; `is_inside` turns that around (`@10:20` alerts within).

    None stands for no end on that side.
    """

    low: float | None
    high: float | None
    is_inside: bool = False

    def alerts(self, value: float) -> bool:
        """Tell whether a value is one to alert about."""
        within = (self.low is None or value >= self.low) and (self.high is None or value <= self.high)
        return within is self.is_inside

    @property
    def marks(self) -> list[float]:
        """Return the ends that a chart can mark; a plain `80` begins at zero, which says nothing."""
        ends = [self.high] if self.low == 0 and self.high is not None and not self.is_inside else [self.low, self.high]
        return [end for end in ends if end is not None]


@dataclass(frozen=True)
class Metric:
    """One figure: `value` is None where the plug-in says it could not measure (`U`)."""

    label: str
    value: float | None
    unit: str = ""
    warn: Range | None = None
    crit: Range | None = None
    low: float | None = None
    high: float | None = None

    @property
    def level(self) -> str:
        """Return `bad`, `warn`, `good`, or `neutral` where there is nothing to compare with."""
        if self.value is None or (self.warn is None and self.crit is None):
            return "neutral"
        if self.crit is not None and self.crit.alerts(self.value):
            return "bad"
        return "warn" if self.warn is not None and self.warn.alerts(self.value) else "good"

    @property
    def span(self) -> tuple[float, float] | None:
        """Return from where to where the figure can be drawn; None when there is no scale to draw it on."""
        if self.value is None:
            return None
        marks = [mark for level in (self.warn, self.crit) if level for mark in level.marks]
        top = self.high if self.high is not None else 100.0 if self.unit == "%" else None
        if top is None and not marks:
            return None
        low = min([self.low if self.low is not None else 0.0, self.value, *marks])
        high = max([self.value, *([top] if top is not None else [mark * 1.1 for mark in marks]), *marks])
        return (low, high) if high > low and math.isfinite(high - low) else None

    @property
    def share(self) -> float | None:
        """Return how far the value stands within its span, from 0 to 1."""
        if self.span is None or self.value is None:
            return None
        low, high = self.span
        return (self.value - low) / (high - low)


def parse(text: object) -> list[Metric]:
    """Return the figures of a plug-in's performance data, in its order; `text` as a core sent it."""
    if not isinstance(text, str):
        return []
    found: dict[str, Metric] = {}
    for match in _METRIC.finditer(text[:LONGEST]):
        metric = _metric(match[1], match[2])
        if metric is not None and len(found) < MOST:
            found.setdefault(metric.label, metric)
    return list(found.values())


def _metric(label: str, rest: str) -> Metric | None:
    if label.startswith("'"):
        label = label[1:-1].replace("''", "'")
    label = " ".join(label.split())[:100]
    value, *more = rest.split(";")
    warn, crit, low, high = [*more[:4], "", "", "", ""][:4]
    if not label:
        return None
    if value in ("U", "u"):
        return Metric(label, None)
    number = _NUMBER.match(value)
    if number is None or (read := _float(number[0])) is None:
        return None
    unit = value[number.end() :]
    if not _UNIT.fullmatch(unit):
        return None
    levels = _levels(_range(warn, unit), _range(crit, unit))
    return Metric(label, read, unit, *levels, _end(low, unit), _end(high, unit))


def _levels(warn: Range | None, crit: Range | None) -> tuple[Range | None, Range | None]:
    """Return the levels as they are meant: plain numbers of which the critical one is lower say what is too little."""
    plain = [level for level in (warn, crit) if level and level.low == 0 and level.high and not level.is_inside]
    if len(plain) == 2 and plain[1].high < plain[0].high:  # type: ignore[operator]
        return Range(plain[0].high, None), Range(plain[1].high, None)
    return warn, crit


def _range(text: str, unit: str) -> Range | None:
    is_inside, text = text.startswith("@"), text.removeprefix("@")
    low, colon, high = text.partition(":")
    if not colon:
        end = _end(low, unit)
        return None if end is None or end < 0 else Range(0.0, end, is_inside)
    start = None if low == "~" else 0.0 if low == "" else _end(low, unit)
    end = None if high == "" else _end(high, unit)
    if (low not in ("", "~") and start is None) or (high != "" and end is None) or (start is None and end is None):
        return None
    return Range(start, end, is_inside)


def _end(text: str, unit: str) -> float | None:
    text = text.removesuffix(unit) if unit else text
    return _float(text) if _NUMBER.fullmatch(text) else None


def _float(text: str) -> float | None:
    try:
        number = float(text.replace(",", "."))
    except ValueError:
        return None
    return number if math.isfinite(number) else None
