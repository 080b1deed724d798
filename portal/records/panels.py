"""Panels: what other features add to a kind's page and PDF: credentials and usage under a licence."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Load = Callable[[Any, Any, Any], Mapping[str, Any] | None]
"""Given the reader, the record and the `Place`, or None for a PDF; returns what its template needs, or None."""


@dataclass(frozen=True)
class Panel:
    """A part of the page of every record of `kind`; `template` finds what `load` gives under `panel`.

    `printed`, where given, is the template of the same on the PDF, and `printed_also` the columns a kept PDF must match
    besides the record's own.
    """

    kind: str
    template: str
    load: Load
    order: int = 50
    printed: str = ""
    printed_also: tuple[Any, ...] = ()


_panels: list[Panel] = []


def add(*panels: Panel) -> None:
    """Put panels on the pages of their kinds, once each; lower `order` stands first."""
    _panels.extend(panel for panel in panels if panel not in _panels)
    _panels.sort(key=lambda panel: panel.order)


def of(kind: str) -> list[Panel]:
    """Return the panels of a kind, in order."""
    return [panel for panel in _panels if panel.kind == kind]


def shown(kind: str, reader: Any, record: Any, place: Any) -> list[tuple[str, Mapping[str, Any]]]:
    """Return template and values of each panel the reader sees on a record's page."""
    found = ((panel.template, panel.load(reader, record, place)) for panel in of(kind))
    return [(template, values) for template, values in found if values is not None]


def printed(kind: str, reader: Any, record: Any) -> list[tuple[str, Mapping[str, Any]]]:
    """Return template and values of each panel on a record's PDF."""
    found = ((panel.printed, panel.load(reader, record, None)) for panel in of(kind) if panel.printed)
    return [(template, values) for template, values in found if values is not None]
