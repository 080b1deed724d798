"""Tables: the rows of a view, as the sites tell them now, or of large ones as last seen; in pages, or all at once."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from flask import Response
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from ..database import now
from ..monitoring import old_addresses, scoping, sight
from ..monitoring.door import OWN, PROVIDER, Door
from ..monitoring.kept import KeptView
from ..monitoring.tables import reading
from ..monitoring.tables.column import Place
from ..monitoring.tables.filters import BadFilter
from ..monitoring.tables.lists import LISTS
from ..monitoring.tables.reading import Reading, Silent
from ..monitoring.tables.row import Row
from ..monitoring.tables.sources import SOURCES
from ..monitoring.tables.stock import Stock
from ..monitoring.tables.table import Table
from . import pages
from .checking import refusal
from .collection import CUSTOMER, Filter, line, one_of
from .pages import Wish
from .problems import Problem

FURTHEST = 1_000_000


def _nothing(_value: str) -> Sequence[Any]:
    return ()


PARAMETERS = (
    Filter("q", line(200), "Words of the name, where the rows have one.", _nothing),
    Filter("host", line(200), "Words of the host's name; after `=` all of it.", _nothing),
    Filter("service", line(200), "Words of the service; after `=` all of it.", _nothing),
    Filter("state", line(30), "A state of the rows, or `problem`, `unhandled`.", _nothing),
    Filter("site", line(64), "Those of a site.", _nothing),
    Filter("customer", CUSTOMER, "Those of a customer.", _nothing),
    Filter(
        "output_format",
        one_of(("json", "csv", "python")),
        "All rows at once, as scripts for Checkmk expect them: lists of text, the first one the ids of the columns.",
        _nothing,
    ),
)
NARROWING = ("site", "customer", "output_format")
"""Parameters that are no filter of the rows themselves."""


def found(session: Session, reader: Any, id: str) -> tuple[str, Table] | None:
    """Return name and table of a view; None for no such.

    Views are the lists of the portal's, those the reader may use, and Checkmk's own by the names they have there.
    """
    for one in LISTS:
        if one.slug == id and (reader.is_staff or not one.for_staff):
            return str(one.title), one.table
    if id in old_addresses.VIEWS:
        return id, old_addresses.VIEWS[id][1]
    try:
        view = session.scalar(KeptView.visible_to(reader).where(KeptView.id == uuid.UUID(id)))
    except ValueError:
        return None
    return (view.name, view.table) if view is not None and view.source in SOURCES else None


def narrowed(table: Table, wish: Wish) -> Table:
    """Return a table as the address asks for it; raise Problem 422 for what its rows do not have."""
    filters = {name: value for name, value in wish.filters.items() if name not in NARROWING}
    errors = {name: [_("These rows have no such filter.")] for name in filters if name not in table.source.filters}
    for name, value in filters.items():
        if name not in errors and not table.source.filters[name].clean(value):
            errors[name] = [_("This is not of the form that is described.")]
    if errors:
        raise refusal(errors)
    places = tuple(f"{name}:{wish.filters[name]}" for name in ("site", "customer") if name in wish.filters)
    table = table.narrowed(MultiDict(filters))
    return replace(table, sites=places) if places else table


def page(session: Session, reader: Any, table: Table, wish: Wish) -> tuple[dict[str, Any], str]:
    """Return a page of rows with what is missing from them, and the cursor of the next one."""
    sites = _sites(session, reader, table)
    shown: Sequence[Row]
    silent: Sequence[Silent] = ()
    if stock := Stock.of(session, reader, table, sites):
        (shown, cursor), as_of = _of_stock(session, stock, wish), stock.as_of or now()
    else:
        shown, cursor, as_of, silent = _live(session, reader, table, sites, wish)
    place = Place(_door(reader).base, now(), table.sites)
    return {
        "columns": list(table.columns),
        "items": [_cells(table, row, place) for row in shown],
        "as_of": as_of.isoformat(),
        "silent": [{"site": one.seen.target.site_id, "reason": str(one.reason or one.word)} for one in silent],
    }, cursor  # fmt: skip


def whole(session: Session, reader: Any, name: str, table: Table, form: str) -> Response:
    """Return all rows as a list of lists of text, the first one the ids of the columns. Raise Problem."""
    if form == "csv" and "general.csv_export" not in reader.verbs:
        raise Problem(403, _("Your roles do not let you export tables."))
    return old_addresses.answer(session, name, table, _every(session, reader, table), form, _door(reader))


def _every(session: Session, reader: Any, table: Table) -> Iterable[Row]:
    sites = _sites(session, reader, table)
    if stock := Stock.of(session, reader, table, sites):
        return stock.every_row(session)
    return _asked(session, reader, table, sites).rows


def _of_stock(session: Session, stock: Stock, wish: Wish) -> tuple[Sequence[Row], str]:
    """Return a page by key: the last one costs what the first one does."""
    last = None
    if wish.cursor:
        name, id = pages.edge_of((stock.model.name_key, stock.model.id), wish.cursor)
        last = (name, id)
    rows, edge = stock.rows_beyond(session, last, wish.limit)
    return rows, pages.write(edge) if edge else ""


def _live(
    session: Session, reader: Any, table: Table, sites: Sequence[sight.Seen], wish: Wish
) -> tuple[Sequence[Row], str, datetime, Sequence[Silent]]:
    start, told = _start(wish.cursor), _asked(session, reader, table, sites)
    end = start + wish.limit
    return told.rows[start:end], pages.write([end]) if len(told.rows) > end else "", told.at, told.silent


def _asked(session: Session, reader: Any, table: Table, sites: Sequence[sight.Seen]) -> Reading:
    scoped = scoping.of(session, reader, sites)
    session.rollback()  # nothing is held while sites are asked
    try:
        return reading.live(table, scoped)
    except BadFilter as bad:
        raise refusal({"q": [str(bad)]}) from None


def _door(reader: Any) -> Door:
    return PROVIDER if reader.is_staff else OWN


def _sites(session: Session, reader: Any, table: Table) -> list[sight.Seen]:
    return [seen for seen in sight.sites(session, reader, even_hidden=True) if _is_wanted(table, seen)]


def _is_wanted(table: Table, seen: sight.Seen) -> bool:
    kinds = {"site": f"site:{seen.target.site_id}", "customer": f"customer:{seen.customer_id}"}
    wanted: dict[str, set[str]] = {}
    for value in table.sites:
        wanted.setdefault(value.partition(":")[0], set()).add(value)
    return all(kinds.get(kind) in values for kind, values in wanted.items())


def _cells(table: Table, row: Row, place: Place) -> Mapping[str, str]:
    return {column.id: str(column.text(row, place)) for column in table.shown}


def _start(cursor: str) -> int:
    if not cursor:
        return 0
    values = pages.read(cursor)
    if len(values) != 1 or type(values[0]) is not int or not 0 <= values[0] <= FURTHEST:
        raise pages.no_cursor()
    return values[0]
