"""Staff: the provider's own people, their roles, invitations and access."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import func, select

from ...access import policy
from ...access.guard import requires
from ...access.permissions import PERMISSIONS
from ...access.roles import Role, called
from ...accounts import invitations, staff
from ...accounts.tokens import Purpose, Token
from ...accounts.users import User, UserRole
from ...database import db, now
from ...errors import Refused, Stale
from ...setup.users import account
from ...text import sort_key
from ...web import paging
from .. import finding
from ..forms.staff import ColleagueForm, RolesForm

bp = Blueprint("provider_staff", __name__, url_prefix="/provider/staff")


@bp.get("/")
@requires("access.read")
def index() -> Any:
    """All colleagues."""
    q = paging.searched()
    role_ids = select(func.aggregate_strings(UserRole.role_id, " ")).where(UserRole.user_id == User.id)
    statement = select(
        User.id, User.name, User.email, User.username, User.has_joined.label("has_joined"), User.disabled_at,
        User.invited_at, User.last_sign_in_at, role_ids.scalar_subquery().label("role_ids"),
        _expires().label("expires_at"),
    ).where(User.seen_by(current_user), User.portal_role.is_(None))  # fmt: skip
    for word in sort_key(q).split()[:8]:
        statement = statement.where(
            User.name_key.contains(word, autoescape=True) | User.email_key.contains(word, autoescape=True)
        )
    page = paging.page(db.session(), statement, id=User.id, keys=[User.name_key])
    aliases = {role.id: called(role.alias) for role in db.session.execute(select(Role.id, Role.alias))}
    return render_template("provider/staff/index.html", page=page, q=q, aliases=aliases, now=now())


def _expires() -> Any:
    return (
        select(func.max(Token.expires_at))
        .where(Token.user_id == User.id, Token.purpose == Purpose.INVITATION, Token.used_at.is_(None))
        .scalar_subquery()
    )


@bp.route("/new", methods=["GET", "POST"])
@requires("access.read", act="access.users")
def new() -> Any:
    """Invite a colleague."""
    session = db.session()
    offered = staff.givable(session, current_user)
    form, status = ColleagueForm(), 200
    form.offer(offered)
    if form.validate_on_submit():
        try:
            user = staff.invite(
                session, name=form.name.data or "", email=form.email.data or "",
                role_ids=form.roles.data or [], by=current_user,
            )  # fmt: skip
            session.commit()
        except Refused as refused:
            session.rollback()
            status = form.refuse(refused)
        else:
            flash(_("%(name)s gets a mail with the invitation.", name=user.name))
            return redirect(url_for(".show", user_id=user.id))
    elif form.is_submitted():
        status = 422
    return render_template("provider/staff/new.html", form=form, sentences=_sentences(offered)), status


def _sentences(offered: list[Any]) -> dict[str, str]:
    """Return what each role opens, in a few words."""
    found = {}
    for role in offered:
        titles = [str(PERMISSIONS[name].title) for name in sorted(role.permissions)]
        found[role.id] = ", ".join(titles) if titles else _("Grants nothing.")
    return found


@bp.get("/<uuid:user_id>")
@requires("access.read")
def show(user_id: uuid.UUID) -> Any:
    """One colleague, and their roles as a form for who manages staff."""
    return _page(finding.colleague(user_id))


@bp.post("/<uuid:user_id>/roles")
@requires("access.read", act="access.users")
def give_roles(user_id: uuid.UUID) -> Any:
    """Give and take roles."""
    session, user = db.session(), finding.colleague(user_id)
    if not policy.may_manage_staff(current_user, user):
        abort(403)
    form = RolesForm()
    form.offer(staff.givable(session, current_user))
    status, compared = 422, []
    if form.validate_on_submit():
        try:
            if not form.roles.data and user.role_ids <= {id for id, *_rest in form.roles.iter_choices()}:
                raise Refused(_("Choose at least one role."), field="roles")
            form.check_version(user)
            if _is_mapped(user):
                raise Refused(_("The directory decides on these roles."), field="roles")
            staff.give_roles(session, user, form.roles.data or [], by=current_user)
            session.commit()
        except Refused as refused:
            session.rollback()
            status = form.refuse(refused)
            if isinstance(refused, Stale):
                form.version.data = str(user.version)
                compared = [
                    (label, _says(id in (form.roles.data or ())), _says(id in user.role_ids))
                    for id, label in form.roles.choices
                ]
        else:
            flash(_("Saved. The roles of %(name)s hold from their next click.", name=user.name))
            return redirect(url_for(".show", user_id=user_id))
    return _page(user, form, compared), status


@bp.post("/<uuid:user_id>/disablement")
@requires("access.read", act="access.users")
def disable(user_id: uuid.UUID) -> Any:
    """End a colleague's access."""
    user = finding.colleague(user_id)
    staff.disable(db.session(), user, by=current_user)
    return _done(user, _("%(name)s is disabled and signed out.", name=user.name))


@bp.post("/<uuid:user_id>/enablement")
@requires("access.read", act="access.users")
def enable(user_id: uuid.UUID) -> Any:
    """Give a colleague their access back."""
    user = finding.colleague(user_id)
    user.enable(by=current_user)
    return _done(user, _("%(name)s can sign in again.", name=user.name))


@bp.post("/<uuid:user_id>/invitation")
@requires("access.read", act="access.users")
def invite(user_id: uuid.UUID) -> Any:
    """Send the invitation again."""
    user = finding.colleague(user_id)
    invitations.send(db.session(), user, by=current_user)
    return _done(
        user, _("A new invitation is on its way to %(email)s; the earlier link no longer works.", email=user.email)
    )


@bp.post("/<uuid:user_id>/invitation/cancellation")
@requires("access.read", act="access.users")
def cancel(user_id: uuid.UUID) -> Any:
    """Take the invitation back."""
    user = finding.colleague(user_id)
    user.withdraw_invitation(by=current_user)
    db.session.commit()
    flash(_("The invitation of %(name)s is cancelled.", name=user.name))
    return redirect(url_for(".index"))


def _is_mapped(user: User) -> bool:
    """Tell whether the directory an account comes from decides on its roles."""
    return "roles" in account.owned(db.session(), user)


def _done(user: User, sentence: str) -> Any:
    db.session.commit()
    flash(sentence)
    return redirect(url_for(".show", user_id=user.id))


def _says(flag: bool) -> str:
    return str(_("Yes") if flag else _("No"))


def _page(user: User, form: RolesForm | None = None, compared: list[Any] | None = None) -> str:
    session = db.session()
    offered = staff.givable(session, current_user)
    if form is None:
        form = RolesForm(formdata=None)
        form.offer(offered)
        form.version.data = str(user.version)
        form.roles.data = [role.id for role in offered if role.id in user.role_ids]
    names = {role.id: role for role in staff.roles(session)}
    return render_template(
        "provider/staff/show.html", person=user, form=form, compared=compared or [], sentences=_sentences(offered),
        may_manage=policy.may_manage_staff(current_user, user), is_mapped=_is_mapped(user),
        roles=[called(names[id].alias) for id in sorted(user.role_ids)],
        kept=[called(names[id].alias) for id in sorted(user.role_ids - {role.id for role in offered})],
        expires_at=session.scalar(select(_expires()).where(User.id == user.id)), now=now(),
    )  # fmt: skip
