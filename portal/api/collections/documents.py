"""Documents: every kind, read as the pages of their kind show them."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, select

from ...customers.subscriptions import today
from ...documents.kinds import ALL
from ...money import Money
from ...records.kind import Kind
from ..collection import CUSTOMER, DAY, FLAG, MOMENT, TEXT, UUID, Collection, Field, Filter, Schema, one_of

LEFT_OUT = {"password_hash", "due_key", "rights"}
"""Columns of a kind that serve its pages alone."""
AMOUNT: Schema = {
    "type": ["string", "null"], "pattern": r"^-?\d+(\.\d+)?$", "description": "A decimal number in `currency`.",
}  # fmt: skip
NUMBER: Schema = {"type": ["string", "null"], "pattern": r"^-?\d+(\.\d+)?$"}


def _column(kind: Kind, name: str) -> Any:
    return next(column for column in kind.fields if column.key == name)


def _names(kind: Kind) -> list[str]:
    return [column.key for column in kind.fields if column.key not in LEFT_OUT]


def _field(kind: Kind, name: str) -> Field:
    """Return how a column is shown."""
    python = _column(kind, name).type.python_type
    if name.endswith("_minor"):
        return Field(name.removesuffix("_minor"), AMOUNT)
    schemas: dict[type, Schema] = {
        uuid.UUID: {**UUID, "type": ["string", "null"]}, datetime: MOMENT, date: DAY, bool: FLAG,
        int: {"type": ["integer", "null"]}, Decimal: NUMBER,
    }  # fmt: skip
    return Field(name, schemas.get(python) or {"type": ["string", "null"]})


def _value(row: Any, name: str) -> tuple[str, Any]:
    value = getattr(row, name)
    if name.endswith("_minor"):
        amount = None if value is None else f"{Money.from_minor(value, row.currency).amount:f}"
        return name.removesuffix("_minor"), amount
    if isinstance(value, Decimal):
        return name, f"{value.normalize():f}"
    if isinstance(value, (datetime, date)):
        return name, value.isoformat()
    return name, str(value) if isinstance(value, (uuid.UUID, str)) else value


def listed_by(kind: Kind) -> Callable[[Any], Select[Any]]:
    """Return what selects the documents of a kind that a reader may see."""

    def listed(reader: Any) -> Select[Any]:
        return kind.join(select(*kind.fields, kind.model.customer_id.label("owner")).select_from(kind.model)).where(
            kind.model.seen_by(reader), kind.scope
        )

    return listed


def _shown(kind: Kind) -> Callable[[Any, Any, Sequence[Any]], list[Mapping[str, Any]]]:
    names = _names(kind)

    def shown(_session: Any, _reader: Any, rows: Sequence[Any]) -> list[Mapping[str, Any]]:
        return [{"customer": row.owner} | dict(_value(row, name) for name in names) for row in rows]

    return shown


def filters_of(kind: Kind) -> tuple[Filter, ...]:
    """Return what narrows the list of a kind."""
    states = next((one for one in kind.filters if one.key == "state"), None)
    found = [Filter("customer", CUSTOMER, "Those of a customer.", lambda value: [kind.model.customer_id == value])]
    if states is not None:
        conditions = {value: condition for value, _label, condition in states.options}
        found.append(
            Filter("state", one_of(list(conditions)), "Those in a state.",
                   lambda value: [conditions[value](today())])
        )  # fmt: skip
    return tuple(found)


TITLES = {"users": "Users as documents"}


def collection(kind: Kind) -> Collection:
    """Return the collection of a kind of document, the latest first."""
    return Collection(
        path=f"documents/{kind.slug}", title=TITLES.get(kind.slug) or kind.slug.replace("-", " ").capitalize(),
        help="The latest first.", noun=kind.slug.replace("-", " ").removesuffix("s"),
        fields=(Field("customer", TEXT), *(_field(kind, name) for name in _names(kind))),
        reads=kind.verbs, listed=listed_by(kind), order=(kind.model.id,), descending=True, item="<uuid:id>",
        one=lambda id: kind.model.id == id, shown=_shown(kind), filters=filters_of(kind),
    )  # fmt: skip


COLLECTIONS = tuple(collection(kind) for kind in ALL)
