"""One record of an ERP as it came, and one that could not be read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _


@dataclass(frozen=True)
class Record:
    """A record: the file it stands in (of a live server: the model), the line or position there, and its values."""

    file: str
    line: int
    values: dict[str, Any]

    @property
    def key(self) -> int:
        """Return the id the ERP gave the record; sources yield no record without one."""
        return int(self.values["id"])

    def get(self, field: str, default: Any = None) -> Any:
        """Return the value as it came."""
        return self.values.get(field, default)


@dataclass(frozen=True)
class Broken:
    """A place in a source that holds no readable record, why, and the id it seems to speak of (None: unknown)."""

    file: str
    line: int
    why: str
    key: int | None = None


Row = Record | Broken


def checked(file: str, rows: Iterable[tuple[int, Any]]) -> Iterator[Row]:
    """Yield a record for every `(line, value)`, or what is wrong with it; a `Broken` value passes through."""
    seen: set[int] = set()
    for line, row in rows:
        if isinstance(row, Broken):
            yield row
        elif not isinstance(row, dict):
            yield Broken(file, line, _("This is not a record."))
        elif not _is_key(row.get("id")):
            yield Broken(file, line, _("The record has no id."))
        elif row["id"] in seen:
            yield Broken(file, line, _("The id %(id)s was there before.", id=row["id"]), key=row["id"])
        else:
            seen.add(row["id"])
            yield Record(file, line, row)


def _is_key(value: Any) -> bool:
    return type(value) is int and 0 < value < 2**31
