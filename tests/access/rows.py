"""The table of table.py as rows, one for each address and kind."""

from __future__ import annotations

from typing import NamedTuple

from tests.access.addresses import KINDS
from tests.access.table import CLASSES, TABLE

COMMERCIAL = tuple(str(kind) for kind in KINDS if kind != "subscriptions")


class Row(NamedTuple):
    """One address: what each of the cast gets there. Names of records stand in braces."""

    method: str
    address: str
    is_public: bool
    expected: dict[str, int]


def rows() -> list[Row]:
    """Return the table's rows, those of all kinds of documents written out."""
    found = []
    for line in TABLE.splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        words = line.replace("*", " ", 1).split()
        kinds = COMMERCIAL if "{commercial}" in line else KINDS if "{kind}" in line else ("",)
        for kind in kinds:
            address = words[1].replace("{commercial}", str(kind)).replace("{kind}", str(kind))
            address = address.replace("{id}", "{" + str(kind) + "}")
            expected = {
                person: int(status)
                for people, status in zip(CLASSES.values(), words[2:], strict=False)
                for person in people
            }
            expected |= {person: int(status) for person, status in (word.split("=") for word in words[8:])}
            found.append(Row(words[0], address, line.startswith("*"), expected))
    return found
