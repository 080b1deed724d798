"""Users as the sites know them: whose they are, their contact groups, their site passwords. Who they are: elsewhere."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select

from ...access.guard import requires
from ...access.roles import DEFAULT, Role, called
from ...accounts import chronicle
from ...accounts import passwords as portal_passwords
from ...accounts.users import User
from ...audit.models import Event
from ...customers.elements import Release
from ...customers.models import PROVIDER
from ...database import db, reading
from ...errors import Refused, Stale
from ...records import export
from ...web import paging
from ..forms.users import ReleaseForm, SitePasswordForm, marks
from ..users import groups, listing, passwords, reach, release
from ..users.passwords import SitePassword

bp = Blueprint("setup_users", __name__, url_prefix="/provider/setup")


@bp.get("/users/")
@requires("setup.read")
def index() -> Any:
    """Every account, and what of it the sites have."""
    session, wish = db.session(), listing.Wish.asked()
    page, rows = listing.page(session, current_user, wish)
    return render_template(
        "setup/users/index.html", page=page, rows=rows, wish=wish, customers=listing.customers(session),
        groups=listing.contact_groups(session), states=listing.STATES,
        csv_url=paging.address().replace("/users/", "/users.csv", 1),
    )  # fmt: skip


@bp.get("/users.csv")
@requires("setup.read")
def download() -> Response:
    """All accounts of the filter."""
    return export.answer("users-of-sites", *listing.csv_rows(db.session(), current_user, listing.Wish.asked()))


@bp.get("/users/<uuid:user_id>")
@requires("setup.read")
def show(user_id: uuid.UUID) -> Any:
    """One person: what sites get of them, which sites those are, and what happened."""
    session, user = db.session(), _person(user_id)
    sites, more = reach.sites(session, user.customer_id)
    own = session.get(SitePassword, user.id)
    entries = []
    if "audit.read" in current_user.verbs:
        entries = chronicle.latest(session, Event.subject_id == user.id, reader=current_user)
    aliases = session.execute(select(Role.id, Role.alias).where(Role.id.in_(user.role_ids)))
    return render_template(
        "setup/users/show.html", person=user, sites=sites, more=more, held=groups.held(session, user), own=own,
        entries=entries, states=listing.STATES,
        company=release.describe(user.customer_id, user.customer.name if user.customer else None),
        roles=sorted(called(row.alias) for row in aliases) or [_default_role(session)],
        set_by=_name(own.set_by_id) if own and own.set_by_id else "",
        may_set_password=release.may_set_password(session, current_user, user),
    )  # fmt: skip


@bp.route("/users/<uuid:user_id>/edit", methods=["GET", "POST"])
@requires("setup.read", act="setup.edit")
def edit(user_id: uuid.UUID) -> Any:
    """Choose contact groups and, for the provider's own people, whose sites get them; Global is asked twice."""
    session, user = db.session(), _person(user_id)
    may_release = release.may_release(session, current_user, user)
    offered, is_cut = groups.offered(session, user.customer_id)
    held, mapped = groups.held(session, user), groups.mapped(session, user)
    kept = [group for group in held if group.key in mapped]
    offered += [group for group in held if group not in offered]
    offered = [group for group in offered if group.key not in mapped]
    form, status, compared = ReleaseForm(), 200, []
    form.offer(offered, customer=may_release, more=is_cut)
    if not form.is_submitted():
        form.version.data, form.groups.data = str(user.version), [group.key for group in held if group not in kept]
        if may_release:
            form.customer.data = user.customer_id or Release.GLOBAL.value
    elif not form.validate():
        status = 422
    else:
        try:
            form.check_version(user)
            keys = set(form.groups.data or ()) | groups.typed(form.more.data if "more" in form else "")
            keys |= {group.key for group in kept}
            if form.makes_global and user.customer_id is not None and form.confirmed.data != Release.GLOBAL:
                return _confirm(user, form, offered, keys)
            _save(user, form, keys)
        except Refused as refusal:
            session.rollback()
            status, user = form.refuse(refusal), _person(user_id)
            if isinstance(refusal, Stale):
                compared = _compared(form, user, offered)
                form.version.data = str(user.version)
        else:
            return redirect(url_for(".show", user_id=user_id))
    return render_template(
        "setup/users/edit.html", person=user, form=form, compared=compared,
        sentences=marks(offered, is_global=user.customer_id is None), kept=kept,
    ), status  # fmt: skip


@bp.route("/users/<uuid:user_id>/site-password", methods=["GET", "POST"])
@requires("setup.read", act="setup.edit")
def password(user_id: uuid.UUID) -> Any:
    """Set somebody's site password."""
    form, status = SitePasswordForm(), 200
    with reading():
        user = _whose_password(user_id)
        if form.is_submitted():
            status = _check(form, user)
        page = render_template(
            "setup/users/password.html", person=user, form=form, shortest=portal_passwords.SHORTEST,
            longest=passwords.MOST_BYTES,
        )  # fmt: skip
        db.session.rollback()
    if status != 302:
        return page, status
    hashed = passwords.hash_of(form.password.data or "")
    user = _whose_password(user_id)
    passwords.put(db.session(), user, hashed, by=current_user)
    db.session.commit()
    flash(
        _("%(name)s has a new site password. It is published at once; a site has it when it next asks.", name=user.name)
    )
    return redirect(url_for(".show", user_id=user_id))


@bp.post("/users/<uuid:user_id>/site-password/removal")
@requires("setup.read", act="setup.edit")
def remove_password(user_id: uuid.UUID) -> Any:
    """Take somebody's site password away."""
    user = _whose_password(user_id)
    passwords.remove(db.session(), user, by=current_user)
    db.session.commit()
    flash(_("%(name)s has no site password any more.", name=user.name))
    return redirect(url_for(".show", user_id=user_id))


def _person(user_id: uuid.UUID) -> User:
    found = db.session.scalar(User.visible_to(current_user).where(User.id == user_id))
    if found is None:
        abort(404)
    return found


def _whose_password(user_id: uuid.UUID) -> User:
    user = _person(user_id)
    if not release.may_set_password(db.session(), current_user, user):
        abort(403)
    return user


def _check(form: SitePasswordForm, user: User) -> int:
    if not form.validate():
        return 422
    try:
        passwords.check(form.password.data or "", user)
    except Refused as refusal:
        return form.refuse(refusal)
    return 302


def _save(user: User, form: ReleaseForm, keys: set[str]) -> None:
    session = db.session()
    groups.choose(session, user, keys, by=current_user)
    if "customer" in form:
        release.release(session, user, None if form.makes_global else PROVIDER, by=current_user)
    session.commit()
    flash(_("Saved. What changed waits for activation; who left a site is taken off it at once."))


def _confirm(user: User, form: ReleaseForm, offered: list[groups.Group], keys: set[str]) -> str:
    """Say what Global means before it is done: a second submit does it."""
    session = db.session()
    sites, more = reach.sites(session, None)
    leaving = [group.title for group in offered if group.key in keys and group.company != _("Global")]
    return render_template(
        "setup/users/global.html", person=user, form=form, sites=sites, more=more, leaving=leaving,
        has_password=session.get(SitePassword, user.id) is not None,
    )  # fmt: skip


def _compared(form: ReleaseForm, user: User, offered: list[groups.Group]) -> list[tuple[str, str, str]]:
    titles = {group.key: group.title for group in offered}
    mine = ", ".join(sorted(titles[key] for key in form.groups.data or ()))
    theirs = ", ".join(group.title for group in groups.held(db.session(), user) if group.key in titles)
    rows = [(_("Contact groups"), mine, theirs)]
    if "customer" in form:
        names = {key: str(label) for key, label, *_rest in form.customer.iter_choices()}
        now = user.customer_id or Release.GLOBAL.value
        rows.insert(0, (_("Customer"), names[form.customer.data], names[now]))
    return rows


def _default_role(session: Any) -> str:
    alias = session.scalar(select(Role.alias).where(Role.id == DEFAULT))
    return called(alias or DEFAULT)


def _name(user_id: uuid.UUID) -> str:
    return db.session.scalar(select(User.name).where(User.id == user_id)) or ""
