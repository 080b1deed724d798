"""Uses: the documents of a customer, kind by kind, its subscriptions among them."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Select, func, select

from ..customers.uses import Source, add
from ..records.kind import Kind
from ..records.registry import KINDS


def _counting(kind: Kind) -> Callable[[str], Select[int]]:
    def count(customer_id: str) -> Select[int]:
        theirs = kind.model.customer_id == customer_id
        return select(func.count(kind.model.id)).where(theirs, kind.scope, kind.model.archived_at.is_(None))

    return count


def _listed(slug: str) -> Callable[[str], str]:
    place = slug if slug == "subscriptions" else f"documents/{slug}"
    return lambda customer_id: f"/provider/customers/{customer_id}/{place}/"


def register() -> None:
    """Add a source for each kind; people are another's matter."""
    for kind in KINDS.values():
        if kind.slug != "users":
            add(Source(kind.label, kind.verbs[1], _counting(kind), _listed(kind.slug), 30))
