"""Contact groups of one host or service: those it is given by itself, beside what rules and folders give it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Select, and_, or_, select, true

from ...contacts.allocation.folders import folder_of
from ...contacts.inventory import Host, Service
from ...customers.elements import Element
from ...errors import Forged, Refused
from ...setup import elements
from ...setup.forms.lookups import refuse_foreign
from ...setup.kinds import KINDS
from ...setup.places import ASSIGNMENTS, assignment_key
from ...setup.responsibility import permitted
from ..checking import refusal
from ..collection import Body, Collection, Field, names
from .elements import form_of
from .monitored import DOORS

FOLDERS = "setup.folders"
_lies_in = select(Host.folder).where(Host.site_id == Service.site_id, Host.name == Service.host_name)


def _hosts(reader: Any) -> Select[Any]:
    return _of(reader, Host, Host.name.label("host"), Host.folder.label("folder"))


def _services(reader: Any) -> Select[Any]:
    folder = _lies_in.scalar_subquery().label("folder")
    return _of(reader, Service, Service.host_name.label("host"), Service.description.label("service"), folder)


def _of(reader: Any, model: Any, *columns: Any) -> Select[Any]:
    """Select what the reader sees, and for who edits folders what may lie in theirs: `_shown` looks at each."""
    is_seen = model.seen_by(reader)
    return select(
        model.id, model.site_id, model.customer_id, is_seen.label("is_seen"), *columns
    ).where(or_(is_seen, true()) if FOLDERS in reader.verbs else is_seen)  # fmt: skip


def _service_of(row: Any) -> str:
    return getattr(row, "service", "")


def _shown(session: Any, reader: Any, rows: Sequence[Any]) -> list[Mapping[str, Any]]:
    """Make objects of what is seen in monitoring, or in the tree of folders."""
    tree = permitted.of(session, reader) if FOLDERS in reader.verbs else None
    seen = [row for row in rows if row.is_seen or tree and _is_in(tree, row)]
    return [{"contact_groups": _groups(_found(session, row))} for row in seen]


def _is_in(tree: permitted.Permitted, row: Any) -> bool:
    """Tell whether the tree shows it: of services it does so to none but who sees all of setup."""
    return tree.sees_all if _service_of(row) else tree.sees(row.customer_id, _folder(row))


def _folder(row: Any) -> str:
    return folder_of(row.folder or "")


def _found(session: Any, row: Any) -> Element | None:
    return elements.find(session, ASSIGNMENTS, assignment_key(row.site_id, row.host, _service_of(row)))


def _groups(element: Element | None) -> list[str]:
    return list(element.body.get("groups") or ()) if element else []


def _change(session: Any, row: Any, values: Body, by: Any) -> None:
    """Give it exactly these groups by itself; none takes the assignment away."""
    tree = permitted.of(session, by)
    if not _is_in(tree, row) or not tree.edits(row.customer_id, _folder(row)):
        raise Forged(f"contact groups of {row.host}")
    element, groups = _found(session, row), values["contact_groups"]
    if not groups:
        if element is not None:
            elements.delete(session, element, by=by)
        return
    place = {"site": row.site_id, "host": row.host, "service": _service_of(row)} if element is None else {}
    form: Any = form_of(KINDS[ASSIGNMENTS], {**place, "groups": groups}, element, {"groups": "contact_groups"})
    try:
        refuse_foreign(form.groups, row.customer_id)
    except Refused as refused:
        raise refusal({"contact_groups": [str(refused.sentence)]}) from None
    if element is None:
        elements.create(
            session, ASSIGNMENTS, key=form.chosen_key, customer=row.customer_id, by=by, **form.values
        )  # fmt: skip
    else:
        elements.change(session, element, by=by, **form.values)


def _collection(of: str, item: str, listed: Callable[[Any], Select[Any]], one: Callable[..., Any]) -> Collection:
    return Collection(
        path="hosts", title=f"{of}s".capitalize(), noun=f"{of}'s own contact groups", called=f"{of}-contact-groups",
        is_listed=False,
        fields=(
            Field("contact_groups", names(50, length=64), "The IDs of the groups it is given by itself. All that are "
                  "responsible stand at the object, some moments later.", "always", needed=True),
        ),
        reads=(*DOORS, FOLDERS), writes=("setup.edit", "setup.own_folders"), listed=listed, order=(), item=item,
        one=one, shown=_shown, change=_change,
    )  # fmt: skip


COLLECTIONS = (
    _collection(
        "host", "<site>/<name:host>/contact_groups", _hosts,
        lambda site, host: and_(Host.site_id == site, Host.name == host),
    ),
    _collection(
        "service", "<site>/<name:host>/services/<name:service>/contact_groups", _services,
        lambda site, host, service: and_(
            Service.site_id == site, Service.host_name == host, Service.description == service
        ),
    ),
)  # fmt: skip
