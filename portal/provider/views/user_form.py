"""The form of a user: a new one, and one there is. Global is asked twice; a dice throws passwords and secrets."""

from __future__ import annotations

import dataclasses
import uuid
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from ...access import policy
from ...access.guard import requires
from ...access.roles import DEFAULT
from ...accounts import attributes, invitations, machines, passwords, staff
from ...accounts.personal_form import form_of
from ...accounts.users import User
from ...contacts.memberships import CONTACT_GROUPS
from ...customers.models import PROVIDER
from ...database import db
from ...errors import Forged, Refused, Stale
from ...seals import new_secret
from ...setup.forms import lookups
from ...setup.users import account, reach, release
from ...setup.users import groups as contact_groups
from ...setup.users.account import Account
from .. import customers
from ..forms.accounts import AccountForm
from . import users

bp = Blueprint("provider_user_form", __name__, url_prefix="/provider/access/users")
STALE = "Somebody else changed this meanwhile. Compare both versions and save again."


@bp.route("/new", methods=["GET", "POST"])
@requires("access.read", act="access.users")
def new() -> Any:
    """Add a user."""
    session = db.session()
    known = attributes.known_ones(session)
    form, status = form_of(known, AccountForm)(), 200
    form.offer(staff.givable(session, current_user), policy.assignable_roles(current_user))
    if not form.is_submitted():
        form.roles.data = [id for id, *_rest in form.roles.iter_choices() if id == DEFAULT]
    if request.form.get("dice"):
        _throw(form)
    elif form.is_submitted() and not form.validate():
        status = 422
    elif form.is_submitted():
        if form.makes_global and request.form.get("confirmed") != "global":
            return _ask(form, None)
        try:
            user, secret = _create(form)
            session.commit()
        except (Refused, IntegrityError) as error:
            session.rollback()
            status = form.refuse(_refusal(error))
        else:
            if secret:
                return users.page(user.id, secret=secret)
            flash(_("%(name)s is added.", name=user.name))
            if form.authentication.data == "invitation" and user.disabled_at is not None:
                flash(_("Nobody is invited as long as the account is disabled."), "info")
            return redirect(url_for("provider_users.show", user_id=user.id))
    return _page(form, known, None, []), status


@bp.route("/<uuid:user_id>/edit", methods=["GET", "POST"])
@requires("access.read", act="access.users")
def edit(user_id: uuid.UUID) -> Any:
    """Change a user; a second editor sees both versions."""
    session, user = db.session(), users.find(user_id)
    if not policy.may_edit_account(current_user, user):
        abort(403)
    known = attributes.known_ones(session)
    present = Account.of(session, user)
    form, status, compared = form_of(known, AccountForm)(), 200, []
    _fit(form, user)
    if request.form.get("dice"):
        _throw(form)
    elif not form.is_submitted():
        form.fill(present, user.version)
        if "as_file" in form:
            kept = machines.secret_of(session, user.id)
            form.as_file.data = kept is not None and kept.is_in_file
    elif not form.validate():
        status = 422
    else:
        if form.makes_global and user.customer_id is not None and request.form.get("confirmed") != "global":
            return _ask(form, user)
        try:
            form.check_version(user)
            waits, secret = _change(form, user, present)
            session.commit()
        except (Refused, IntegrityError, StaleDataError) as error:
            session.rollback()
            refusal = Stale(_(STALE)) if isinstance(error, StaleDataError) else _refusal(error)
            status, user = form.refuse(refusal), users.find(user_id)
            if isinstance(refusal, Stale):
                compared = _compared(form, present, Account.of(session, user))
                form.version.data = str(user.version)
        else:
            flash(_("%(name)s is saved.", name=user.name))
            if waits:
                flash(_("A new e-mail address counts once it is confirmed."), "info")
            if secret:
                return users.page(user.id, secret=secret)
            return redirect(url_for("provider_users.show", user_id=user_id))
    return _page(form, known, user, compared), status


def _create(form: AccountForm) -> tuple[User, str]:
    """Add the user and let them in as was chosen; return a machine's secret, to be shown once."""
    session, way = db.session(), form.authentication.data
    empty = Account(name="", customer_id=PROVIDER)
    user = account.create(
        session, form.wish(empty), username=form.username.data or "", is_machine=way == "secret", by=current_user
    )
    if way == "secret":
        return user, _give_secret(form, user)
    if way == "password":
        if not form.password.data:
            raise Refused(_("Choose a password."), field="password")
        _give_password(form, user)
    if way == "invitation" and user.disabled_at is None:
        invitations.send(session, user, by=current_user)
    return user, ""


def _change(form: AccountForm, user: User, present: Account) -> tuple[bool, str]:
    session = db.session()
    waits = account.change(session, user, form.wish(present), by=current_user)
    if "secret" in form and (form.secret.data or request.form.get("renew")):
        return waits, _give_secret(form, user)
    if "password" in form and form.password.data:
        _give_password(form, user)
    return waits, ""


def _give_password(form: AccountForm, user: User) -> None:
    session = db.session()
    if not account.may_set_secret(session, current_user, user):
        raise Forged(f"password of {user.id}")
    passwords.give(session, user, form.password.data or "", by=current_user)
    user.must_change_password = bool(form.must_change_password.data)


def _give_secret(form: AccountForm, user: User) -> str:
    session = db.session()
    if not account.may_set_secret(session, current_user, user):
        raise Forged(f"secret of {user.id}")
    return machines.set_secret(
        session, user, form.secret.data or None, by=current_user, as_file=bool(form.as_file.data)
    )


def _fit(form: AccountForm, user: User) -> None:
    """Take away what is not to be changed of this user, or not by this reader."""
    session, own = db.session(), user.id == current_user.id
    form.offer(account.givable(session, current_user, user), policy.assignable_roles(current_user, user))
    form.without("username", "authentication")
    if own:
        form.refuse_own_roles()
    if not (user.is_staff and release.may_release(session, current_user, user)):
        form.without("customer")
    if user.is_staff:
        form.without("portal_role")
    may_set = account.may_set_secret(session, current_user, user)
    form.without(*(("password", "must_change_password") if user.is_machine else ("secret", "as_file")))
    if not may_set:
        form.without("password", "secret", "as_file")
    if user.directory_id is not None:
        form.without("must_change_password")
    if not account.may_choose_email(session, current_user, user):
        form.without("email")
    form.without(*account.owned(session, user))
    form.kept_groups = contact_groups.mapped(session, user)


def _throw(form: AccountForm) -> None:
    """Throw a password, or a secret for a machine account, and show it; nothing is saved yet."""
    way = form.authentication.data if "authentication" in form else ""
    name = "secret" if "password" not in form or way == "secret" else "password"
    if name in form:
        form[name].data = new_secret()[:32]
        form[name].raw_data = [form[name].data]


def _refusal(error: Exception) -> Refused:
    if isinstance(error, Refused):
        return error
    return Refused(_("Somebody here already has this e-mail address."), field="email")


def _ask(form: AccountForm, user: User | None) -> str:
    """Say what Global means before it is done: a second submit does it."""
    session = db.session()
    if user is None and "setup.edit" not in current_user.verbs:
        raise Forged("a Global user")
    sites, more = reach.sites(session, None)
    sent = [(name, value) for name in request.form for value in request.form.getlist(name) if name != "csrf_token"]
    back = url_for("provider_users.show", user_id=user.id) if user else url_for("provider_users.index")
    return render_template(
        "provider/users/global.html", name=user.name if user else form.name.data, sites=sites, more=more, sent=sent,
        back=back,
    )  # fmt: skip


def _page(form: AccountForm, known: list[Any], user: User | None, compared: list[Any]) -> str:
    session = db.session()
    owned = account.owned(session, user) if user is not None else frozenset()
    held = contact_groups.held(session, user) if user is not None else []
    everybody = [("global", _("Global"))] if "setup.edit" in current_user.verbs else []
    return render_template(
        "provider/users/form.html", form=form, known=known, person=user, compared=compared, owned=owned,
        by_directory=[group.title for group in held if group.key in form.kept_groups],
        is_own=user is not None and user.id == current_user.id, shortest=passwords.SHORTEST,
        shortest_secret=machines.SHORTEST, groups=lookups.options(session, CONTACT_GROUPS, None),
        sites=lookups.options(session, "sites", None),
        customers=[*customers.options(session), *everybody],
    )  # fmt: skip


def _compared(form: AccountForm, before: Account, now: Account) -> list[tuple[str, str, str]]:
    """Return each field with what was entered and what stands now, where they differ from each other."""
    mine, rows = form.wish(before), []
    for part_mine, part_now in ((mine, now), (mine.personal, now.personal)):
        for one in dataclasses.fields(part_mine):
            field = {"sites": "sites", "groups": "groups", "customer_id": "customer"}.get(one.name, one.name)
            if field in form:
                label = str(form[field].label.text)
                rows.append((label, _say(getattr(part_mine, one.name)), _say(getattr(part_now, one.name))))
    rows += [
        (str(field.label.text), mine.attributes.get(id, ""), now.attributes.get(id, ""))
        for id, field in form.attribute_fields.items()
    ]
    return [row for row in rows if row[1] != row[2]] or rows[:1]


def _say(value: Any) -> str:
    if isinstance(value, bool):
        return str(_("Yes") if value else _("No"))
    if isinstance(value, frozenset):
        return ", ".join(sorted(value))
    return str(value if value is not None else "")
