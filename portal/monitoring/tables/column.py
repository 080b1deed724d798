"""Column: what a table can show of a row, on a page, in an export, and as what it is sorted by."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from .row import Row


@dataclass(frozen=True)
class Place:
    """Where a table stands: the door's address (`/monitoring/`), and the moment from which ages are counted."""

    door: str
    moment: datetime
    sites: tuple[str, ...] = ()
    """The site filter of the table, which lists its numbers lead to must keep."""

    def address(self, page: str, **parameters: str | Sequence[str]) -> str:
        """Return the address of a page of this door; empty parameters are left out."""
        query = urlencode({name: value for name, value in parameters.items() if value}, doseq=True, safe=":")
        return f"{self.door}{page}?{query}" if query else f"{self.door}{page}"


def nothing(_row: Row) -> Any:
    """Return a key by which nothing is sorted."""
    return 0


@dataclass(frozen=True)
class Column:
    """A column, under the id it has in Checkmk where it exists there.

    `needs` are the values a core is asked for. `cell` gives what the page shows (escaped, or Markup), `text` the words
    of an export, `key` what rows are sorted by. `role` is the cell's place on a phone and its alignment.
    """

    id: str
    title: Any
    needs: tuple[str, ...]
    cell: Callable[[Row, Place], Any]
    text: Callable[[Row, Place], str]
    key: Callable[[Row], Any] = nothing
    role: str = ""
    starts_down: bool = False
    """Whether the first click on its title sorts from the highest."""

    @property
    def is_sortable(self) -> bool:
        """Tell whether rows can be sorted by it."""
        return self.key is not nothing


def by_id(*columns: Column) -> dict[str, Column]:
    """Return columns by their ids."""
    return {column.id: column for column in columns}
