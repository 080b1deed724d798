"""Table: what somebody wants to see: a source, its columns in order, filters, how it is sorted and grouped.

The same five things stand in an address and in a kept view. What neither source nor reader knows is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

from werkzeug.datastructures import MultiDict

from ..livestatus.query import Condition
from .column import Column
from .filters import sites
from .sources import SOURCES, Source

MOST_COLUMNS, MOST_SORTS = 30, 3


@dataclass(frozen=True)
class Table:
    """A table as it is wanted. `sort` holds ids of columns, `-` before one for descending; `group` one, or nothing."""

    source: Source
    columns: tuple[str, ...]
    filters: Mapping[str, str] = field(default_factory=dict)
    sites: tuple[str, ...] = ()
    sort: tuple[str, ...] = ()
    group: str = ""

    @classmethod
    def of(cls, source: str, **values: Any) -> Table:
        """Return a table of a source with the columns and the order it has when nobody chose."""
        found = SOURCES[source]
        return cls(found, **{"columns": found.shown, "sort": found.sort, **values})

    def narrowed(self, args: MultiDict[str, str]) -> Table:
        """Return this table as an address asks for it: what the address does not name stays as it is."""
        chosen: dict[str, Any] = {}
        if "columns" in args:
            chosen["columns"] = self._known(args.getlist("columns"), MOST_COLUMNS) or self.columns
        if "sort" in args:
            chosen["sort"] = self._sorts(args.getlist("sort")) or self.sort
        if "group" in args:
            chosen["group"] = self._group(args["group"])
        if "site" in args:
            chosen["sites"] = sites(args.getlist("site"))
        asked = {id: filter.clean(args[id]) for id, filter in self.source.filters.items() if id in args}
        kept = {id: value for id, value in {**self.filters, **asked}.items() if value}
        return replace(self, filters=kept, **chosen)

    @classmethod
    def from_json(cls, source: str, kept: Mapping[str, Any]) -> Table:
        """Return a table as it was kept; columns and filters that are no more are left out."""
        found = cls.of(source)
        filters = found.source.filters
        values = {
            id: filters[id].clean(str(value)) for id, value in dict(kept.get("filters", {})).items() if id in filters
        }
        return replace(
            found,
            columns=found._known(kept.get("columns", ()), MOST_COLUMNS) or found.columns,
            filters={id: value for id, value in values.items() if value},
            sites=sites(kept.get("sites", ())),
            sort=found._sorts(kept.get("sort", ())) or found.sort,
            group=found._group(str(kept.get("group", ""))),
        )

    def as_json(self) -> dict[str, Any]:
        """Return the table for keeping."""
        return {
            "columns": list(self.columns), "filters": dict(self.filters), "sites": list(self.sites),
            "sort": list(self.sort), "group": self.group,
        }  # fmt: skip

    @property
    def shown(self) -> list[Column]:
        """Return the columns, in order."""
        return [self.source.columns[id] for id in self.columns]

    @property
    def group_column(self) -> Column | None:
        """Return the column rows are grouped by."""
        return self.source.columns.get(self.group)

    @property
    def ordering(self) -> list[tuple[Column, bool]]:
        """Return what rows are sorted by, the first first, each with whether it descends."""
        return [(self.source.columns[id.lstrip("-")], id.startswith("-")) for id in self.sort]

    @property
    def needs(self) -> tuple[str, ...]:
        """Return the values of which a core is asked: of columns, sorting and grouping, and the keys first."""
        used = [*self.shown, *(column for column, _down in self.ordering)]
        used += [self.group_column] if self.group_column else []
        return tuple(dict.fromkeys((*self.source.keys, *(need for column in used for need in column.needs))))

    def where(self) -> tuple[Condition, ...]:
        """Return the filters as conditions; raises BadFilter."""
        return tuple(self.source.filters[id].where(value) for id, value in self.filters.items())

    def query(self, base: Table, **changes: Any) -> str:
        """Return what an address needs beyond that of `base` to show this table, with changes; "?…" or nothing.

        `changes` are `sort`, `group`, or parameters of the page such as `page`.
        """
        fields = {name: changes.pop(name) for name in ("sort", "group", "sites", "columns") if name in changes}
        wanted = replace(self, **fields)
        pairs: list[tuple[str, str]] = []
        for name, mine, theirs in (
            ("columns", wanted.columns, base.columns),
            ("sort", wanted.sort, base.sort),
            ("site", wanted.sites, base.sites),
        ):
            if mine != theirs:
                pairs += [(name, value) for value in mine or ("",)]
        if wanted.group != base.group:
            pairs.append(("group", wanted.group))
        for id in self.source.filters:
            if (value := wanted.filters.get(id, "")) != base.filters.get(id, ""):
                pairs.append((id, value))
        pairs += [(name, str(value)) for name, value in changes.items() if value]
        return f"?{urlencode(pairs)}" if pairs else ""

    def sorted_by(self, id: str) -> tuple[str, ...]:
        """Return the order after a click on a column's title: that column first, the other way on a second click."""
        column, present = self.source.columns[id], self.sort[0] if self.sort else ""
        down = not present.startswith("-") if present.lstrip("-") == id else column.starts_down
        rest = (other for other in self.sort if other.lstrip("-") != id)
        return (f"{'-' if down else ''}{id}", *rest)[:MOST_SORTS]

    def _known(self, ids: Iterable[Any], most: int) -> tuple[str, ...]:
        return tuple(dict.fromkeys(str(id) for id in ids if id in self.source.columns))[:most]

    def _sorts(self, ids: Iterable[Any]) -> tuple[str, ...]:
        columns = self.source.columns
        found = {}
        for id in map(str, ids):
            plain = id.removeprefix("-")
            if plain in columns and columns[plain].is_sortable and plain not in found:
                found[plain] = id
        return tuple(found.values())[:MOST_SORTS]

    def _group(self, id: str) -> str:
        return id if id in self.source.columns and self.source.columns[id].is_sortable else ""
