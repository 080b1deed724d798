"""The account itself: what a program's credential stands for, its own settings, and a program to use one with."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, current_app, send_file
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm.exc import StaleDataError

from ...access import policy
from ...access.guard import Withheld, public, requires, signed_in
from ...accounts import personal
from ...accounts.personal import Personal
from ...accounts.signed_in import SignedIn, reader_of
from ...accounts.users import User
from ...database import db
from .. import bodies, etags
from ..checking import check
from ..collections.personal import OWN, settings, wish
from .collections import acceptable, answer_one, named

bp = Blueprint("api_account", __name__)
MUTING = ("is_muted", "muted_from", "muted_until")


@bp.get("/api/v1/account", strict_slashes=False)
@signed_in
def show() -> Response:
    """Tell who the credential stands for, everything they may do, and their settings."""
    acceptable()
    return answer_one(_object(current_user, _user()))


@bp.patch("/api/v1/account", strict_slashes=False)
@requires("general.edit_profile", refusal=403)
def change() -> Response:
    """Change one's own settings, as far as the profile lets one."""
    acceptable()
    body, session, user = bodies.json_object(), db.session(), _user()
    found, values = _object(current_user, user), check(OWN, body, is_whole=False)
    etags.check(found, body)
    present = Personal.of(user)
    wanted = wish(present, values)
    _check_roles(present, wanted)
    try:
        with named():
            personal.choose(session, user, wanted, by=current_user)
            session.flush()
    except StaleDataError:
        session.rollback()
        raise etags.late(_object(current_user, _user()), body) from None
    found = _object(reader_of(session, user.id) or current_user, user)
    session.commit()
    return answer_one(found)


@bp.get("/api/v1/downtime")
@public
def downtime() -> Response:
    """Give the command that sets and removes downtimes."""
    path = Path(current_app.root_path).parent / "docs" / "downtime"
    return send_file(path, mimetype="text/x-python", as_attachment=True, max_age=3600)


def _check_roles(present: Personal, wanted: Personal) -> None:
    """Refuse what the profile would not offer, with a sentence."""
    if wanted.sees_only_own and not present.sees_only_own and "general.see_all" not in current_user.verbs:
        raise Withheld(_("You see only what you are a contact for as it is."))
    is_muting = any(getattr(present, name) != getattr(wanted, name) for name in MUTING)
    if is_muting and not policy.may_mute(current_user):
        raise Withheld(_("Your roles do not let you disable notifications."))


def _user() -> User:
    return db.session.get_one(User, current_user.id)


def _object(person: SignedIn, user: User) -> Mapping[str, Any]:
    return {
        "username": person.username, "name": person.name, "customer": person.customer_id,
        "is_machine": person.is_machine, "permissions": sorted(person.verbs), **settings(user),
    }  # fmt: skip
