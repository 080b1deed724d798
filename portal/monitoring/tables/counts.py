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


def count(id: str, title: Any, need: str, address: Callable[[Row, Place], str], tone: str = "") -> Column:
    """Return a column of a number that leads to what it counts; `tone` marks one that is not zero."""

    def cell(row: Row, place: Place) -> Any:
        value = row.number(need)
        if value is None:
            return cells.EMPTY
        said = format_number(int(value))
        if not value:
            return Markup('<span class="second zero">{}</span>').format(said)
        return cells.link(address(row, place), cells.badge(said, tone) if tone else said)

    def text(row: Row, _place: Place) -> str:
        value = row.number(need)
        return "" if value is None else str(int(value))

    return Column(id, title, (need,), cell, text, lambda row: row.number(need) or 0, "num", starts_down=True)
