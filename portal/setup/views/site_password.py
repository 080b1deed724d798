"""The own site password: what one signs in to one's monitoring sites with, apart from the portal's."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from sqlalchemy.orm import Session

from ...access.guard import requires
from ...accounts import own_pages, throttle
from ...accounts import passwords as portal_passwords
from ...accounts.own_pages import OwnPage
from ...accounts.users import User
from ...database import db, reading
from ...errors import Refused, TooMany
from ...text import fold
from ..forms.users import OwnSitePasswordForm, RemovalForm
from ..users import passwords, reach
from ..users.passwords import SitePassword

bp = Blueprint("site_password", __name__, url_prefix="/profile/site-password")


def is_there(session: Session, person: Any) -> bool:
    """Tell whether there is a site that a person's password could open."""
    if not person.is_staff:
        return "monitoring.own" in person.verbs
    return reach.has_any(session, person.customer_id)


own_pages.add(
    OwnPage(
        _l("Site password"),
        _l("What you sign in to monitoring sites with. The password of the portal never leaves the portal."),
        _l("Site password"),
        "/profile/site-password",
        is_there,
    )
)


@bp.get("")
@requires("general.edit_profile")
def show() -> Any:
    """Show whether there is one, and ask for another."""
    _must_be_there()
    return _page(OwnSitePasswordForm(), RemovalForm())


@bp.post("")
@requires("general.edit_profile")
def change() -> Any:
    """Set or change it; it reaches the sites at once."""
    _must_be_there()
    form = OwnSitePasswordForm()
    if not form.validate_on_submit():
        return _page(form, RemovalForm(formdata=None), 422)
    status = _prove(form)
    if status == 200:
        status = _choose(form)
    if status != 200:
        return _page(form, RemovalForm(formdata=None), status)
    hashed = passwords.hash_of(form.password.data or "")
    passwords.put(db.session(), _myself(), hashed, by=current_user)
    db.session.commit()
    flash(_("Your site password is set. It is published at once; a site has it when it next asks."))
    return redirect(url_for(".show"))


@bp.post("/removal")
@requires("general.edit_profile")
def remove() -> Any:
    """Take it away; nobody can sign in to a site with it any more."""
    _must_be_there()
    form = RemovalForm()
    if not form.validate_on_submit():
        return _page(OwnSitePasswordForm(formdata=None), form, 422)
    status = _prove(form)
    if status != 200:
        return _page(OwnSitePasswordForm(formdata=None), form, status)
    passwords.remove(db.session(), _myself(), by=current_user)
    db.session.commit()
    flash(_("You have no site password any more."))
    return redirect(url_for(".show"))


def _must_be_there() -> None:
    with reading():
        there = is_there(db.session(), current_user)
        db.session.rollback()
    if not there:
        abort(404)


def _prove(form: Any) -> int:
    """Check the portal's password, within the budget of tries; return 200, or 422 with the form marked."""
    try:
        tries = throttle.try_password(fold(current_user.username), request.remote_addr or "")
    except TooMany as error:
        error.sentence = _("There were too many wrong passwords. Nothing was changed.")
        raise
    with reading():
        known = _myself().password_hash
        db.session.rollback()
    if not portal_passwords.is_right(known, form.old_password.data):
        return int(form.refuse(Refused(_("This is not your password of the portal."), field="old_password")))
    throttle.give_back(db.session(), tries)
    db.session.commit()
    return 200


def _choose(form: OwnSitePasswordForm) -> int:
    """Check the new one; return 200, or 422 with the form marked."""
    chosen = form.password.data or ""
    with reading():
        user = _myself()
        try:
            passwords.check(chosen, user)
            if portal_passwords.is_right(user.password_hash, chosen):
                raise Refused(_("This is your password of the portal, which sites must not know."), field="password")
        except Refused as refusal:
            return form.refuse(refusal)
        finally:
            db.session.rollback()
    return 200


def _myself() -> User:
    return db.session.get_one(User, current_user.id)


def _page(form: OwnSitePasswordForm, removal: RemovalForm, status: int = 200) -> Any:
    with reading():
        session = db.session()
        sites, more = reach.sites(session, current_user.customer_id)
        page = render_template(
            "setup/users/own_password.html", form=form, removal=removal, own=session.get(SitePassword, current_user.id),
            sites=sites, more=more, shortest=portal_passwords.SHORTEST, longest=passwords.MOST_BYTES,
        )  # fmt: skip
        session.rollback()
    return page, status
