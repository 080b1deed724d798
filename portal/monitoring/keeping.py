"""Keeping: what a site told of its hosts and services becomes the portal's own rows; only what changed is written.

Rows are written a portion at a time, so that nobody waits for them. Words of an output count as a change, its figures
alone do not: they are other ones at every check, and who looks at a row is told the present ones by its site.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update

from ..contacts.inventory import Host, Service
from ..database import db, now, reading, separate, uuid7
from ..text import sort_key
from .livestatus.query import Query
from .values import moment, number, text

PORTION = 2_000
"""Rows written in one transaction."""
LONGEST = 255
"""Characters of a name; what is longer cannot be kept."""
MOST = 200
"""Groups, contacts, labels or tags of one host or service that are kept."""
COUNTED = ("ok", "warn", "crit", "unknown", "pending")
DETAILS = ("groups", "contacts", "contact_groups", "labels", "tags")
STATE = (
    "state", "has_been_checked", "acknowledged", "scheduled_downtime_depth", "plugin_output", "last_state_change",
)  # fmt: skip
_FIGURES = str.maketrans("", "", "0123456789.,-+")

Told = Mapping[str, Any]
Values = dict[str, Any]


@dataclass(frozen=True)
class Kind:
    """Hosts or services: the rows they become, what their site is asked, which columns name one at its site."""

    model: Any
    query: Query
    names: tuple[str, ...]
    values: Callable[[Told], Values]

    def read(self, table: Sequence[Told]) -> dict[tuple[str, ...], Values]:
        """Return what a site told, by name; what has no name, or one too long, is left out."""
        found = {}
        for told in table:
            values = self.values(told)
            key = tuple(values[name] for name in self.names)
            if all(key) and max(map(len, key)) <= LONGEST:
                found[key] = values
        return found


def _state(told: Told) -> Values:
    return {
        "state": number(told.get("state")) % 128,
        "is_pending": not number(told.get("has_been_checked")),
        "is_acknowledged": bool(number(told.get("acknowledged"))),
        "in_downtime": number(told.get("scheduled_downtime_depth")) > 0,
        "output": text(told.get("plugin_output")),
        "changed_at": moment(told.get("last_state_change")),
        "details": {name: _some(told[name]) for name in DETAILS if told.get(name)},
    }


def _some(words: Any) -> Any:
    """Return the first of some names, or of some pairs, each as long as a name may be."""
    if isinstance(words, dict):
        return {key[:LONGEST]: value[:LONGEST] for key, value in list(words.items())[:MOST]}
    return [word[:LONGEST] for word in words[:MOST]]


def _host(told: Told) -> Values:
    return {
        "name": str(told["name"]), "alias": text(told.get("alias"))[:LONGEST],
        "address": text(told.get("address"))[:LONGEST], "folder": text(told.get("filename"))[:LONGEST],
        "services": [number(told.get(f"num_services_{state}")) for state in COUNTED], **_state(told),
    }  # fmt: skip


def _service(told: Told) -> Values:
    return {"host_name": str(told["host_name"]), "description": str(told["description"]), **_state(told)}


HOSTS = Kind(
    Host,
    Query(
        "hosts",
        ("name", "alias", "address", "filename", *(f"num_services_{state}" for state in COUNTED), *STATE, *DETAILS),
    ),
    ("name",),
    _host,
)
SERVICES = Kind(
    Service,
    Query("services", ("host_name", "description", *STATE, *DETAILS)),
    ("host_name", "description"),
    _service,
)


def keep(kind: Kind, site_id: str, customer_id: str, found: Mapping[tuple[str, ...], Values]) -> int:
    """Make the rows of a site what was found; return how many were written or deleted."""
    model = kind.model
    columns = [getattr(model, name) for name in kind.names]
    with reading():
        kept = {
            row[:-1]: row[-1]
            for row in db.session.connection().execute(
                select(*columns, model.digest).where(model.site_id == site_id)
            )
        }  # fmt: skip
        db.session.rollback()
    seen_at, added, changed = now(), [], []
    for key, values in found.items():
        digest = _digest(values)
        if kept.get(key) != digest:
            row = {**values, "name_key": sort_key(" ".join(key)), "digest": digest, "seen_at": seen_at}
            if key in kept:
                changed.append(row | {f"of_{name}": part for name, part in zip(kind.names, key, strict=True)})
            else:
                added.append(row | {"id": uuid7(), "site_id": site_id, "customer_id": customer_id})
    gone = [
        {f"of_{name}": part for name, part in zip(kind.names, key, strict=True)} for key in kept.keys() - found.keys()
    ]
    this = [model.site_id == site_id, *(column == bindparam(f"of_{column.key}") for column in columns)]
    for statement, rows in (
        (delete(model).where(*this), gone),
        (update(model).where(*this), changed),
        (insert(model), added),
    ):
        for portion in _portions(rows):
            with separate() as session:
                session.connection().execute(statement, portion)
    return len(gone) + len(changed) + len(added)


def _digest(values: Values) -> int:
    """Return a number that is another one when a row has to be written."""
    told = values | {"output": values["output"].translate(_FIGURES)}
    return int.from_bytes(hashlib.blake2b(repr(told).encode(), digest_size=8).digest(), "big", signed=True)


def _portions(rows: Sequence[Values]) -> Iterator[Sequence[Values]]:
    for start in range(0, len(rows), PORTION):
        yield rows[start : start + PORTION]
