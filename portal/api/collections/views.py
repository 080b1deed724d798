"""Views: the tables of hosts, services and groups that somebody keeps or shares. What stands in one: `api.tables`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Select, select

from ...monitoring.kept import KeptView
from ...monitoring.tables.sources import SOURCES
from ..collection import FLAG, TEXT, UUID, Collection, Field, Filter, line, one_of
from .monitored import DOORS


def _listed(reader: Any) -> Select[Any]:
    is_own = KeptView.user_id == reader.id
    return select(KeptView.id, KeptView.name, KeptView.source, KeptView.is_shared, is_own.label("is_own")).where(
        KeptView.seen_by(reader), KeptView.source.in_(SOURCES)
    )


def _shown(_session: Any, _reader: Any, rows: Sequence[Any]) -> list[Mapping[str, Any]]:
    return [
        {
            "id": str(row.id), "name": row.name, "source": row.source, "is_shared": row.is_shared,
            "is_own": bool(row.is_own),
        }
        for row in rows
    ]  # fmt: skip


VIEWS = Collection(
    path="views", title="Views", noun="view", item="",
    help="One's own and shared ones. Beside them the portal's own lists can be read under their names: `hosts`, "
    "`services`, `problems`, `host-groups`, `service-groups`, `events`, and for staff `customers`.",
    fields=(
        Field("id", UUID),
        Field("name", TEXT),
        Field("source", one_of(list(SOURCES)), "What its rows are."),
        Field("is_shared", FLAG),
        Field("is_own", FLAG),
    ),
    reads=DOORS, listed=_listed, order=(KeptView.name_key, KeptView.id), one=lambda id: KeptView.id == id,
    shown=_shown,
    filters=(
        Filter("q", line(200), "Words of the name.",
               lambda value: [KeptView.name.icontains(word, autoescape=True) for word in value.split()[:8]]),
    ),
)  # fmt: skip
