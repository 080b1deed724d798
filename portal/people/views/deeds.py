"""What can be done to a person with one button: each a POST of its own."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from ...access import policy
from ...access.guard import requires
from ...accounts import invitations
from ...accounts.users import User
from ...database import db
from ..finding import colleague

bp = Blueprint("people_deeds", __name__)


@bp.post("/users/<uuid:id>/disablement")
@requires("people.read", "people.invite")
def disable(id: uuid.UUID) -> Any:
    """End somebody's access."""
    user = _editable(id)
    user.disable(by=current_user)
    db.session.commit()
    flash(_("%(name)s is disabled and was signed out everywhere.", name=user.name))
    return _back(id)


@bp.post("/users/<uuid:id>/enablement")
@requires("people.read", "people.invite")
def enable(id: uuid.UUID) -> Any:
    """Give access back."""
    user = _editable(id)
    user.enable(by=current_user)
    db.session.commit()
    if user.has_joined:
        flash(_("%(name)s can sign in again.", name=user.name))
    else:
        flash(_("%(name)s is enabled. Send the invitation again so that they can choose a password.", name=user.name))
    return _back(id)


@bp.post("/users/<uuid:id>/deletion")
@requires("people.read", "people.invite")
def delete(id: uuid.UUID) -> Any:
    """Delete the account; history keeps the name."""
    user = colleague(id)
    if not policy.may_delete_person(current_user, user):
        abort(403)
    user.delete(by=current_user)
    db.session.commit()
    flash(_("%(name)s is deleted.", name=user.name))
    return redirect(url_for("people.index"))


@bp.post("/users/<uuid:id>/invitation")
@requires("people.read", "people.invite")
def invite(id: uuid.UUID) -> Any:
    """Send the invitation once more; the earlier link stops working."""
    user = _invitable(id)
    invitations.send(db.session(), user, by=current_user)
    db.session.commit()
    flash(_("A new invitation to %(name)s is on its way. The earlier link no longer works.", name=user.name))
    return _back(id)


@bp.post("/users/<uuid:id>/invitation/cancellation")
@requires("people.read", "people.invite")
def cancel_invitation(id: uuid.UUID) -> Any:
    """Take the invitation back."""
    user = _invitable(id)
    user.withdraw_invitation(by=current_user)
    db.session.commit()
    flash(_("The invitation of %(name)s is cancelled; its link no longer works.", name=user.name))
    return redirect(url_for("people.index"))


def _editable(id: uuid.UUID) -> User:
    user = colleague(id)
    if not policy.may_edit_person(current_user, user):
        abort(403)
    return user


def _invitable(id: uuid.UUID) -> User:
    user = colleague(id)
    if not policy.may_invite_person(current_user, user):
        abort(403)
    return user


def _back(id: uuid.UUID) -> Any:
    """Return to where the button stood: the list or the person's page."""
    if request.form.get("back") == "list":
        return redirect(url_for("people.index"))
    return redirect(url_for("people.show", id=id))
