"""Panels: what others have to say on the page of a site, each in a template of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from ..customers.sites import Site


@dataclass(frozen=True)
class Panel:
    """A part of a site's page: `find(session, site)` gives what `template` shows as `panel`, to who holds `verb`."""

    template: str
    verb: str
    find: Callable[[Session, Site], Any]
    order: int = 50


_panels: list[Panel] = []


def add(*panels: Panel) -> None:
    """Add panels, once each."""
    _panels.extend(panel for panel in panels if panel not in _panels)
    _panels.sort(key=lambda panel: panel.order)


def found(session: Session, site: Site, reader: Any) -> list[tuple[str, Any]]:
    """Return templates and what they show, for a reader; a panel that finds nothing is left out."""
    shown = ((panel.template, panel.find(session, site)) for panel in _panels if panel.verb in reader.verbs)
    return [(template, panel) for template, panel in shown if panel is not None]
