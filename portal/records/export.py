"""Export: a list as CSV, all rows of the filter, streamed; a cell that a spreadsheet would run is disarmed."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from flask import Response, stream_with_context

from ..database import begin_reading, begin_writing, db

TRIGGERS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def safe(value: Any) -> str:
    """Return a cell's text; text that starts like a formula gets an apostrophe before it (OWASP, CSV injection)."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, (int, float)):
        return str(value)
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    text = str(value)
    return f"'{text}" if text.lstrip(" ").startswith(TRIGGERS) else text


def answer(name: str, headings: Iterable[Any], rows: Iterable[Iterable[Any]]) -> Response:
    """Return a CSV download (RFC 4180, UTF-8 with a mark so that spreadsheets know it).

    `rows` may read from the request's session while they are sent: by then the request itself is over, so what it
    said of reading only is said again, and the session is closed once more at the end.
    """
    session = db.session()

    def lines() -> Iterator[str]:
        begin_reading()
        buffer = io.StringIO()
        writer = csv.writer(buffer)
        buffer.write("\ufeff")
        try:
            writer.writerow([safe(str(heading)) for heading in headings])
            for number, row in enumerate(rows, 1):
                writer.writerow([safe(value) for value in row])
                if number % 200 == 0:
                    yield buffer.getvalue()
                    buffer.seek(0)
                    buffer.truncate()
            yield buffer.getvalue()
        finally:
            session.close()
            begin_writing()

    return Response(
        stream_with_context(lines()),
        mimetype="text/csv",
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"'},
    )
