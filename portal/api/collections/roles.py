"""Roles: what they answer to each permission. A new one is a clone of another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, select

from ...access import roles as kept
from ...access.permissions import PERMISSIONS
from ...access.roles import Role
from ...errors import Refused, Stale
from ...setup import roles
from ..checking import refusal
from ..collection import FLAG, Body, Collection, Field, Filter, line, names, one_of

ANSWERS = {"yes": True, "no": False, "default": None}


def _listed(_reader: Any) -> Select[*tuple[Any, ...]]:
    return select(Role.id, Role.alias, Role.based_on_id, Role.version)


def _found(value: str) -> list[ColumnElement[bool]]:
    return [
        Role.alias.icontains(word, autoescape=True) | Role.id.icontains(word, autoescape=True)
        for word in value.split()[:8]
    ]


def _shown(session: Any, _reader: Any, rows: Sequence[Any]) -> list[Mapping[str, Any]]:
    every = {role.id: role for role in kept.every(session)}
    return [_object(every[row.id]) for row in rows if row.id in every]


def _object(role: Role) -> dict[str, Any]:
    return {
        "id": role.id, "alias": role.alias, "based_on": role.based_on_id, "is_built_in": role.is_built_in,
        "answers": {name: "yes" if is_granted else "no" for name, is_granted in sorted(role.explicit.items())},
        "permissions": sorted(role.permissions),
    }  # fmt: skip


def _answers(values: Body) -> dict[str, bool | None]:
    said = values.get("answers", {})
    if unknown := [name for name, answer in said.items() if name not in PERMISSIONS and answer != "default"]:
        raise refusal({"answers": [_("There is no permission “%(name)s”.", name=unknown[0][:80])]})
    return {name: ANSWERS[answer] for name, answer in said.items()}


def _create(session: Any, values: Body, by: Any) -> Mapping[str, Any]:
    source = roles.hold(session, values["based_on"])
    if source is None:
        raise Refused(_("There is no role %(role)s.", role=values["based_on"]), field="based_on")
    role = roles.clone(session, source, id=values["id"], alias=values["alias"], by=by)
    if answers := _answers(values):
        roles.change(session, role, answers=answers, by=by)
    return {"id": role.id}


def _change(session: Any, row: Any, values: Body, by: Any) -> Mapping[str, Any] | None:
    """Change a role; return where it stands when that is elsewhere."""
    role = roles.hold(session, row.id)
    if role is None or role.version != row.version:
        raise Stale(_("Somebody else changed this meanwhile. Compare both versions and send it again."))
    roles.change(
        session, role, answers=_answers(values), alias=values["alias"], based_on_id=values.get("based_on"), by=by
    )
    if values["id"] == row.id:
        return None
    return {"id": roles.rename(session, role, values["id"], by=by).id}


def _delete(session: Any, row: Any, by: Any) -> None:
    role = roles.hold(session, row.id)
    if role is not None:
        roles.delete(session, role, by=by)


ROLES = Collection(
    path="roles", title="Roles", noun="role",
    help="A role is made by cloning another and follows it in all that is left at default.",
    fields=(
        Field("id", {**line(80), "minLength": 1}, "Of an own role it can be another; then the address is another, too.",
              "always", needed=True),
        Field("alias", {**line(200), "minLength": 1}, taken="always", needed=True),
        Field("based_on", {"type": ["string", "null"], "maxLength": 80},
              "The ID of the role it follows; null for built-in ones.", "always", needed=True),
        Field("answers",
              {"type": "object", "additionalProperties": one_of(list(ANSWERS)), "maxProperties": 500},
              "Permissions answered explicitly. Those not named stay as they are; `default` takes an answer back.",
              "always"),
        Field("is_built_in", FLAG),
        Field("permissions", names(1000), "Everything it grants."),
    ),
    reads=("access.read",), writes=("access.roles",),
    listed=_listed, order=(Role.id,), one=lambda id: Role.id == id, shown=_shown,
    filters=(Filter("q", line(200), "Words of alias or ID.", _found),),
    create=_create, change=_change, delete=_delete,
)  # fmt: skip
