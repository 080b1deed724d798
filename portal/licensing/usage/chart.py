"""Chart: where the parts of the usage chart stand; `print/usage_chart.html` draws them, on pages and on paper alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from babel.dates import format_date, format_skeleton

from ...i18n import format_number, locale
from .evaluation import Day, Evaluation, Month

WIDTH, HEIGHT = 680, 260
LEFT, RIGHT, TOP, BOTTOM = 1, 679, 22, 228
LABELS = 7
"""How many dates stand below the chart at most; a phone shows every other one."""


@dataclass(frozen=True)
class Strip:
    """A part of a month's bar: `role` is "" for its average, else "last", "first" or "highest"."""

    role: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Label:
    """A text at a place; what is `spare` is not shown on a phone."""

    x: float
    y: float
    text: str
    spare: bool = False


@dataclass(frozen=True)
class Chart:
    """Bars of months, the line of daily totals as an SVG path, the limit's height if any, and the labels."""

    strips: Sequence[Strip]
    line: str
    limit: float | None
    levels: Sequence[Label]
    dates: Sequence[Label]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = RIGHT
    bottom: int = BOTTOM


def draw(found: Evaluation) -> Chart | None:
    """Return the chart of an evaluation; None when there is nothing to draw."""
    if not found.days:
        return None
    current = [found.current] if found.current else []
    starts = [month.starts for month in (*found.months, *current)]
    first = min(starts[0], found.days[0].day) if starts else found.days[0].day
    last = max((month.ends for month in found.months), default=first)
    scale = _Scale(first, max(last, found.days[-1].day) + timedelta(days=1), _top(found))
    return Chart(
        strips=[strip for month in found.months for strip in _strips(month, _roles(found, month), scale)],
        line=_line(found.days, scale),
        limit=scale.y(found.limit) if found.limit is not None else None,
        levels=[Label(LEFT + 2, scale.y(level) - 4, format_number(level)) for level in _levels(scale.top)],
        dates=_dates(starts, scale),
    )


class _Scale:
    """Days and services as places on the sheet."""

    def __init__(self, first: date, end: date, top: float) -> None:
        self.first, self.top = first, top
        self._day = (RIGHT - LEFT) / (end - first).days

    def x(self, day: date) -> float:
        return round(LEFT + (day - self.first).days * self._day, 1)

    def y(self, services: float) -> float:
        return round(BOTTOM - services / self.top * (BOTTOM - TOP), 1)


def _top(found: Evaluation) -> float:
    return max(found.limit or 0, *(day.services for day in found.days), 1) * 1.05


def _roles(found: Evaluation, month: Month) -> list[str]:
    named = {"last": found.last, "first": found.first_exceeded, "highest": found.highest}
    return [role for role, its in named.items() if its == month]


def _strips(month: Month, roles: Sequence[str], scale: _Scale) -> list[Strip]:
    """Return the bar of a month, cut into as many strips as there is to say about it."""
    x, end = scale.x(month.starts) + 1, scale.x(month.ends + timedelta(days=1)) - 1
    y, width = scale.y(month.services / month.days), (end - x) / max(len(roles), 1)
    return [
        Strip(role, round(x + number * width, 1), y, round(width, 1), round(BOTTOM - y, 1))
        for number, role in enumerate(roles or [""])
    ]


def _line(days: Sequence[Day], scale: _Scale) -> str:
    """Return a path that is level for the length of each day, and broken where days are missing."""
    parts, before = [], None
    for day in days:
        y, end = scale.y(day.services), scale.x(day.day + timedelta(days=1))
        parts.append(f"V{y}H{end}" if before == day.day else f"M{scale.x(day.day)} {y}H{end}")
        before = day.day + timedelta(days=1)
    return "".join(parts)


def _levels(top: float) -> list[int]:
    """Return two to five round numbers below the top."""
    size = 10 ** max(len(str(int(top))) - 1, 0)
    steps = (step for unit in (size // 10 or 1, size) for step in (unit, unit * 2, unit * 5))
    step = next((step for step in steps if top / step < 5), size)
    return list(range(step, int(top) + 1, step))


def _dates(starts: Sequence[date], scale: _Scale) -> list[Label]:
    """Return labels for the first days of some months; none that would reach over the edge."""
    every, language = -(-len(starts) // LABELS) or 1, locale()
    return [
        Label(scale.x(start), HEIGHT - 14, _short(start, language), number % 2 == 1)
        for number, start in enumerate(starts[::every])
        if scale.x(start) <= RIGHT - 70
    ]


def _short(day: date, language: str) -> str:
    if language.startswith("en"):
        return str(format_date(day, "d MMM", locale=language))
    return str(format_skeleton("MMMd", day, locale=language))
