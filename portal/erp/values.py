"""Typed readers over a record: each returns the value, None where the ERP has none, or raises `Bad`.

In every type `false` stands for "no value" (External API), and so does a missing field.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from decimal import Decimal
from typing import Any, Protocol

from flask_babel import gettext as _

LARGEST = Decimal(10) ** 12
"""No amount, quantity or rate beyond this is believed; counted in millionths it still fits a big integer."""

LONGEST = 1_000_000
_UNSTORABLE = re.compile(r"[\x00\ud800-\udfff]")
EARLIEST, LATEST = dt.date(1900, 1, 1), dt.date(2999, 12, 31)


class Readable(Protocol):
    """Anything that gives the value of a field, as `Record` and `dict` do."""

    def get(self, field: str, /) -> Any:
        """Return the value of a field, or None."""


class Bad(Exception):
    """Say which field of a record does not hold what it should, and why, in a sentence that names it."""

    def __init__(self, field: str, why: str) -> None:
        super().__init__(f"{field}: {why}")
        self.field = field
        self.why = why


def text(record: Readable, field: str) -> str | None:
    """Return the text as it came; None when there is none or only blanks."""
    value = _value(record, field)
    if value is None:
        return None
    if not isinstance(value, str):
        raise Bad(field, _("It should be text."))
    return _storable(field, value) if value.strip() else None


def date(record: Readable, field: str) -> dt.date | None:
    """Return the day."""
    value = _value(record, field)
    if value is None:
        return None
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value, re.ASCII):
        try:
            return _meant(field, dt.date.fromisoformat(value))
        except ValueError:
            pass
    raise Bad(field, _("It should be a date, such as 2026-01-31."))


def moment(record: Readable, field: str) -> dt.datetime | None:
    """Return the moment, aware and in UTC: the External API gives UTC without a zone."""
    value = _value(record, field)
    if value is None:
        return None
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", value, re.ASCII):
        try:
            found = dt.datetime.fromisoformat(value).replace(tzinfo=dt.UTC)
        except ValueError:
            pass
        else:
            _meant(field, found.date())
            return found
    raise Bad(field, _("It should be a date and time, such as 2026-01-31 09:30:00."))


def decimal(record: Readable, field: str, *, default: Decimal | None = None) -> Decimal:
    """Return the number exactly as it is written; `default` stands in for no value, otherwise that is bad."""
    value = record.get(field)
    if default is not None and (value is None or value is False):
        return default
    if type(value) is not int and not (type(value) is float and math.isfinite(value)):
        raise Bad(field, _("It should be a number."))
    number = Decimal(repr(value))
    if abs(number) > LARGEST:
        raise Bad(field, _("The number is too large."))
    return number


def whole(record: Readable, field: str, *, default: int | None = None) -> int:
    """Return the whole number."""
    number = decimal(record, field, default=None if default is None else Decimal(default))
    if number != int(number):
        raise Bad(field, _("It should be a whole number."))
    return int(number)


def flag(record: Readable, field: str, *, default: bool | None = None) -> bool:
    """Return yes or no; a missing field is bad unless there is a `default`."""
    value = record.get(field)
    if value is None and default is not None:
        return default
    if not isinstance(value, bool):
        raise Bad(field, _("It should be yes or no."))
    return value


def many2one(record: Readable, field: str) -> tuple[int, str] | None:
    """Return the id of the record it names, and how the ERP displays that one."""
    value = _value(record, field)
    if value is None:
        return None
    match value:
        case [int(key), str(name)] if _is_key(key):
            return key, _storable(field, name)
    raise Bad(field, _("It should name one record by its id and name."))


def ids(record: Readable, field: str) -> list[int]:
    """Return the ids of the records it names, in the ERP's order."""
    value = _value(record, field)
    if value is None:
        return []
    if not isinstance(value, list) or not all(_is_key(key) for key in value):
        raise Bad(field, _("It should be a list of ids."))
    return list(value)


def _value(record: Readable, field: str) -> Any:
    value = record.get(field)
    return None if value is False else value


def _is_key(value: Any) -> bool:
    return type(value) is int and 0 < value < 2**31


def _meant(field: str, day: dt.date) -> dt.date:
    if not EARLIEST <= day <= LATEST:
        raise Bad(field, _("The year %(year)s cannot be meant.", year=day.year))
    return day


def _storable(field: str, value: str) -> str:
    """Return the text; NUL and halves of surrogate pairs have no place in a database, nor has a text without end."""
    if len(value) > LONGEST:
        raise Bad(field, _("The text is too long."))
    if _UNSTORABLE.search(value):
        raise Bad(field, _("The text holds a character that cannot be stored."))
    return value
