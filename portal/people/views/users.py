"""The list of colleagues, its export, and a person's page."""

from __future__ import annotations

import uuid

from flask import Blueprint, Response, abort, render_template
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from sqlalchemy import or_, select

from ...access import policy
from ...access.guard import requires
from ...access.rights import PortalRole
from ...accounts import chronicle
from ...accounts.tokens import Purpose, Token
from ...accounts.users import UserState
from ...audit.models import Event
from ...audit.sentences import RIGHTS, ROLES
from ...database import db, now
from ...records import export
from ...web import paging
from ...web.navigation import Entry, add
from .. import listing

bp = Blueprint("people", __name__)
add(Entry(_l("People"), "/users/", "people.read", section="company", order=10, icon="people"))


@bp.get("/users/")
@requires("people.read")
def index() -> str:
    """Everybody of the company, invited ones too."""
    offered = current_user.offered_rights
    wish = listing.Wish.asked(offered)
    page = listing.page(db.session(), current_user, current_user.customer_id, wish)
    return render_template(
        "people/index.html", page=page, wish=wish, offered=offered, roles=ROLES, columns=listing.COLUMNS,
        states=listing.STATES, offered_options=[(right.value, RIGHTS[right]) for right in offered],
        address=paging.address, acts=listing.acts, csv_url=paging.address().replace("/users/", "/users.csv", 1),
    )  # fmt: skip


@bp.get("/users.csv")
@requires("people.read")
def download() -> Response:
    """All rows of the filter."""
    offered = current_user.offered_rights
    rows = listing.every_row(db.session(), current_user, current_user.customer_id, listing.Wish.asked(offered))
    return export.answer("people", *listing.csv_rows(rows, offered))


@bp.get("/users/<uuid:id>")
@requires("people.read")
def show(id: uuid.UUID) -> str:
    """One person: what they may do, what happened with them, what can be done."""
    session = db.session()
    person = listing.find(session, current_user, id)
    if person is None:
        abort(404)
    new_email = session.scalar(
        select(Token.email).where(
            Token.user_id == id, Token.purpose == Purpose.EMAIL, Token.used_at.is_(None), Token.expires_at > now()
        )
    )
    about = (Event.customer_id == current_user.customer_id) & or_(Event.subject_id == id, Event.actor_id == id)
    entries = chronicle.latest(session, about, reader=current_user)
    return render_template(
        "people/show.html", person=person, new_email=new_email, entries=entries, rights=RIGHTS,
        offered=current_user.offered_rights, is_self=id == current_user.id,
        is_super_user=person.portal_role is PortalRole.SUPER_USER,
        is_invited=person.state is UserState.INVITED, is_disabled=person.state is UserState.DISABLED,
        may_edit=policy.may_edit_person(current_user, person),
        may_delete=policy.may_delete_person(current_user, person),
        may_invite=policy.may_invite_person(current_user, person),
    )  # fmt: skip
