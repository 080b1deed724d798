"""Own notification rules, on the profile: the list, the form, their order."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from sqlalchemy import select

from ...access.guard import requires
from ...accounts import own_pages
from ...accounts.own_pages import OwnPage
from ...accounts.users import User
from ...customers.elements import Element
from ...database import db
from ...errors import Refused
from ...setup.forms.notification_rules import CANCEL, EVENTS
from ..forms.own_rules import OwnRuleForm
from ..notifications import book
from ..notifications.own_rules import OwnRule

bp = Blueprint("own_notifications", __name__, url_prefix="/profile/notifications")
own_pages.add(
    OwnPage(
        _l("Notification rules"),
        _l("Rules of your own about what you are told."),
        _l("See the rules"),
        "/profile/notifications/",
        lambda _session, person: book.WRITES_RULES in person.verbs,
    )
)


@bp.get("/")
@requires("general.edit_notifications")
def index() -> Any:
    """List one's own rules, in order."""
    rules = db.session.scalars(OwnRule.of(current_user.id)).all()
    me = db.session.get_one(User, current_user.id)
    return render_template(
        "monitoring/own_rules/index.html", rules=rules, me=me, events=EVENTS, cancel=CANCEL, most=OwnRule.MOST
    )


@bp.route("/new", methods=["GET", "POST"])
@requires("general.edit_notifications")
def new() -> Any:
    """Add a rule at the end."""
    return _form(None)


@bp.route("/<uuid:rule_id>/edit", methods=["GET", "POST"])
@requires("general.edit_notifications")
def edit(rule_id: uuid.UUID) -> Any:
    """Change a rule."""
    return _form(_find(rule_id))


@bp.post("/<uuid:rule_id>/deletion")
@requires("general.edit_notifications")
def delete(rule_id: uuid.UUID) -> Any:
    """Delete a rule."""
    db.session.delete(_find(rule_id))
    db.session.commit()
    flash(_("The rule is deleted."))
    return redirect(url_for(".index"))


@bp.post("/<uuid:rule_id>/position")
@requires("general.edit_notifications")
def move(rule_id: uuid.UUID) -> Any:
    """Let a rule change places with the one before it (`direction` is `up`), or after it."""
    _find(rule_id).move(db.session(), up=request.form.get("direction") == "up")
    db.session.commit()
    return redirect(url_for(".index"))


def _find(rule_id: uuid.UUID) -> OwnRule:
    rule = db.session.scalar(OwnRule.of(current_user.id).where(OwnRule.id == rule_id))
    return rule if rule is not None else abort(404)


def _form(rule: OwnRule | None) -> Any:
    session, status = db.session(), 200
    form = OwnRuleForm(data=OwnRuleForm.kept(rule) if rule else {})
    periods = select(Element.key, Element.title).where(Element.kind == book.PERIODS, Element.archived_at.is_(None))
    rows = session.execute(periods.order_by(Element.title_key, Element.id)).all()
    form.offer([(key, title) for key, title in rows], rule.body if rule else {})
    if form.validate_on_submit():
        try:
            if rule is None:
                OwnRule.add(session, **form.values, by=current_user)
            else:
                form.check_version(rule)
                rule.change(**form.values)
            session.commit()
        except Refused as refused:
            session.rollback()
            status = form.refuse(refused)
        else:
            flash(_("Saved."))
            return redirect(url_for(".index"))
    elif form.is_submitted():
        status = 422
    return render_template("monitoring/own_rules/form.html", form=form, rule=rule), status
