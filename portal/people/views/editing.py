"""Inviting people, one or many, and changing what they may do."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from ...access import policy
from ...access.guard import requires
from ...access.rights import PortalRole
from ...accounts import invitations
from ...accounts.users import User
from ...database import db
from ...errors import Refused, Stale
from .. import changes, many
from ..finding import colleague
from ..forms import WHAT_RIGHTS_OPEN, WHAT_ROLES_OPEN, ManyForm, PersonForm

bp = Blueprint("people_editing", __name__)


@bp.route("/users/new", methods=["GET", "POST"])
@requires("people.read", "people.invite")
def new() -> Any:
    """Invite one person by mail."""
    form, offered, status = PersonForm(), current_user.offered_rights, 200
    form.offer(policy.assignable_roles(current_user), offered)
    if form.is_submitted():
        status = 422
        if form.validate():
            try:
                user = invitations.invite(
                    db.session(), name=form.name.data, email=form.email.data, customer_id=current_user.customer_id,
                    role=PortalRole(form.role.data), rights=form.chosen_rights, offered=offered, by=current_user,
                )  # fmt: skip
                db.session.commit()
            except Refused as refused:
                db.session.rollback()
                status = form.refuse(refused)
            except IntegrityError:
                db.session.rollback()
                status = form.refuse(Refused(_("Somebody here already has this e-mail address."), field="email"))
            else:
                flash(_("The invitation to %(name)s is on its way.", name=user.name))
                return redirect(url_for("people.show", id=user.id))
    return _form_page("people/new.html", form), status


@bp.route("/users/invite-many", methods=["GET", "POST"])
@requires("people.read", "people.invite")
def invite_many() -> Any:
    """Invite several people by mail, all or none."""
    form, offered, lines, status = ManyForm(), current_user.offered_rights, [], 200
    form.offer(policy.assignable_roles(current_user), offered)
    if form.is_submitted():
        status = 422
        if form.validate():
            try:
                lines = many.invite(
                    db.session(), form.people.data or "", customer_id=current_user.customer_id,
                    role=PortalRole(form.role.data), rights=form.chosen_rights, offered=offered, by=current_user,
                )  # fmt: skip
                if not any(line.problem for line in lines):
                    db.session.commit()
                    flash(
                        ngettext(
                            "%(num)d invitation is on its way.", "%(num)d invitations are on their way.", len(lines)
                        )
                    )
                    return redirect(url_for("people.index", state="invited"))
                db.session.rollback()
            except Refused as refused:
                db.session.rollback()
                status = form.refuse(refused)
    return _form_page(
        "people/invite_many.html", form, lines=lines, wrong=[line for line in lines if line.problem]
    ), status


@bp.route("/users/<uuid:id>/edit", methods=["GET", "POST"])
@requires("people.read", "people.invite")
def edit(id: uuid.UUID) -> Any:
    """Change who somebody is and what they may do; a second editor sees both versions."""
    user = colleague(id)
    if user.id == current_user.id and request.method == "GET":
        return redirect("/profile")
    if not policy.may_edit_person(current_user, user):
        abort(403)
    form, status, conflict = PersonForm(), 200, False
    form.offer(policy.assignable_roles(current_user, user), current_user.offered_rights)
    form.fit(user)
    if not form.is_submitted():
        form.fill(user)
    elif not form.validate():
        status = 422
    else:
        try:
            form.check_version(user)
            effects = changes.apply(db.session(), user, form, offered=current_user.offered_rights, by=current_user)
            db.session.commit()
            flash(" ".join([_("%(name)s is saved.", name=user.name), *effects]))
            return redirect(url_for("people.show", id=id))
        except (Stale, StaleDataError):
            db.session.rollback()
            status, conflict, user = 409, True, colleague(id)
            form.version.data = str(user.version)
        except Refused as refused:
            db.session.rollback()
            status, user = form.refuse(refused), colleague(id)
        except IntegrityError:
            db.session.rollback()
            user = colleague(id)
            status = form.refuse(Refused(_("Somebody here already has this e-mail address."), field="email"))
    return _form_page("people/edit.html", form, user=user, **_conflict(form, user, is_stale=conflict)), status


def _conflict(form: PersonForm, user: User, *, is_stale: bool) -> dict[str, Any]:
    if not is_stale:
        return {"rows": [], "entries": []}
    return changes.conflict(db.session(), user, form, offered=current_user.offered_rights, reader=current_user)


def _form_page(template: str, form: Any, **context: Any) -> str:
    return render_template(template, form=form, roles_open=WHAT_ROLES_OPEN, rights_open=WHAT_RIGHTS_OPEN, **context)
