"""Old addresses: what scripts and screens made for Checkmk ask for, and what the portal has in its place.

Views keep their names, columns their ids. A parameter the portal does not know narrows nothing, as there.
"""

from __future__ import annotations

import csv
import io
import json
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from flask import Response, stream_with_context
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from ..database import begin_reading, begin_writing, now
from ..records.export import safe
from . import scoping, sight
from .door import Door
from .kept import KeptView
from .sight import Seen
from .tables import reading
from .tables.column import Place
from .tables.row import Row
from .tables.stock import Stock
from .tables.table import Table

UNHANDLED = {"state": "unhandled"}
WORST_FIRST = ("-service_state", "svc_state_age")
OF_HOST = ("service_state", "service_description", "service_icons", "svc_plugin_output", "svc_state_age",
           "svc_check_age", "perfometer")  # fmt: skip
VIEWS: Mapping[str, tuple[str, Table]] = {
    "allhosts": ("hosts", Table.of("hosts")),
    "searchhost": ("hosts", Table.of("hosts")),
    "hostproblems": ("hosts", Table.of("hosts", filters=UNHANDLED, sort=("-host_state", "host_state_age"))),
    "allservices": ("services", Table.of("services")),
    "searchsvc": ("services", Table.of("services")),
    "svcproblems": ("problems", Table.of("services", filters=UNHANDLED, sort=WORST_FIRST)),
    "host": ("services", Table.of("services", columns=OF_HOST, sort=("service_description",))),
    "hostgroups": ("host-groups", Table.of("hostgroups")),
    "svcgroups": ("service-groups", Table.of("servicegroups")),
    "ec_events": ("events", Table.of("events")),
}
"""Built-in views of Checkmk, each with the list that is its page here and the table it is."""

FORMATS = ("json", "json_export", "csv", "csv_export", "python")
FILTERS = {
    "host": ("host", "="), "host_regex": ("host", "~"), "service": ("service", "="), "service_regex": ("service", "~"),
    "hostgroup": ("hostgroup", ""), "opthost_group": ("hostgroup", ""),
    "servicegroup": ("servicegroup", ""), "optservice_group": ("servicegroup", ""),
}  # fmt: skip
"""Parameters as Checkmk calls them: our filter, and the sign that makes text exact or a pattern there."""


def view(session: Session, reader: Any, name: str) -> Table | None:
    """Return the table of a view: a built-in one by its name, a kept one by its id; None for what there is not."""
    if name in VIEWS:
        return VIEWS[name][1]
    try:
        id = uuid.UUID(name)
    except ValueError:
        return None
    kept = session.scalar(select(KeptView).where(KeptView.seen_by(reader), KeptView.id == id))
    return Table.from_json(kept.source, kept.body) if kept else None


def wish(args: Mapping[str, str], site: str) -> MultiDict[str, str]:
    """Return what an old address asks for, as an address of ours says it."""
    pairs = [
        (FILTERS[name][0], FILTERS[name][1] + value) for name, value in args.items() if name in FILTERS and value
    ]  # fmt: skip
    columns = [("columns", id) for id in args.get("columns", "").split(",") if id]
    wanted = args.get("site") or site
    return MultiDict([*pairs, *columns, *([("site", f"site:{wanted}")] if wanted else [])])


def rows(session: Session, reader: Any, table: Table) -> Iterable[Row]:
    """Return all rows of a table that `reader` sees; raises BadFilter, and LookupError for a site they do not see."""
    every = sight.sites(session, reader, even_hidden=True)
    wanted = [seen for seen in every if not seen.is_hidden and (not table.sites or _of(seen) in table.sites)]
    if table.sites and not wanted:
        raise LookupError(table.sites[0])
    stock = Stock.of(session, reader, table, wanted)
    if stock:
        return stock.every_row(session)
    wanted = scoping.of(session, reader, wanted)
    session.rollback()  # nothing is held while sites are asked
    return reading.live(table, wanted).rows


def _of(seen: Seen) -> str:
    return f"site:{seen.target.site_id}"


def answer(session: Session, name: str, table: Table, found: Iterable[Row], form: str, door: Door) -> Response:
    """Return rows as a list of lists of text, the first one the ids of the columns: as JSON, CSV or a Python literal.

    Forms that end in `_export` come as a file.
    """
    place = Place(door.base, now(), table.sites)
    lines = ([column.text(row, place) for column in table.shown] for row in found)
    kind, _underscore, is_file = form.partition("_")
    pieces, media_type = {
        "json": (_listed(table.columns, lines, lambda line: json.dumps(line, ensure_ascii=False)), "application/json"),
        "python": (_listed(table.columns, lines, lambda line: repr(list(line))), "text/plain"),
        "csv": (_csv(table.columns, lines), "text/csv"),
    }[kind]
    response = Response(stream_with_context(_read(session, pieces)), content_type=f"{media_type}; charset=utf-8")
    if is_file:
        ending = now().strftime("%Y-%m-%d_%H-%M-%S")
        response.headers.set("Content-Disposition", "attachment", filename=f"{name}-{ending}.{kind}")
    return response


def _read(session: Session, pieces: Iterator[str]) -> Iterator[str]:
    """Say again that what follows only reads: the request itself is over by then."""
    begin_reading()
    try:
        yield from pieces
    finally:
        session.close()
        begin_writing()


def _listed(ids: Sequence[str], lines: Iterable[list[str]], say: Callable[[Any], str]) -> Iterator[str]:
    yield f"[\n{say(list(ids))}"
    for line in lines:
        yield f",\n{say(line)}"
    yield "\n]\n"


def _csv(ids: Sequence[str], lines: Iterable[list[str]]) -> Iterator[str]:
    yield _line(ids)
    for line in lines:
        yield _line([safe(text) for text in line])


def _line(cells: Sequence[str]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\n").writerow(cells)
    return buffer.getvalue()
