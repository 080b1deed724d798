"""All users: the list, its export, one user, and what can be done to one with a button."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from ...access import policy
from ...access.guard import requires
from ...accounts import chronicle, invitations, machines
from ...accounts.attributes import known_ones
from ...accounts.users import User, UserState
from ...audit.models import Event
from ...database import db
from ...records import export
from ...setup.users import account, groups, reach
from ...setup.users.listing import contact_groups
from ...web import paging
from .. import customers
from ..users import listing, many

bp = Blueprint("provider_users", __name__, url_prefix="/provider/access")


@bp.get("/users/")
@requires("access.read")
def index() -> Any:
    """Every user, as far as the reader may know of them."""
    session, wish = db.session(), listing.Wish.asked()
    aliases = listing.role_aliases(session)
    page, rows = listing.page(session, current_user, wish, aliases)
    return render_template(
        "provider/users/index.html", page=page, rows=rows, wish=wish, aliases=aliases, states=listing.STATES,
        kinds=listing.KINDS, customers=[("global", _("Global")), *customers.options(session)], acts=many.ACTS,
        groups=contact_groups(session) if "access.users" in current_user.verbs else [],
        more=listing.shown_attributes(session), csv_url=paging.address().replace("/users/", "/users.csv", 1),
    )  # fmt: skip


@bp.get("/users.csv")
@requires("access.read")
def download() -> Response:
    """All users of the filter."""
    session = db.session()
    found = listing.csv_rows(
        session, current_user, listing.Wish.asked(), listing.role_aliases(session), listing.shown_attributes(session)
    )
    return export.answer("users", *found)


@bp.get("/users/<uuid:user_id>")
@requires("access.read")
def show(user_id: uuid.UUID) -> Any:
    """One user, in the five sections of their form."""
    return page(user_id)


def page(user_id: uuid.UUID, *, secret: str = "") -> str:
    """Return the page of a user; `secret` is shown once."""
    session = db.session()
    user = find(user_id)
    row = listing.find(session, current_user, user_id, listing.role_aliases(session))
    assert row is not None
    sites, more = reach.sites(session, user.customer_id)
    kept = machines.secret_of(session, user.id) if user.is_machine else None
    entries = []
    if "audit.read" in current_user.verbs:
        entries = chronicle.latest(session, Event.subject_id == user.id, reader=current_user)
    return render_template(
        "provider/users/show.html", person=user, row=row, held=groups.held(session, user), sites=sites, more=more,
        known=known_ones(session), secret=secret, entries=entries,
        kept=kept, secret_file=f"{machines.FOLDER}/{machines.path_of(user).name}" if kept and kept.is_in_file else "",
        may_edit=policy.may_edit_account(current_user, user),
        may_access=policy.may_edit_access(current_user, user),
        may_delete=policy.may_remove_account(current_user, user),
        may_invite=user.state is UserState.INVITED and policy.may_invite_person(current_user, user),
    )  # fmt: skip


@bp.post("/users/<uuid:user_id>/disablement")
@requires("access.read", act="access.users")
def disable(user_id: uuid.UUID) -> Any:
    """End somebody's sign-in; their notifications continue."""
    user = find(user_id)
    account.disable(db.session(), user, by=current_user)
    return _done(user, _("%(name)s is disabled and signed out. Notifications are not affected.", name=user.name))


@bp.post("/users/<uuid:user_id>/enablement")
@requires("access.read", act="access.users")
def enable(user_id: uuid.UUID) -> Any:
    """Give somebody their sign-in back."""
    user = find(user_id)
    if not policy.may_edit_access(current_user, user):
        abort(403)
    user.enable(by=current_user)
    return _done(user, _("%(name)s is enabled.", name=user.name))


@bp.post("/users/<uuid:user_id>/deletion")
@requires("access.read", act="access.users")
def delete(user_id: uuid.UUID) -> Any:
    """Delete an account."""
    user = find(user_id)
    account.delete(db.session(), user, by=current_user)
    db.session.commit()
    flash(_("%(name)s is deleted.", name=user.name))
    return redirect(url_for(".index"))


@bp.post("/users/<uuid:user_id>/invitation")
@requires("access.read", act="access.users")
def invite(user_id: uuid.UUID) -> Any:
    """Send the invitation, once more too."""
    user = find(user_id)
    invitations.send(db.session(), user, by=current_user)
    return _done(user, _("The invitation to %(name)s is on its way.", name=user.name))


def find(user_id: uuid.UUID) -> User:
    """Return a user the reader may see; a 404 otherwise."""
    user = account.find(db.session(), current_user, user_id)
    if user is None:
        abort(404)
    return user


def _done(user: User, sentence: str) -> Any:
    db.session.commit()
    flash(sentence)
    return redirect(url_for(".show", user_id=user.id))
