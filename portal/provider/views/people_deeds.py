"""What staff can do to a customer's person with one button: each a POST of its own."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, abort, flash, redirect, url_for
from flask_babel import gettext as _
from flask_login import current_user

from ...access import policy
from ...access.guard import requires
from ...accounts import invitations
from ...accounts.users import User
from ...database import db
from ...errors import Refused
from .. import finding
from ..forms.people import MoveForm
from . import people

bp = Blueprint("provider_people_deeds", __name__, url_prefix="/provider/customers/<customer_id>/people/<uuid:user_id>")


@bp.post("/disablement")
@requires("customers.read", act="customers.people")
def disable(customer_id: str, user_id: uuid.UUID) -> Any:
    """End somebody's access; a super user stays super user."""
    user = _person(customer_id, user_id, policy.may_edit_person)
    user.disable(by=current_user)
    return _done(user, _("%(name)s is disabled and was signed out everywhere.", name=user.name))


@bp.post("/enablement")
@requires("customers.read", act="customers.people")
def enable(customer_id: str, user_id: uuid.UUID) -> Any:
    """Give access back."""
    user = _person(customer_id, user_id, policy.may_edit_person)
    user.enable(by=current_user)
    return _done(user, _("%(name)s can sign in again.", name=user.name) if user.has_joined else _("Enabled."))


@bp.post("/deletion")
@requires("customers.read", act="customers.people")
def delete(customer_id: str, user_id: uuid.UUID) -> Any:
    """Delete the account; never the super user's."""
    user = _person(customer_id, user_id, policy.may_delete_person)
    user.delete(by=current_user)
    return _gone(customer_id, _("%(name)s is deleted.", name=user.name))


@bp.post("/invitation")
@requires("customers.read")
def invite(customer_id: str, user_id: uuid.UUID) -> Any:
    """Send the invitation once more; the earlier link stops working."""
    user = _person(customer_id, user_id, policy.may_invite_person)
    finding.open_served(customer_id)
    invitations.send(db.session(), user, by=current_user)
    return _done(
        user, _("A new invitation to %(name)s is on its way. The earlier link no longer works.", name=user.name)
    )


@bp.post("/invitation/cancellation")
@requires("customers.read")
def cancel_invitation(customer_id: str, user_id: uuid.UUID) -> Any:
    """Take the invitation back."""
    user = _person(customer_id, user_id, policy.may_invite_person)
    user.withdraw_invitation(by=current_user)
    sentence = _("The invitation of %(name)s is cancelled; its link no longer works.", name=user.name)
    return _gone(customer_id, sentence)


@bp.post("/move")
@requires("customers.read", act="customers.people")
def move(customer_id: str, user_id: uuid.UUID) -> Any:
    """Move to another customer: as a user without rights."""
    user, form, status = _person(customer_id, user_id, policy.may_move_person), MoveForm(), 422
    if form.validate_on_submit():
        try:
            target = finding.find_served(form.customer.data or "")
            if target is None or target.id == customer_id or target.archived_at is not None:
                raise Refused(_("There is no other active customer with this ID."), field="customer")
            user.move(target, by=current_user)
            db.session.commit()
        except Refused as refused:
            db.session.rollback()
            status = form.refuse(refused)
        else:
            flash(_("%(name)s belongs to %(company)s now.", name=user.name, company=target.name))
            return redirect(url_for("provider_people.show", customer_id=target.id, user_id=user_id))
    return people.page(customer_id, user_id, form), status


def _person(customer_id: str, user_id: uuid.UUID, may: Any) -> User:
    finding.served(customer_id)
    user = finding.person(customer_id, user_id)
    if not may(current_user, user):
        abort(403)
    return user


def _done(user: User, sentence: str) -> Any:
    db.session.commit()
    flash(sentence)
    return redirect(url_for("provider_people.show", customer_id=user.customer_id, user_id=user.id))


def _gone(customer_id: str, sentence: str) -> Any:
    db.session.commit()
    flash(sentence)
    return redirect(url_for("provider_people.index", customer_id=customer_id))
