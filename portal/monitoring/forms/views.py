"""The form of a kept view. Its lists grow and change their order by buttons that only draw the form anew."""

from __future__ import annotations

import re
from typing import Any

from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, StringField
from wtforms.validators import InputRequired, Length

from ...errors import Forged
from ...web.forms import Plain, VersionedForm
from ..kept import KeptView
from ..tables.sources import SOURCES, Source
from ..tables.table import MOST_COLUMNS, MOST_SORTS, Table

SPARE = 3
"""Empty places for more columns."""
_MOVE = re.compile(r"(up|down)-([0-9]{1,2})")


class ViewForm(VersionedForm):
    """Name and for whom; the table itself is read by `table_of`."""

    name = StringField(
        _l("Name"),
        validators=[InputRequired(_l("Give the view a name.")), Length(max=KeptView.NAME_LENGTH), Plain()],
    )
    shared = BooleanField(_l("For all colleagues"))


def table_of(source: Source, data: MultiDict[str, str]) -> Table:
    """Return the table a form describes; raises Forged for what it never offered."""
    names = {"columns": data.getlist("columns"), "sort": data.getlist("sort"), "group": data.getlist("group")}
    for name, ids in names.items():
        for id in ids:
            if id and id.removeprefix("-" if name == "sort" else "") not in source.columns:
                raise Forged(f"{name} {id}")
    for id, filter in source.filters.items():
        if (value := data.get(id, "").strip()) and filter.options and value not in filter.options():
            raise Forged(f"{id} {value}")
    return Table.of(source.id).narrowed(MultiDict([*data.items(multi=True), ("group", data.get("group", ""))]))


def moved(data: MultiDict[str, str]) -> MultiDict[str, str] | None:
    """Return what a form says after its button `move` was pressed; None when it was another one."""
    wish = data.get("move", "")
    if not wish:
        return None
    columns = [id for id in data.getlist("columns") if id]
    found = _MOVE.fullmatch(wish)
    if found:
        at, to = int(found[2]), int(found[2]) + (-1 if found[1] == "up" else 1)
        if 0 <= at < len(columns) and 0 <= to < len(columns):
            columns[at], columns[to] = columns[to], columns[at]
    pairs = [(name, value) for name, value in data.items(multi=True) if name != "columns"]
    return MultiDict([*pairs, *(("columns", id) for id in columns)])


def places(table: Table) -> list[str]:
    """Return the columns of a form's selects, with some places left for more."""
    return [*table.columns, *("" for _ in range(SPARE))][:MOST_COLUMNS]


def sort_places(table: Table) -> list[str]:
    """Return the choices of a form's selects of the order."""
    return [*table.sort, "", "", ""][:MOST_SORTS]


def sort_choices(source: Source) -> list[tuple[str, Any]]:
    """Return by what, and in which direction, rows can be sorted."""
    found: list[tuple[str, Any]] = [("", "–")]
    for id, column in source.columns.items():
        if column.is_sortable:
            found += [(id, f"{column.title} ↑"), (f"-{id}", f"{column.title} ↓")]
    return found


def offered(is_staff: bool) -> list[Source]:
    """Return the sources a door offers."""
    return [source for source in SOURCES.values() if is_staff or not source.for_staff]
