"""Counts: columns of how many hosts or services are in which state, each leading to the list of just those."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from ...i18n import format_number
from . import cells
from .column import Column, Place
from .row import Row

HOSTS = (
    ("up", _l("Up"), "num_hosts_up", ""),
    ("down", _l("Down"), "num_hosts_down", "bad"),
    ("unreachable", _l("Unreachable"), "num_hosts_unreach", "warn"),
    ("pending", _l("Pending"), "num_hosts_pending", ""),
)
"""Word of the filter, title, a core's name, tone of a number that is not zero."""
SERVICES = (
    ("ok", _l("OK"), "num_services_ok", ""),
    ("warn", _l("Warning"), "num_services_warn", "warn"),
    ("crit", _l("Critical"), "num_services_crit", "bad"),
    ("unknown", _l("Unknown"), "num_services_unknown", "info"),
    ("pending", _l("Pending"), "num_services_pending", ""),
)


_WHOLES = {
    "num_hosts_down": ("num_hosts", tuple(need for _word, _title, need, _tone in HOSTS)),
    "num_services_unknown": ("num_services", tuple(need for _word, _title, need, _tone in SERVICES)),
}
"""Numbers into which some cores count, a second time, what they also count apart: with the whole and all its parts."""


def _number(row: Row, need: str) -> int | None:
    """Return a number without what is counted in it a second time."""
    value = row.number(need)
    if value is None:
        return None
    if need in _WHOLES:
        whole, parts = row.number(_WHOLES[need][0]), [row.number(part) for part in _WHOLES[need][1]]
        if whole is not None:
            value -= min(max(sum(part or 0 for part in parts) - whole, 0), value)
    return int(value)


def count(id: str, title: Any, need: str, address: Callable[[Row, Place], str], tone: str = "") -> Column:
    """Return a column of a number that leads to what it counts; `tone` marks one that is not zero."""

    def cell(row: Row, place: Place) -> Any:
        value = _number(row, need)
        if value is None:
            return cells.EMPTY
        said = format_number(value)
        if not value:
            return Markup('<span class="second zero">{}</span>').format(said)
        return cells.link(address(row, place), cells.badge(said, tone) if tone else said)

    def text(row: Row, _place: Place) -> str:
        value = _number(row, need)
        return "" if value is None else str(value)

    whole, parts = _WHOLES.get(need, ("", ()))
    needs = (need, whole, *parts) if whole else (need,)
    return Column(id, title, needs, cell, text, lambda row: _number(row, need) or 0, "num", starts_down=True)
