"""Search over everything a reader may read: one look into the terms, then the rows of each kind found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..customers.subscriptions import today
from ..records import search
from ..records.cells import Around
from ..records.kind import Kind
from ..records.listing import Listing
from ..records.registry import KINDS
from ..support.listing import TICKETS

BASES = {"subscriptions": "/licenses/", "tickets": "/support/tickets/"}
"""Where the lists of kinds stand that are not under `/documents/`."""
PER_KIND = 5
LOOKED_AT = 200


@dataclass(frozen=True)
class Found:
    """What was found of one kind: the first rows as cells, and where the rest is."""

    kind: Kind
    url: str
    rows: list[list[tuple[str, Any, Any]]]
    has_more: bool


def find(session: Session, reader: Any, text: str) -> list[Found]:
    """Return what the reader finds under every word of `text`, by kind in the order of the menu."""
    readable = [kind for kind in (*KINDS.values(), TICKETS) if kind.verbs[0] in reader.verbs]
    if not search.words(text) or reader.customer_id is None or not readable:
        return []
    hits: dict[str, list[Any]] = {}
    query = (
        select(search.Term.kind, search.Term.record_id)
        .distinct()
        .where(
            search.Term.seen_by(reader),
            search.Term.customer_id == reader.customer_id,
            search.Term.kind.in_([kind.slug for kind in readable]),
            search.matches(
                search.Term.record_id, text, customer_id=reader.customer_id, kinds=[kind.slug for kind in readable]
            ),
        )
        .limit(LOOKED_AT)
    )
    for slug, record_id in session.execute(query):
        hits.setdefault(slug, []).append(record_id)
    return [_found(session, reader, kind, hits[kind.slug], text) for kind in readable if kind.slug in hits]


def _found(session: Session, reader: Any, kind: Kind, ids: list[Any], text: str) -> Found:
    base = BASES.get(kind.slug, f"/documents/{kind.slug}/")
    listing = Listing(session, kind, reader, reader.customer_id)
    column = kind.default_sort.column
    statement = listing.statement(*kind.fields).where(kind.model.id.in_(ids))
    rows = session.execute(
        statement.order_by(column.desc() if kind.default_sort.descending else column).limit(PER_KIND + 1)
    ).all()
    around = Around(base, "", today())
    shown = [column for column in kind.columns if column.role in ("main", "side")]
    cells = [[(column.role, column.label, column.cell(row, around)) for column in shown] for row in rows[:PER_KIND]]
    return Found(kind, f"{base}?q={search.quoted(text)}", cells, len(rows) > PER_KIND)
