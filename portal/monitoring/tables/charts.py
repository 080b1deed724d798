"""Charts: a figure of performance data as a bar with marks where it warns and where it is critical.

Colours come from classes on pages and from attributes on paper; the words beside the bar say the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from flask_babel import gettext as _
from markupsafe import Markup

from ...i18n import format_number
from .perf import Metric, Range

WIDTH, HEIGHT = 120, 12
FILLS = {"good": "#3f9c6d", "warn": "#d99a1c", "bad": "#c3221a", "neutral": "#5f87ad"}
_PREFIXES = ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"))


def figure(metric: Metric) -> str:
    """Return value and unit as people read them: "96 %", "1.2 GB", "3.2 s"."""
    if metric.value is None:
        return str(_("not measured"))
    value, unit = metric.value, metric.unit
    if unit == "%":
        return f"{_short(value)} %"
    if unit in ("B", "KB", "kB", "MB", "GB", "TB"):
        value, unit = value * {"B": 1, "K": 1e3, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12}[unit[0]], "B"
    elif unit in ("s", "ms", "us"):
        value, unit = value * {"s": 1, "ms": 1e-3, "us": 1e-6}[unit], "s"
        if 0 < abs(value) < 1:
            return f"{_short(value * 1e3)} ms" if abs(value) >= 1e-3 else f"{_short(value * 1e6)} µs"
        return f"{_short(value)} s"
    for size, prefix in _PREFIXES if abs(value) < 1e15 else ():
        if abs(value) >= size * 10 or (unit == "B" and abs(value) >= size):
            return f"{_short(value / size)} {prefix}{unit}".strip()
    return f"{_short(value)} {unit}".strip()


def _short(value: float) -> str:
    """Return three digits that count; what is too large to read so, in powers of ten."""
    if abs(value) >= 1e15:
        return f"{value:.3g}"
    places = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2
    return format_number(Decimal(f"{value:.{places}f}"), places)


def bar(metric: Metric) -> Markup:
    """Return the bar of a figure; empty when there is no scale to draw it on."""
    span, share = metric.span, metric.share
    if span is None or share is None:
        return Markup("")
    low, high = span

    def at(value: float) -> float:
        return round((value - low) / (high - low) * WIDTH, 1)

    parts = [
        Markup('<rect class="track" width="{}" height="{}" rx="3" fill="#e4e9e6"></rect>').format(WIDTH, HEIGHT),
        Markup('<rect class="level {}" width="{}" height="{}" rx="3" fill="{}"></rect>').format(
            metric.level, max(2.0, round(share * WIDTH, 1)), HEIGHT, FILLS[metric.level]
        ),
    ]
    for tone, level in (("warn", metric.warn), ("bad", metric.crit)):
        for mark in level.marks if level else ():
            parts.append(
                Markup('<path class="mark {}" d="M{} -2V{}" stroke="{}" stroke-width="2"></path>').format(
                    tone, min(max(at(mark), 1.0), WIDTH - 1.0), HEIGHT + 2, FILLS[tone]
                )
            )
    drawn = Markup("").join(parts)
    return Markup(
        '<svg class="perf" viewBox="0 -2 {} {}" width="{}" height="{}" role="img" aria-label="{}"'
        ' xmlns="http://www.w3.org/2000/svg">{}</svg>'
    ).format(WIDTH, HEIGHT + 4, WIDTH, HEIGHT + 4, said(metric), drawn)


def said(metric: Metric) -> str:
    """Return a figure in words: "time: 3.2 s, warning above 1 s, critical above 5 s"."""
    words = [f"{metric.label}: {figure(metric)}"]
    if levels := limits(metric):
        words.append(levels)
    return ", ".join(words)


def limits(metric: Metric) -> str:
    """Return at what a figure warns and is critical, in words."""
    found = []
    if metric.warn:
        found.append(_("warning %(range)s", range=_ends(metric, metric.warn)))
    if metric.crit:
        found.append(_("critical %(range)s", range=_ends(metric, metric.crit)))
    return ", ".join(found)


def _ends(metric: Metric, level: Range) -> str:
    def say(value: float | None) -> str:
        return "" if value is None else figure(Metric(metric.label, value, metric.unit))

    if level.is_inside:
        return str(_("from %(low)s to %(high)s", low=say(level.low) or "−∞", high=say(level.high) or "∞"))
    if level.low in (None, 0.0) and level.high is not None:
        return str(_("above %(high)s", high=say(level.high)))
    if level.high is None:
        return str(_("below %(low)s", low=say(level.low)))
    return str(_("below %(low)s or above %(high)s", low=say(level.low), high=say(level.high)))


def meter(metrics: Sequence[Metric]) -> Markup:
    """Return the first figure that can be drawn, small, as lists show it; else the first one's words."""
    metric = _first(metrics)
    if metric is None:
        return Markup('<span class="second">–</span>')
    return Markup('<span class="perfometer">{}<span class="num">{}</span></span>').format(bar(metric), figure(metric))


def meter_text(metrics: Sequence[Metric]) -> str:
    """Return the words of `meter`."""
    metric = _first(metrics)
    return figure(metric) if metric else ""


def _first(metrics: Sequence[Metric]) -> Metric | None:
    measured = [metric for metric in metrics if metric.value is not None]
    drawn = [metric for metric in measured if metric.span is not None]
    return next(iter(drawn or measured), None)
