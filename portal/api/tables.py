"""Tables: the rows of a view, as the sites tell them now, or of large ones as last seen."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from ..database import now
from ..monitoring import scoping, sight
from ..monitoring.door import OWN, PROVIDER
from ..monitoring.kept import KeptView
from ..monitoring.tables import reading
from ..monitoring.tables.column import Place
from ..monitoring.tables.filters import BadFilter
from ..monitoring.tables.lists import LISTS
from ..monitoring.tables.reading import Silent
from ..monitoring.tables.row import Row
from ..monitoring.tables.sources import SOURCES
from ..monitoring.tables.stock import Stock
from ..monitoring.tables.table import Table
from . import pages
from .checking import refusal
from .collection import CUSTOMER, Filter, line
from .pages import Wish

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
)


def found(session: Session, reader: Any, id: str) -> tuple[str, Table] | None:
    """Return name and table of a view, a list of the portal's or one that the reader may use; None for no such."""
    for one in LISTS:
        if one.slug == id and (reader.is_staff or not one.for_staff):
            return str(one.title), one.table
    try:
        view = session.scalar(KeptView.visible_to(reader).where(KeptView.id == uuid.UUID(id)))
    except ValueError:
        return None
    return (view.name, view.table) if view is not None and view.source in SOURCES else None


def narrowed(table: Table, wish: Wish) -> Table:
    """Return a table as the address asks for it; raise Problem 422 for what its rows do not have."""
    filters = {name: value for name, value in wish.filters.items() if name not in ("site", "customer")}
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
    every = sight.sites(session, reader, even_hidden=True)
    sites = [seen for seen in every if _is_wanted(table, seen)]
    shown: Sequence[Row]
    silent: Sequence[Silent] = ()
    if stock := Stock.of(session, reader, table, sites):
        (shown, cursor), as_of = _of_stock(session, stock, wish), stock.as_of or now()
    else:
        shown, cursor, as_of, silent = _live(session, reader, table, sites, wish)
    place = Place((PROVIDER if reader.is_staff else OWN).base, now(), table.sites)
    return {
        "columns": list(table.columns),
        "items": [_cells(table, row, place) for row in shown],
        "as_of": as_of.isoformat(),
        "silent": [{"site": one.seen.target.site_id, "reason": str(one.reason or one.word)} for one in silent],
    }, cursor  # fmt: skip


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
    start = _start(wish.cursor)
    scoped = scoping.of(session, reader, sites)
    session.rollback()  # nothing is held while sites are asked
    try:
        told = reading.live(table, scoped)
    except BadFilter as bad:
        raise refusal({"q": [str(bad)]}) from None
    end = start + wish.limit
    return told.rows[start:end], pages.write([end]) if len(told.rows) > end else "", told.at, told.silent


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
