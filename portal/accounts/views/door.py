"""The door: signing in and out."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select

from ...access import policy
from ...access.guard import public
from ...audit.sentences import ROLES
from ...customers.models import Customer
from ...database import begin_writing, db, reading, separate
from ...errors import TooMany
from ...web.paths import local_path
from .. import lookup, outside, passwords, sessions, throttle
from ..forms import SignInForm
from ..lookup import account_of, key_of
from ..users import User

bp = Blueprint("door", __name__)


@bp.get("/login")
@public
def login() -> Any:
    """Ask who it is."""
    if current_user.is_authenticated:
        return redirect(_onward(request.args.get("next")))
    return _page(SignInForm(data={"next": request.args.get("next", "")}))


@bp.post("/login")
@public
def sign_in() -> Any:
    """Let in whoever knows the password; one answer for everybody else."""
    form = SignInForm()
    if not form.validate_on_submit():
        return _page(form, 422)
    try:
        if _admit(form.username.data, form.password.data, remember=form.remember.data):
            return redirect(_onward(form.next.data))
        form.form_errors = [_("The name or the password is not right.")]
    except outside.Unreachable:
        form.form_errors = [
            _("The name or the password is not right, or the directory that knows does not answer now.")
        ]
    return _page(form, 422)


@bp.get("/<string:site>/check_mk/login.py")
@public
def sign_in_by_address(site: str) -> Any:
    """Sign a screen on a wall in and lead it on, as an address for Checkmk says; else ask who it is.

    Seed of user management, section 9. Only where the operator allows it: an address stands in many logs.
    """
    given, onward = request.args, local_path(request.args.get("_origtarget"), but=("/login", "/logout"))
    onward = onward if onward != "/" else url_for("old_addresses.dashboard", site=site)
    if current_user.is_authenticated:
        return redirect(onward)
    if current_app.config["SIGN_IN_BY_ADDRESS"] and given.get("_login") == "1":
        begin_writing()
        if _admit(given.get("_username", ""), given.get("_password", ""), by_address=True):
            return redirect(onward)
    page, status = _page(SignInForm(data={"next": onward}))
    return page, status, {"Referrer-Policy": "no-referrer"}


@bp.get("/logout")
@public
def logout() -> Any:
    """Ask whether to sign out."""
    if not current_user.is_authenticated:
        return redirect(url_for("door.login"))
    return render_template("accounts/logout.html")


@bp.post("/logout")
@public
def sign_out() -> Any:
    """Sign out, and go on to where the form says."""
    if current_user.is_authenticated:
        sessions.stop(db.session(), current_user)
        db.session.commit()
        flash(_("You are signed out."))
    onward = local_path(request.form.get("next"))
    return redirect(onward if onward != "/" else url_for("door.login"))


def _admit(typed: str, password: str, *, remember: bool = False, by_address: bool = False) -> bool:
    """Check name and password and start a session. Takes the same time for names nobody has.

    `by_address`: only for those who may, and a session that opens monitoring alone.
    """
    with reading():
        account = account_of(db.session(), typed)
        db.session.rollback()
    name = account.username_key if account else key_of(typed)
    try:
        tries = throttle.try_password(name, request.remote_addr or "")
    except TooMany as error:
        error.sentence = _(
            "There were too many wrong passwords for this name or from where you are. Wait five minutes, "
            "or choose a new password by mail."
        )
        raise
    if passwords.is_right(account.password_hash if account else None, password):
        user_id, password_hash = account.id, account.password_hash
    else:
        user_id, password_hash = _known_outside(typed, password, account, tries), None
    user = db.session.get(User, user_id) if user_id else None
    if user is None:
        return False
    if by_address and not _may_by_address(user):
        db.session.rollback()
        return False
    if user.password_hash != password_hash or not sessions.start(
        db.session(), user, remember=remember, only_monitoring=by_address
    ):
        db.session.rollback()
        return False
    if password_hash:
        passwords.renew_hash(user, password)
    throttle.give_back(db.session(), tries)
    throttle.forgive(db.session(), name)
    db.session.commit()
    return True


def _may_by_address(user: User) -> bool:
    person = sessions.reader_of(db.session(), user.id)
    return person is not None and not person.is_machine and policy.may_sign_in_by_address(person)


def _known_outside(typed: str, password: str, account: Any, tries: list[uuid.UUID]) -> uuid.UUID | None:
    """Return who it is by a password that the portal does not keep; raise Unreachable, with no wrong try counted.

    Of somebody with a password of the portal's own, or whom it does not let in, the name alone is looked for: it is to
    take as long as for others.
    """
    with reading():
        is_ours = lookup.is_ours(db.session(), typed)
        db.session.rollback()
    if account is not None:
        is_ours = account.password_hash is not None
    try:
        found = outside.check(typed, "" if is_ours else password, None if is_ours else account)
    except outside.Unreachable:
        if is_ours:
            return None
        with separate() as session:
            throttle.give_back(session, tries)
        raise
    return None if is_ours else found


def _onward(asked: str | None) -> str:
    """Return where somebody was going, else the page they chose to begin with."""
    onward = local_path(asked, but=("/login", "/logout"))
    return onward if onward != "/" else local_path(current_user.start_page, but=("/login", "/logout"))


def _page(form: SignInForm, status: int = 200) -> Any:
    page = render_template("accounts/login.html", form=form, cast=_cast(), demo_password=passwords.DEMO)
    return page, status


def _cast() -> list[tuple[str, list[tuple[str, str]]]]:
    """Return whoever still has the demo's password, as (company, [(username, role), …]); one look at an index."""
    rows = db.session.execute(
        select(Customer.name, User.username, User.portal_role)
        .outerjoin(Customer, Customer.id == User.customer_id)
        .where(User.password_is_demo, User.disabled_at.is_(None), User.archived_at.is_(None))
        .order_by(User.id)
        .limit(20)
    )
    people: dict[str, list[tuple[str, str]]] = {}
    for company, username, role in rows:
        people.setdefault(company or _("Global"), []).append((username, str(ROLES[role]) if role else _("Staff")))
    return list(people.items())
