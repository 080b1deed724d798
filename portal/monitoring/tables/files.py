"""Files: a table as CSV, as JSON and as a report on paper. They hold all rows, not only those of a page."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from flask import Response, render_template, stream_with_context
from flask_babel import gettext as _

from ... import pdf
from ...customers.models import Customer
from ...database import begin_reading, begin_writing, db, now
from ...i18n import format_moment, locale
from ...records import export
from ...records.printing import provider
from .column import Place
from .reading import Reading
from .row import Row
from .table import Table

MOST_ON_PAPER = 500
CSV, JSON, PDF = "csv", "json", "pdf"
WIDTHS = {"num": "num w1", "side": "w2", "day": "w1", "meter": "w2"}
"""How wide a column is on paper, by what its cells are."""


def _lines(table: Table, rows: Iterable[Row], place: Place) -> Iterator[list[str]]:
    columns = table.shown
    return ([column.text(row, place) for column in columns] for row in rows)


def csv(name: str, table: Table, rows: Iterable[Row], place: Place) -> Response:
    """Return a CSV: the titles of the columns, then a line for each row."""
    return export.answer(name, [column.title for column in table.shown], _lines(table, rows, place))


def as_json(name: str, table: Table, rows: Iterable[Row], place: Place) -> Response:
    """Return what Checkmk calls JSON: a list of lists, the first one the ids of the columns; all values are text."""
    session = db.session()

    def pieces() -> Iterator[str]:
        begin_reading()
        try:
            yield f"[{json.dumps(list(table.columns))}"
            for line in _lines(table, rows, place):
                yield f",\n{json.dumps(line, ensure_ascii=False)}"
            yield "]\n"
        finally:
            session.close()
            begin_writing()

    return Response(
        stream_with_context(pieces()),
        mimetype="application/json",
        headers={"Content-Disposition": f'attachment; filename="{name}.json"'},
    )


def report(
    name: str, title: str, table: Table, reading: Reading, place: Place, *, customer: Customer | None, about: list[Any]
) -> Response:
    """Return a PDF; `about` are the filters as pairs of label and value. It names sites that said nothing."""
    rows, number = reading.rows[:MOST_ON_PAPER], len(reading.rows)
    facts = [(_("As of"), format_moment(reading.as_of or reading.at)), *about]
    html = render_template(
        "print/monitoring.html", language=locale(), created=now().isoformat(timespec="seconds"), provider=provider(),
        title=title, company=customer.name if customer else "", facts=facts, reading=reading, number=number,
        columns=[(str(column.title), WIDTHS.get(column.role, "")) for column in table.shown],
        rows=[("line", line) for line in _lines(table, rows, place)], most=MOST_ON_PAPER,
    )  # fmt: skip
    db.session.remove()  # a printer may take seconds: no connection waits with us
    return Response(
        pdf.render(html), mimetype="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{name}.pdf"'},
    )  # fmt: skip
