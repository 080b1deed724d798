"""Panels: what other features add to a kind's page, PDF and list: credentials and usage under a licence."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
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


@dataclass(frozen=True)
class Line:
    """A line about each record in the list of `kind`: `load` gives what `template` finds under `line`, by id.

    It is given the reader, the page's rows and the customer, and asks the database once for them all.
    """

    kind: str
    template: str
    load: Callable[[Any, Sequence[Any], str], Mapping[Any, Any]]


_panels: list[Panel] = []
_lines: list[Line] = []


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


def add_lines(*lines: Line) -> None:
    """Put lines into the lists of their kinds, once each."""
    _lines.extend(line for line in lines if line not in _lines)


def listed(kind: str, reader: Any, rows: Sequence[Any], customer_id: str) -> list[tuple[str, Mapping[Any, Any]]]:
    """Return template and values by id of each line about the rows of a list."""
    return [(line.template, line.load(reader, rows, customer_id)) for line in _lines if line.kind == kind and rows]
