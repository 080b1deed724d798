"""The demo's calendar: its files tell of a world in which today is the anchor; readers get it moved to today."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from portal.erp.rows import Record, Row
from portal.erp.source import Source

ANCHOR = date(2026, 1, 15)

_DATE = re.compile(r"(\d{4}-\d\d-\d\d)( \d\d:\d\d:\d\d)?", re.ASCII)


def shifted(records: Iterable[Row], today: date) -> Iterator[Row]:
    """Yield the records with every date and moment moved by as many days as `today` is after the anchor."""
    days = today - ANCHOR
    for record in records:
        if isinstance(record, Record):
            record = replace(record, values={field: _moved(value, days) for field, value in record.values.items()})
        yield record


@dataclass(frozen=True)
class Shifted:
    """A source whose records are shifted to `today`."""

    source: Source
    today: date

    @property
    def name(self) -> str:
        """Return the source's own name."""
        return self.source.name

    def models(self) -> list[str]:
        """Return the source's models."""
        return self.source.models()

    def records(self, model: str) -> Iterator[Row]:
        """Yield the model's records, shifted."""
        return shifted(self.source.records(model), self.today)


def _moved(value: Any, days: timedelta) -> Any:
    """Return a value that is a date or a moment as a whole moved by `days`, any other as it is."""
    if not isinstance(value, str) or not (found := _DATE.fullmatch(value)):
        return value
    return (date.fromisoformat(found[1]) + days).isoformat() + (found[2] or "")
