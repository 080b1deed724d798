"""Roles: what may be done to them. Every site has them, so what sites notice of a deed waits for an activation.

Whoever acts takes the role from `hold`: then nobody else changes roles until the transaction ends. Nobody grants
through a role what they do not hold, takes the care of roles from themselves, or leaves nobody to see to it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from flask_babel import gettext as _
from sqlalchemy import delete as delete_rows
from sqlalchemy import exists, insert, select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from ..access import policy
from ..access import roles as kept
from ..access.permissions import PERMISSIONS
from ..access.roles import KEPT, Role, RoleAnswer, called
from ..access.wording import code_of, title_of
from ..accounts import staff
from ..accounts.grants import UserRole
from ..accounts.users import User
from ..audit.models import record
from ..customers.elements import Element, Release
from ..customers.models import PROVIDER
from ..errors import Forged, Refused
from ..text import fold
from . import role_sentences as _sentences  # noqa: F401 - teaches history
from .changes import note
from .distribution.contents import MONITORING
from .users.pending import scope_of

KIND = "roles"
RESERVED = {"matrix"}
"""IDs that stand for something else in addresses."""
LONGEST_ID, LONGEST_ALIAS = 80, 200


class _Picture(NamedTuple):
    """What a role was before a deed, or is since."""

    alias: str
    based_on_id: str | None
    permissions: frozenset[str]

    @property
    def sent(self) -> tuple[Any, ...]:
        """Return what sites have of it."""
        return self.alias, self.based_on_id, {name for name in self.permissions if name.startswith(MONITORING)}


def hold(session: Session, role_id: str) -> Role | None:
    """Return a role as it now is, and let nobody else change any until the transaction ends."""
    kept.hold(session)
    return next((role for role in kept.every(session) if role.id == role_id), None)


def clone(session: Session, source: Role, *, id: str, alias: str, by: Any) -> Role:
    """Add a role that follows `source` in everything. Raises `Refused` naming the field that does not hold."""
    before = _pictures(session)
    alias = _check_alias(session, alias, but=None)
    _check_id(session, id)
    role = Role(id=id, alias=alias, based_on=source)
    session.add(role)
    _settle(session, before, by)
    record(session, "role.cloned", by=by, customer_id=PROVIDER, role=id, alias=alias, source=source.alias)
    note(session, Release.GENERAL, kind=KIND, key=id, title=alias, act="created", by=by)
    return role


def change(
    session: Session,
    role: Role,
    *,
    answers: Mapping[str, bool | None],
    alias: str | None = None,
    based_on_id: str | None = None,
    by: Any,
) -> None:
    """Answer permissions yes, no or (None) by default, and set alias and source of an own role; None leaves them."""
    before = _pictures(session)
    names = [name for name, answer in answers.items() if role.explicit.get(name) != answer]
    explicit, defaults = role.explicit, role.defaults_of(names)
    changes: dict[str, list[Any]] = {}
    if alias is not None and (alias := _check_alias(session, alias, but=role)) != role.alias:
        _check_own(role)
        changes["alias"], role.alias = [role.alias, alias], alias
    if based_on_id is not None and based_on_id != role.based_on_id:
        _check_own(role)
        changes["based_on"] = [role.based_on_id, based_on_id]
        role.based_on = _source(session, role, based_on_id)
    after = role.defaults_of(names)
    for name in names:
        _answer(role, name, answers[name], by)
        changes[name] = [
            code_of(explicit.get(name), defaults[name].is_granted), code_of(answers[name], after[name].is_granted)
        ]  # fmt: skip
    if not changes:
        return
    flag_modified(role, "alias")  # answers are rows of their own: the version is to tell of them too
    changed = _settle(session, before, by)
    record(session, "role.changed", by=by, customer_id=PROVIDER, role=role.id, alias=role.alias, changes=changes)
    if changed:
        _note(session, role, "changed", by, changes)


def rename(session: Session, role: Role, id: str, *, by: Any) -> Role:
    """Give an own role another ID; whoever has the role keeps it, and so do roles based on it. Return it anew."""
    _allow(by)
    if id == role.id:
        return role
    _check_own(role, field="id")
    _check_id(session, id)
    if named := directories_of(session, role.id):
        raise Refused(_("LDAP connections name this role (%(names)s). Change them first.", names=named), field="id")
    old = role.id
    values = {"alias": role.alias, "based_on_id": role.based_on_id, "version": role.version + 1}
    session.flush()
    scopes = session.scalars(
        select(User.customer_id).join(UserRole, UserRole.user_id == User.id).where(UserRole.role_id == old).distinct()
    ).all()
    session.execute(insert(Role).values(id=id, **values))
    for column in (UserRole.role_id, RoleAnswer.role_id, Role.based_on_id):
        moved = update(column.class_).where(column == old).values({column.key: id})
        session.execute(moved, execution_options={"synchronize_session": False})
    session.expunge(role)
    session.execute(delete_rows(Role).where(Role.id == old), execution_options={"synchronize_session": False})
    session.expire_all()
    found = hold(session, id)
    assert found is not None
    changes = {"id": [old, id]}
    record(session, "role.changed", by=by, customer_id=PROVIDER, role=id, alias=found.alias, changes=changes)
    _note(session, found, "changed", by, changes)
    for customer_id in scopes:
        note(session, scope_of(customer_id), kind=KIND, key=id, title=found.alias, act="changed", by=by, data=changes)
    return found


def delete(session: Session, role: Role, *, by: Any) -> None:
    """Delete an own role that nobody has and on which none is based."""
    _allow(by)
    if role.is_built_in:
        raise Refused(_("You cannot delete the builtin roles!"))
    had = exists().where(UserRole.user_id == User.id, UserRole.role_id == role.id)
    is_had = session.scalar(select(User.id).where(had, User.archived_at.is_(None)).limit(1))
    is_followed = session.scalar(select(Role.id).where(Role.based_on_id == role.id).limit(1))
    if is_had or is_followed or directories_of(session, role.id):
        raise Refused(_("You cannot delete roles, that are still in use (%(role)s)!", role=role.id))
    session.execute(delete_rows(UserRole).where(UserRole.role_id == role.id))  # of those who were deleted themselves
    session.delete(role)
    session.flush()
    record(session, "role.deleted", by=by, customer_id=PROVIDER, role=role.id, alias=role.alias)
    _note(session, role, "deleted", by, {})


def may_follow(role: Role, source: Role) -> bool:
    """Tell whether a role can be based on another without going round in a circle."""
    return role not in source.lineage()


def _pictures(session: Session) -> dict[str, _Picture]:
    return {role.id: _Picture(role.alias, role.based_on_id, role.permissions) for role in kept.every(session)}


def _settle(session: Session, before: dict[str, _Picture], by: Any) -> bool:
    """Check what a deed comes to, over all roles, for others may follow; tell whether sites notice."""
    _allow(by)
    session.flush()
    after = _pictures(session)
    empty = _Picture("", None, frozenset())
    differing = {id for id in after if after[id].permissions != before.get(id, empty).permissions}
    gained = frozenset().union(*(after[id].permissions - before.get(id, empty).permissions for id in differing))
    if by is not None:
        if not policy.may_grant_through_role(by, gained):
            raise _beyond(gained - policy.holdings(by))
        own = [after[id].permissions for id in getattr(by, "role_ids", ()) if id in after]
        if own and "access.roles" not in frozenset().union(*own):
            raise Refused(_("You would take the management of roles from yourself."))
    if differing & before.keys():
        staff.keep_one(session)
    return any(after[id].sent != before[id].sent for id in after.keys() & before.keys())


def _answer(role: Role, name: str, answer: bool | None, by: Any) -> None:
    if name in KEPT.get(role.id, ()):
        sentence = _("%(role)s always keeps “%(permission)s”, so that nobody is locked out.",
                     role=called(role.alias), permission=title_of(name))  # fmt: skip
        raise Refused(sentence)
    if answer is not None and name not in PERMISSIONS:
        raise Forged(f"permission {name}")
    if answer and by is not None and name not in policy.holdings(by):
        raise _beyond(frozenset({name}))
    found = next((one for one in role.answers if one.permission == name), None)
    if answer is None:
        role.answers = [one for one in role.answers if one is not found]
    elif found is None:
        role.answers.append(RoleAnswer(permission=name, granted=answer))
    else:
        found.granted = answer


def _beyond(names: frozenset[str]) -> Refused:
    titles = ", ".join(sorted(map(title_of, names)))
    return Refused(_("Nobody grants what they do not hold themselves: %(titles)s.", titles=titles))


def _allow(by: Any) -> None:
    if by is not None and not policy.may_grant_through_role(by, frozenset()):
        raise Forged("roles")


def _check_own(role: Role, field: str | None = None) -> None:
    if role.is_built_in:
        raise Refused(_("The ID of a built-in user role cannot be changed, nor its name and source."), field=field)


def _check_id(session: Session, id: str) -> None:
    if not re.fullmatch(Role.ID_PATTERN, id, re.ASCII) or len(id) > LONGEST_ID:
        raise Refused(_("An ID consists of letters, digits, dash and underscore, 80 at most."), field="id")
    if id in RESERVED or session.scalar(select(Role.id).where(Role.id == id)):
        raise Refused(_("This ID is already used by another role."), field="id")


def _check_alias(session: Session, alias: str, but: Role | None) -> str:
    alias = " ".join(alias.split())
    if not alias or len(alias) > LONGEST_ALIAS:
        raise Refused(_("A role needs a name, of 200 characters at most."), field="alias")
    for role in kept.every(session):
        if role is not but and fold(alias) in (fold(role.alias), fold(called(role.alias))):
            raise Refused(_("This alias is already used in the role %(role)s.", role=role.id), field="alias")
    return alias


def _source(session: Session, role: Role, source_id: str) -> Role:
    source = session.get(Role, source_id)
    if source is None:
        raise Refused(_("There is no role %(role)s.", role=source_id), field="based_on")
    if not may_follow(role, source):
        raise Refused(_("%(role)s is based on this role itself.", role=called(source.alias)), field="based_on")
    return source


def directories_of(session: Session, role_id: str) -> str:
    """Return the titles of the LDAP connections that give a role, as a list; "" for none."""
    connections = select(Element.title, Element.body).where(
        Element.kind == "ldap-connections", Element.archived_at.is_(None)
    )
    return ", ".join(row.title for row in session.execute(connections) if role_id in _given(row.body))


def _given(body: dict[str, Any]) -> set[str]:
    """Return the roles an LDAP connection gives: to all it brings, and to members of groups (`dn -> role`)."""
    groups = [str(line).split() for line in body.get("role_groups") or ()]
    return {*(body.get("default_roles") or ()), *(words[-1] for words in groups if words)}


def _note(session: Session, role: Role, act: str, by: Any, changes: dict[str, Any]) -> None:
    note(session, Release.GENERAL, kind=KIND, key=role.id, title=role.alias, act=act, by=by, data=changes)
