"""A customer's people, as staff see and edit them: the list, one person, a new one."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from ...access import policy
from ...access.guard import requires
from ...access.rights import PortalRole
from ...accounts import chronicle, invitations
from ...accounts.tokens import Purpose, Token
from ...accounts.users import UserState, offered_rights
from ...audit.models import Event
from ...audit.sentences import RIGHTS, ROLES
from ...database import db, now
from ...errors import Refused, Stale
from ...people import changes, listing
from ...people.forms import WHAT_RIGHTS_OPEN, WHAT_ROLES_OPEN, PersonForm
from ...web import paging
from .. import customers, finding
from ..forms.people import MoveForm

bp = Blueprint("provider_people", __name__, url_prefix="/provider/customers/<customer_id>/people")


@bp.get("/")
@requires("customers.read")
def index(customer_id: str) -> Any:
    """Everybody of the customer, invited ones too."""
    customer = finding.served(customer_id)
    offered = offered_rights(db.session(), customer_id)
    wish = listing.Wish.asked(offered)
    return render_template(
        "provider/people/index.html", customer=customer, wish=wish, offered=offered, roles=ROLES, rights=RIGHTS,
        page=listing.page(db.session(), current_user, customer_id, wish), states=listing.STATES,
        offered_options=[(right.value, RIGHTS[right]) for right in offered], address=paging.address,
    )  # fmt: skip


@bp.route("/new", methods=["GET", "POST"])
@requires("customers.read", act="customers.people")
def new(customer_id: str) -> Any:
    """Invite somebody of the customer."""
    customer, session = finding.open_served(customer_id), db.session()
    form, offered, status = PersonForm(), offered_rights(session, customer_id), 200
    form.offer(policy.assignable_roles(current_user), offered)
    if form.validate_on_submit():
        try:
            user = invitations.invite(
                session, name=form.name.data or "", email=form.email.data or "", customer_id=customer_id,
                role=PortalRole(form.role.data), rights=form.chosen_rights, offered=offered, by=current_user,
            )  # fmt: skip
            session.commit()
        except (Refused, IntegrityError) as error:
            session.rollback()
            status = form.refuse(_refusal(error))
        else:
            flash(_("The invitation to %(name)s is on its way.", name=user.name))
            return redirect(url_for(".show", customer_id=customer_id, user_id=user.id))
    elif form.is_submitted():
        status = 422
    return render_template(
        "provider/people/new.html", customer=customer, form=form,
        roles_open=WHAT_ROLES_OPEN, rights_open=WHAT_RIGHTS_OPEN,
    ), status  # fmt: skip


@bp.get("/<uuid:user_id>")
@requires("customers.read")
def show(customer_id: str, user_id: uuid.UUID) -> Any:
    """One person: what they may do, what happened with them, what can be done."""
    return page(customer_id, user_id, MoveForm(formdata=None))


@bp.route("/<uuid:user_id>/edit", methods=["GET", "POST"])
@requires("customers.read", act="customers.people")
def edit(customer_id: str, user_id: uuid.UUID) -> Any:
    """Change who somebody is and what they may do; a second editor sees both versions."""
    customer, session = finding.open_served(customer_id), db.session()
    user = finding.person(customer_id, user_id)
    if not policy.may_edit_person(current_user, user):
        abort(403)
    form, status = PersonForm(), 200
    conflict: dict[str, Any] = {"rows": [], "entries": []}
    offered = offered_rights(session, customer_id)
    form.offer(policy.assignable_roles(current_user, user), offered)
    form.fit(user)
    if not form.is_submitted():
        form.fill(user)
    elif not form.validate():
        status = 422
    else:
        try:
            form.check_version(user)
            effects = changes.apply(session, user, form, offered=offered, by=current_user)
            session.commit()
            flash(" ".join([_("%(name)s is saved.", name=user.name), *effects]))
            return redirect(url_for(".show", customer_id=customer_id, user_id=user_id))
        except (Stale, StaleDataError):
            session.rollback()
            status, user = 409, finding.person(customer_id, user_id)
            conflict = changes.conflict(session, user, form, offered=offered, reader=current_user)
            form.version.data = str(user.version)
        except (Refused, IntegrityError) as error:
            session.rollback()
            status, user = form.refuse(_refusal(error)), finding.person(customer_id, user_id)
    return render_template(
        "provider/people/edit.html", customer=customer, user=user, form=form, **conflict,
        roles_open=WHAT_ROLES_OPEN, rights_open=WHAT_RIGHTS_OPEN,
    ), status  # fmt: skip


def _refusal(error: Exception) -> Refused:
    if isinstance(error, Refused):
        return error
    return Refused(_("Somebody here already has this e-mail address."), field="email")


def page(customer_id: str, user_id: uuid.UUID, form: MoveForm) -> str:
    """Return the page of a person."""
    customer, session = finding.served(customer_id), db.session()
    person = listing.find(session, current_user, user_id)
    if person is None or person.customer_id != customer_id:
        abort(404)
    new_email = session.scalar(
        select(Token.email).where(
            Token.user_id == user_id, Token.purpose == Purpose.EMAIL, Token.used_at.is_(None), Token.expires_at > now()
        )
    )
    entries = []
    if "audit.read" in current_user.verbs:
        about = (Event.customer_id == customer_id) & or_(Event.subject_id == user_id, Event.actor_id == user_id)
        entries = chronicle.latest(session, about, reader=current_user)
    may_move = policy.may_move_person(current_user, person) and not person.is_of_directory and not customer.archived_at
    return render_template(
        "provider/people/show.html", customer=customer, person=person, new_email=new_email, entries=entries,
        offered=offered_rights(session, customer_id), rights=RIGHTS, form=form, may_move=may_move,
        customers=[pair for pair in customers.served(session) if pair[0] != customer_id] if may_move else [],
        is_super_user=person.portal_role is PortalRole.SUPER_USER,
        is_invited=person.state is UserState.INVITED, is_disabled=person.state is UserState.DISABLED,
        may_edit=policy.may_edit_person(current_user, person) and customer.archived_at is None,
        may_delete=policy.may_delete_person(current_user, person),
        may_invite=policy.may_invite_person(current_user, person),
    )  # fmt: skip
