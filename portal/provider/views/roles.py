"""Roles: the list, a role with its answers, cloning, deleting, and the matrix of all."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from ...access import policy
from ...access.guard import requires
from ...access.roles import DEFAULT, Role, called, every
from ...access.wording import say
from ...database import db
from ...errors import Refused, Stale
from ...records import export
from ...setup import roles as deeds
from ...web import paging
from .. import roles
from ..forms.roles import BuiltInForm, CloneForm, RoleForm

bp = Blueprint("provider_roles", __name__, url_prefix="/provider/access/roles")


@bp.get("/")
@requires("access.read")
def index() -> Any:
    """All roles."""
    session = db.session()
    return render_template(
        "provider/roles/index.html", roles=every(session), counts=roles.user_counts(session), called=called,
        usual=DEFAULT,
    )  # fmt: skip


@bp.get("/matrix")
@requires("access.read")
def matrix() -> Any:
    """All roles side by side."""
    q, found = paging.searched(), every(db.session())
    return render_template(
        "provider/roles/matrix.html", roles=found, parts=roles.matrix(found, q), q=q, called=called, say=say
    )


@bp.get("/matrix.csv")
@requires("access.read")
def matrix_csv() -> Any:
    """The matrix as a file."""
    return export.answer("roles", *roles.matrix_rows(every(db.session())))


@bp.get("/<role_id>")
@requires("access.read")
def show(role_id: str) -> Any:
    """One role: what it answers to each permission."""
    found = every(db.session())
    return _page(_named(found, role_id), found)


@bp.post("/<role_id>")
@requires("access.read", act="access.roles")
def edit(role_id: str) -> Any:
    """Save a role's answers, and what it is."""
    session = db.session()
    role = _held(role_id)
    found = every(session)
    form = _form(role, found, request.form)
    if not form.validate_on_submit():
        return _page(role, found, form=form), 422
    compared: list[Any] = []
    own: dict[str, Any] = {}
    if isinstance(form, RoleForm):
        own = {"alias": form.alias.data, "based_on_id": form.based_on.data or None}
    try:
        form.check_version(role)
        deeds.change(session, role, answers=roles.read(role, current_user, request.form), by=current_user, **own)
        if isinstance(form, RoleForm):
            role = deeds.rename(session, role, form.id.data or "", by=current_user)
        session.commit()
    except Refused as refused:
        session.rollback()
        status = form.refuse(refused)
        found = every(session)
        role = _named(found, role_id)
        if isinstance(refused, Stale):
            form.version.data = str(role.version)
            compared = roles.compared(role, request.form, _basics(role, form))
        return _page(role, found, form=form, compared=compared), status
    flash(_("Saved. Whoever has the role notices at their next click."))
    return redirect(url_for(".show", role_id=role.id))


@bp.post("/<role_id>/clone")
@requires("access.read", act="access.roles")
def clone(role_id: str) -> Any:
    """Add a role that follows this one."""
    session = db.session()
    source, form, status = _held(role_id), CloneForm(), 422
    if form.validate_on_submit():
        try:
            role = deeds.clone(session, source, id=form.id.data or "", alias=form.alias.data or "", by=current_user)
            session.commit()
        except Refused as refused:
            session.rollback()
            status = form.refuse(refused)
        else:
            flash(_("%(role)s follows its source until you answer something differently.", role=role.alias))
            return redirect(url_for(".show", role_id=role.id))
    found = every(session)
    return _page(_named(found, role_id), found, cloning=form), status


@bp.post("/<role_id>/deletion")
@requires("access.read", act="access.roles")
def delete(role_id: str) -> Any:
    """Delete a role nobody has."""
    session = db.session()
    role = _held(role_id)
    alias = role.alias
    deeds.delete(session, role, by=current_user)
    session.commit()
    flash(_("The role %(role)s is deleted.", role=alias))
    return redirect(url_for(".index"))


def _held(role_id: str) -> Role:
    return deeds.hold(db.session(), role_id) or abort(404)


def _named(found: list[Role], role_id: str) -> Role:
    return next((role for role in found if role.id == role_id), None) or abort(404)


def _form(role: Role, found: list[Role], entered: Any = None) -> BuiltInForm:
    """Return the form of a role: an own one has an ID, an alias and a source besides."""
    if role.is_built_in:
        form = BuiltInForm(entered)
    else:
        form = RoleForm(entered, id=role.id, alias=role.alias, based_on=role.based_on_id)
        form.based_on.choices = roles.sources(role, found, current_user)
    if entered is None:
        form.version.data = str(role.version)
    return form


def _basics(role: Role, form: BuiltInForm) -> list[tuple[str, str, str]]:
    if not isinstance(form, RoleForm):
        return []
    pairs = ((form.id, role.id), (form.alias, role.alias), (form.based_on, role.based_on_id))
    return [(str(field.label.text), field.data or "", now or "") for field, now in pairs]


def _page(
    role: Role,
    found: list[Role],
    *,
    form: BuiltInForm | None = None,
    cloning: CloneForm | None = None,
    compared: list[Any] | None = None,
) -> str:
    may_edit = policy.may_grant_through_role(current_user, frozenset())
    cloning = cloning or CloneForm(
        None, id=_free(f"{role.id}x", found), alias=_("%(role)s (copy)", role=called(role.alias))
    )
    q, changed = paging.searched(), request.args.get("shown") == "changed"
    entered = request.form if form is not None else None
    users = roles.user_counts(db.session()).get(role.id, 0)
    followers = [one for one in found if one.based_on_id == role.id]
    return render_template(
        "provider/roles/show.html", role=role, form=form or _form(role, found), cloning=cloning,
        compared=compared or [], q=q, changed=changed, gone=roles.gone(role), users=users, followers=followers,
        lineage=role.lineage()[1:], may_edit=may_edit, called=called,
        parts=roles.answers_of(role, current_user, q=q, changed=changed, entered=entered),
        may_clone=policy.may_grant_through_role(current_user, role.permissions),
        may_delete=may_edit
        and not (role.is_built_in or users or followers or deeds.directories_of(db.session(), role.id)),
    )  # fmt: skip


def _free(id: str, found: list[Role]) -> str:
    """Return the first ID that is free, with as many x behind it as that takes."""
    while any(role.id == id for role in found):
        id += "x"
    return id
