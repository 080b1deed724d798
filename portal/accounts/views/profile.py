"""The own profile: name, e-mail address, language, time zone, and the password."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select

from ...access import policy
from ...access.guard import requires
from ...audit.models import record
from ...database import db, reading
from ...errors import Refused, TooMany
from ...text import fold
from .. import attributes, letters, own_pages, passwords, personal, session_rows, sessions, throttle
from ..forms import ChangePasswordForm, ProfileForm
from ..personal import Personal
from ..personal_form import form_of
from ..tokens import Purpose, Token
from ..users import User

bp = Blueprint("profile", __name__)


@bp.get("/profile")
@requires("general.edit_profile")
def show() -> Any:
    """Show what they may change about themselves."""
    form, user = _form(), _myself()
    form.show(Personal.of(user), user.attributes)
    for name in ("name", "email"):
        if name in form:
            form[name].data = getattr(user, name)
    return _page(form)


@bp.post("/profile")
@requires("general.edit_profile")
def save() -> Any:
    """Save; another e-mail address waits until it is confirmed."""
    form, user = _form(), _myself()
    if not form.validate_on_submit():
        return _page(form, 422)
    waiting = False
    try:
        if "name" in form:
            user.rename(form.name.data, by=current_user)
            waiting = letters.ask_email(db.session(), user, form.email.data, by=current_user)
        personal.choose(db.session(), user, form.personal(Personal.of(user)), by=current_user)
        attributes.choose_own(db.session(), user, form.attributes, by=current_user)
    except Refused as refusal:
        db.session.rollback()
        return _page(form, form.refuse(refusal))
    db.session.commit()
    flash(_("Saved."))
    if waiting:
        flash(_("Open the link we sent to %(email)s to confirm the address.", email=form.email.data), "info")
    return redirect(url_for("profile.show"))


@bp.post("/profile/email/cancellation")
@requires("general.edit_profile")
def cancel_email() -> Any:
    """Keep the present e-mail address after all."""
    token = _pending()
    if token is not None:
        db.session.delete(token)
        db.session.commit()
        flash(_("Your e-mail address stays %(email)s.", email=current_user.email))
    return redirect(url_for("profile.show"))


@bp.get("/profile/security")
@requires("general.edit_profile")
def security() -> Any:
    """Show how the account is protected."""
    changed = passwords.changed_at(db.session(), current_user.id)
    opened = session_rows.open_ones(db.session(), current_user.id)
    pages = own_pages.of(db.session(), current_user)
    return render_template("accounts/security.html", changed=changed, sessions=len(opened), pages=pages)


@bp.get("/profile/password")
@requires("general.edit_profile", "general.change_password")
def password() -> Any:
    """Ask for the present and the new password."""
    _keep_to_directory()
    return _password_page(ChangePasswordForm())


@bp.post("/profile/password")
@requires("general.edit_profile", "general.change_password")
def change_password() -> Any:
    """Change the password: every other browser is signed out, this one gets a new session."""
    _keep_to_directory()
    form = ChangePasswordForm()
    if not form.validate_on_submit():
        return _password_page(form, 422)
    tries = _try_old_password()
    with reading():
        known = db.session.scalar(select(User.password_hash).where(User.id == current_user.id))
        db.session.rollback()
    try:
        if not passwords.is_right(known, form.old_password.data):
            raise Refused(_("This is not your present password."), field="old_password")
        throttle.give_back(db.session(), tries)
        if form.new_password.data == form.old_password.data:
            raise Refused(_("This is your present password. Choose another one."), field="new_password")
        user = _myself()
        passwords.check(form.new_password.data, user, field="new_password")
    except Refused as refusal:
        db.session.commit()
        return _password_page(form, form.refuse(refusal))
    passwords.set_password(user, form.new_password.data)
    sessions.renew(db.session(), current_user, user)
    record(db.session(), "password.changed", by=current_user, customer_id=user.customer_id, subject_id=user.id)
    passwords.tell_changed(db.session(), user)
    db.session.commit()
    flash(_("Your password is changed. All other browsers are signed out."))
    return redirect(url_for("profile.security"))


def _keep_to_directory() -> None:
    if current_user.is_of_directory:
        raise Refused(_("Your password is kept by your company’s directory: change it there."))


def _try_old_password() -> list[uuid.UUID]:
    try:
        return throttle.try_password(fold(current_user.username), request.remote_addr or "")
    except TooMany as error:
        error.sentence = _("There were too many wrong passwords. Nothing was changed.")
        raise


def _myself() -> User:
    return db.session.get_one(User, current_user.id)


def _pending() -> Token | None:
    return Token.waiting(db.session(), current_user.id, Purpose.EMAIL)


def _form() -> Any:
    """Return the form with what is this person's to change."""
    known = [one for one in attributes.known_ones(db.session()) if one.is_editable]
    form = form_of(known, ProfileForm)()
    may_see_all = "general.see_all" in current_user.verbs or current_user.sees_only_own
    form.fit(_myself(), may_see_all=may_see_all, may_mute=policy.may_mute(current_user))
    return form


def _page(form: ProfileForm, status: int = 200) -> Any:
    pages = own_pages.of(db.session(), current_user)
    page = render_template("accounts/profile.html", form=form, pending=_pending(), pages=pages, person=_myself())
    return page, status


def _password_page(form: ChangePasswordForm, status: int = 200) -> Any:
    return render_template("accounts/password.html", form=form, shortest=passwords.SHORTEST), status
