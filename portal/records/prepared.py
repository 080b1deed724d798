"""Prepared: statements that are built once and then only run, because building one costs more than running it.

What differs from request to request is a parameter: `id`, the `customer` whose records are read, `person`, who reads,
and `reader`, whose company that is. What a reader may see depends on their verbs, so a statement is prepared for each
set of them.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, String, Uuid, bindparam, select
from sqlalchemy.orm import Session

from ..customers.origins import Origin

ID = bindparam("id", type_=Uuid())
CUSTOMER = bindparam("customer", type_=String())
_READER = bindparam("reader", type_=String())
PERSON = bindparam("person", type_=Uuid())


@dataclass(frozen=True)
class AnyReader:
    """Whoever holds these verbs; the company is a parameter."""

    verbs: frozenset[str]

    @property
    def customer_id(self) -> Any:
        """Return the parameter that stands for the reader's company."""
        return _READER

    @property
    def id(self) -> Any:
        """Return the parameter that stands for the reader."""
        return PERSON


def parameters(reader: Any, customer_id: str, id: uuid.UUID | None = None) -> dict[str, Any]:
    """Return the values of a prepared statement's parameters."""
    person = getattr(reader, "id", None)
    return {"reader": reader.customer_id, "person": person, "customer": customer_id, "id": id}


def prepared(build: Callable[..., Select[Any]]) -> Callable[..., Select[Any]]:
    """Keep what a function builds for `AnyReader`, and perhaps more; callers give the reader's verbs instead."""

    @lru_cache(maxsize=256)
    def kept(verbs: frozenset[str], *more: Any) -> Select[Any]:
        return build(AnyReader(verbs), *more)

    return kept


def run(session: Session, statement: Any, values: dict[str, Any]) -> Any:
    """Run a statement that selects columns; past the ORM, which has nothing to add to them but its cost."""
    return session.connection().execute(statement, values)


@prepared
def _record(reader: Any, model: Any) -> Select[Any]:
    as_of = select(Origin.as_of).where(Origin.id == model.source).correlate(model).scalar_subquery()
    return select(*model.__table__.columns, as_of.label("as_of")).where(
        model.id == ID, model.customer_id == CUSTOMER, model.seen_by(reader), model.archived_at.is_(None)
    )


def record(session: Session, model: Any, reader: Any, id: uuid.UUID, customer_id: str) -> Any:
    """Return a customer's imported record as a row, and up to when the ERP is known (`as_of`); None for none."""
    return run(session, _record(reader.verbs, model), parameters(reader, customer_id, id)).first()
