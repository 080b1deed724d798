"""The two tables as rows, one for each address and kind."""

from __future__ import annotations

from typing import NamedTuple

from tests.access.addresses import ELEMENT_KINDS, KINDS
from tests.access.monitoring_table import MONITORING_TABLE
from tests.access.provider_table import PROVIDER_TABLE
from tests.access.table import CLASSES, TABLE

COMMERCIAL = tuple(str(kind) for kind in KINDS if kind != "subscriptions")
OF_API = ("contact-groups", "host-groups", "service-groups", "passwords")
SEVERAL = {"{commercial}": COMMERCIAL, "{kind}": KINDS, "{slug}": ELEMENT_KINDS, "{element}": OF_API}
"""Placeholders of which a line has one, written out as a row for each."""


class Row(NamedTuple):
    """One address: what each of the cast gets there. Names of records stand in braces."""

    method: str
    address: str
    is_public: bool
    expected: dict[str, int]


def rows(table: str = TABLE + PROVIDER_TABLE + MONITORING_TABLE) -> list[Row]:
    """Return the rows of a table, those of all kinds of documents written out; usually of all that browsers ask."""
    found = []
    for line in table.splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        words = line.replace("*", " ", 1).split()
        kinds = next((kinds for name, kinds in SEVERAL.items() if name in line), ("",))
        for kind in kinds:
            address = words[1]
            for name in SEVERAL:
                address = address.replace(name, str(kind))
            address = address.replace("{id}", "{" + str(kind) + "}")
            expected = {
                person: int(status)
                for people, status in zip(CLASSES.values(), words[2:], strict=False)
                for person in people
            }
            expected |= {person: int(status) for person, status in (word.split("=") for word in words[8:])}
            found.append(Row(words[0], address, line.startswith("*"), expected))
    return found
