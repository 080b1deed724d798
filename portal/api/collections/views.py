"""Views: the tables that somebody keeps or shares, and what makes each one up. What stands in one: `api.tables`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Select, select

from ...access.guard import Withheld
from ...errors import Forged
from ...monitoring.door import OWN, PROVIDER, Door
from ...monitoring.kept import KeptView
from ...monitoring.tables.filters import LONGEST, MOST_SITES
from ...monitoring.tables.sources import SOURCES
from ...monitoring.tables.table import MOST_COLUMNS, MOST_SORTS, Table
from ..checking import refusal
from ..collection import FLAG, UUID, Body, Collection, Field, Filter, line, names, one_of
from .monitored import DOORS

TABLE = (
    Field("columns", {**names(MOST_COLUMNS, length=60), "default": []}, "The IDs of its columns, in order; empty: the "
          "usual ones.", "always", in_lists=False),
    Field("filters", {"type": "object", "maxProperties": 30, "additionalProperties": line(LONGEST), "default": {}},
          "What narrows it, by the names that its page has in its address.", "always", in_lists=False),
    Field("sites", {**names(MOST_SITES, length=LONGEST), "default": []},
          "`site:` or `customer:` and an ID each; empty: all.", "always", in_lists=False),
    Field("sort", {**names(MOST_SORTS, length=60), "default": []},
          "The IDs of columns, the first first, `-` before one for descending; empty: as usual.", "always",
          in_lists=False),
    Field("group", {**line(60), "default": ""}, "The ID of the column by which its page makes groups.", "always",
          in_lists=False),
)  # fmt: skip


def _listed(reader: Any) -> Select[Any]:
    is_own = KeptView.user_id == reader.id
    return select(
        KeptView.id, KeptView.name, KeptView.source, KeptView.is_shared, KeptView.body, is_own.label("is_own")
    ).where(KeptView.seen_by(reader), KeptView.source.in_(SOURCES))


def _shown(_session: Any, _reader: Any, rows: Sequence[Any]) -> list[Mapping[str, Any]]:
    return [
        {
            "id": str(row.id), "name": row.name, "source": row.source, "is_shared": row.is_shared,
            "is_own": bool(row.is_own),
        }
        for row in rows
    ]  # fmt: skip


def _more(_session: Any, _reader: Any, row: Any) -> Mapping[str, Any]:
    return Table.from_json(row.source, row.body).as_json()


def _create(session: Any, values: Body, by: Any) -> Mapping[str, Any]:
    source = SOURCES[values["source"]]
    if source.for_staff and not by.is_staff:
        raise refusal({"source": [_("There is no view of this name.")]})
    shared = _shared(values, by, before=False)
    view = KeptView.keep(session, name=values["name"], table=_table(source.id, values), shared=shared, by=by)
    session.flush()
    return {"id": view.id}


def _change(session: Any, row: Any, values: Body, by: Any) -> None:
    view, shared = _to_change(session, row, by), _shared(values, by, before=row.is_shared)
    view.change(session, name=values["name"], table=_table(row.source, values), shared=shared, by=by)


def _delete(session: Any, row: Any, by: Any) -> None:
    _to_change(session, row, by).delete(session, by=by)


def _door(reader: Any) -> Door:
    return PROVIDER if reader.is_staff else OWN


def _to_change(session: Any, row: Any, by: Any) -> KeptView:
    view: KeptView = session.get_one(KeptView, row.id)
    if not view.may_be_changed_by(by, _door(by).share):
        raise Withheld(_("This view is somebody else’s. Copy it to have one of your own."))
    return view


def _shared(values: Body, by: Any, *, before: bool) -> bool:
    """Return whether it is for all of one's side; who may not share leaves that as it is."""
    wanted = bool(values.get("is_shared", before))
    if wanted is not before and _door(by).share not in by.verbs:
        raise Forged("sharing of a view")
    return wanted


def _table(source: str, values: Body) -> Table:
    """Return the table; raise Problem 422 for what its rows do not have, which pages leave out."""
    wanted = {field.name: values[field.name] for field in TABLE}
    table = Table.from_json(source, wanted)
    kept = table.as_json()
    wrong = [name for name, value in wanted.items() if value and value != kept[name]]
    if wrong:
        raise refusal({name: [_("These rows do not have all of this.")] for name in wrong})
    return table


VIEWS = Collection(
    path="views", title="Views", noun="view", item="<uuid:id>/definition",
    help="One's own and shared ones. Beside them the portal's own lists can be read under their names: `hosts`, "
    "`services`, `problems`, `host-groups`, `service-groups`, `events`, and for staff `customers`.",
    fields=(
        Field("id", UUID),
        Field("name", {**line(KeptView.NAME_LENGTH), "minLength": 1}, taken="always", needed=True),
        Field("source", one_of(list(SOURCES)), "What its rows are.", "new", needed=True),
        Field("is_shared", FLAG, "For all of one's side: the company, or the provider.", "always"),
        Field("is_own", FLAG),
        *TABLE,
    ),
    reads=DOORS, writes=(PROVIDER.keep, OWN.keep),
    listed=_listed, order=(KeptView.name_key, KeptView.id), one=lambda id: KeptView.id == id,
    shown=_shown, more=_more, create=_create, change=_change, delete=_delete,
    filters=(
        Filter("q", line(200), "Words of the name.",
               lambda value: [KeptView.name.icontains(word, autoescape=True) for word in value.split()[:8]]),
    ),
)  # fmt: skip
