"""Doors: monitoring has the same pages in both, under each one's address and verbs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

from . import links


@dataclass(frozen=True)
class Door:
    """A way into monitoring. `verb` opens it, `keep` lets one keep views of one's own, `share` lets others use them."""

    name: str
    base: str
    verb: str
    keep: str
    share: str
    share_label: Any
    is_staff: bool


PROVIDER = Door(
    "provider_monitoring", links.PROVIDER, "monitoring.read", "monitoring.views", "monitoring.share",
    _l("For all colleagues"), is_staff=True,
)  # fmt: skip
OWN = Door(
    "own_monitoring", links.OWN, "monitoring.own", "monitoring.own", "monitoring.share_own",
    _l("For everybody in the company"), is_staff=False,
)  # fmt: skip
