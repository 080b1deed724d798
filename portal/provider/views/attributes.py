"""Custom attributes of users: the list, a new one, one there is."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from ...access.guard import requires
from ...accounts.attributes import CustomAttribute, known_ones
from ...database import db
from ...errors import Refused
from ...setup.users import described
from ..forms.attributes import TOPICS, AttributeForm

bp = Blueprint("provider_attributes", __name__, url_prefix="/provider/access/attributes")


@bp.get("/")
@requires("access.read")
def index() -> Any:
    """All attributes."""
    return render_template("provider/attributes/index.html", known=known_ones(db.session()), topics=TOPICS)


@bp.route("/new", methods=["GET", "POST"])
@requires("access.read", act="access.users")
def new() -> Any:
    """Add an attribute."""
    form, status, session = AttributeForm(), 200, db.session()
    if form.validate_on_submit():
        try:
            found = described.create(session, id=form.id.data or "", by=current_user, **form.values)
            session.commit()
        except Refused as refused:
            session.rollback()
            status = form.refuse(refused)
        else:
            flash(_("%(title)s is added: every user’s form has it now.", title=found.title))
            return redirect(url_for(".index"))
    elif form.is_submitted():
        status = 422
    return render_template("provider/attributes/form.html", form=form, attribute=None), status


@bp.route("/<attribute_id>", methods=["GET", "POST"])
@requires("access.read", act="access.users")
def edit(attribute_id: str) -> Any:
    """Change an attribute; its ID stays."""
    session, attribute = db.session(), _find(attribute_id)
    form, status = AttributeForm(obj=attribute), 200
    del form.id
    if form.validate_on_submit():
        try:
            form.check_version(attribute)
            described.change(session, attribute, by=current_user, **form.values)
            session.commit()
        except Refused as refused:
            session.rollback()
            status, attribute = form.refuse(refused), _find(attribute_id)
            form.version.data = str(attribute.version)
        else:
            flash(_("Saved."))
            return redirect(url_for(".index"))
    elif form.is_submitted():
        status = 422
    return render_template("provider/attributes/form.html", form=form, attribute=attribute), status


@bp.post("/<attribute_id>/deletion")
@requires("access.read", act="access.users")
def delete(attribute_id: str) -> Any:
    """Delete an attribute with everybody's value."""
    attribute = _find(attribute_id)
    described.delete(db.session(), attribute, by=current_user)
    db.session.commit()
    flash(_("%(title)s is deleted.", title=attribute.title))
    return redirect(url_for(".index"))


def _find(attribute_id: str) -> CustomAttribute:
    found = db.session.get(CustomAttribute, attribute_id) if len(attribute_id) <= 50 else None
    if found is None:
        abort(404)
    return found
