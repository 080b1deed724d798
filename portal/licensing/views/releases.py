"""Releases as staff see them: drafts and their packages, publishing, marks, withdrawing, and who took what."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from ...access.guard import requires
from ...conversations.text import html
from ...database import db
from ...errors import Refused, Stale
from ...web import paging
from ...web.navigation import Entry, add
from ..forms.releases import (
    MARK_SENTENCES,
    NO_MARK,
    STABILITY_SENTENCES,
    MarkForm,
    PackagesForm,
    ReleaseForm,
    WithdrawalForm,
)
from ..news.models import News
from ..releases.fetched import WAYS
from ..releases.filenames import platform_name
from ..releases.models import EDITION_NAMES, MARKS, STABILITIES, STATES, Release
from ..releases.shelf import find, listed, packages_of, taken

bp = Blueprint("releases", __name__, url_prefix="/provider/releases")
add(Entry(_l("Releases"), "/provider/releases/", "releases.read", staff=True, order=40, icon="downloads"))

WORDS: dict[str, Any] = {
    "edition_names": EDITION_NAMES, "platform_name": platform_name, "stabilities": STABILITIES, "marks": MARKS,
    "states": STATES, "ways": WAYS,
}  # fmt: skip


@bp.get("/")
@requires("releases.read")
def index() -> str:
    """Every release, the newest version first."""
    state = paging.chosen("state", STATES)
    stability = paging.chosen("stability", [str(one) for one in STABILITIES])
    q = paging.searched()
    page = paging.page(
        db.session(), listed(state=state, stability=stability, q=q), id=Release.id, keys=[Release.version_key],
        descending=True,
    )  # fmt: skip
    return render_template("licensing/releases/index.html", page=page, state=state, stability=stability, q=q, **WORDS)


@bp.route("/new", methods=["GET", "POST"])
@requires("releases.read", act="releases.publish")
def new() -> Any:
    """Begin a draft."""
    form, status = ReleaseForm(), 200
    if form.validate_on_submit():
        try:
            release = Release.draft(
                db.session(), number=form.number.data or "", stability=form.stability.data,
                notes=form.notes.data or "", by=current_user,
            )  # fmt: skip
            db.session.commit()
        except Refused as refused:
            db.session.rollback()
            status = form.refuse(refused)
        else:
            flash(_("The draft is kept. Add its packages now."))
            return redirect(url_for(".show", release_id=release.id))
    elif form.is_submitted():
        status = 422
    return render_template("licensing/releases/edit.html", form=form, release=None,
                           stability_sentences=STABILITY_SENTENCES), status  # fmt: skip


@bp.get("/<uuid:release_id>")
@requires("releases.read")
def show(release_id: uuid.UUID) -> str:
    """One release: what it is, its packages, who took it, what can be done."""
    return draw(find(db.session(), release_id))


@bp.route("/<uuid:release_id>/edit", methods=["GET", "POST"])
@requires("releases.read", act="releases.publish")
def edit(release_id: uuid.UUID) -> Any:
    """Change the notes; of a draft, number and stability too."""
    release = find(db.session(), release_id)
    form, status = ReleaseForm(obj=release), 200
    if form.validate_on_submit():
        try:
            form.check_version(release)
            release.change(
                db.session(), number=form.number.data or "", stability=form.stability.data,
                notes=form.notes.data or "", by=current_user,
            )  # fmt: skip
            db.session.commit()
        except Refused as refused:
            db.session.rollback()
            if isinstance(refused, Stale):
                form.version.data = str(find(db.session(), release_id).version)
            status = form.refuse(refused)
        else:
            flash(_("Saved."))
            return redirect(url_for(".show", release_id=release_id))
    elif form.is_submitted():
        status = 422
    return render_template("licensing/releases/edit.html", form=form, release=find(db.session(), release_id),
                           stability_sentences=STABILITY_SENTENCES), status  # fmt: skip


@bp.post("/<uuid:release_id>/publication")
@requires("releases.read", act="releases.publish")
def publish(release_id: uuid.UUID) -> Any:
    """Let customers have it, and tell them if that is wished."""
    release = find(db.session(), release_id)
    release.publish(db.session(), by=current_user)
    if request.form.get("news"):
        News.announce(db.session(), release, by=current_user)
    db.session.commit()
    flash(_("%(number)s is published: customers see it now.", number=release.number))
    return redirect(url_for(".show", release_id=release_id))


@bp.post("/<uuid:release_id>/mark")
@requires("releases.read", act="releases.publish")
def mark(release_id: uuid.UUID) -> Any:
    """Put a mark beside the version."""
    release, form = find(db.session(), release_id), MarkForm()
    if not form.validate_on_submit():
        return draw(release, marking=form), 422
    release.mark_as(db.session(), (form.mark.data or "").replace(NO_MARK, ""), by=current_user)
    db.session.commit()
    flash(_("The mark is changed."))
    return redirect(url_for(".show", release_id=release_id))


@bp.post("/<uuid:release_id>/withdrawal")
@requires("releases.read", act="releases.publish")
def withdraw(release_id: uuid.UUID) -> Any:
    """Let nobody have it any more."""
    release, form, status = find(db.session(), release_id), WithdrawalForm(), 422
    if form.validate_on_submit():
        try:
            release.withdraw(db.session(), form.warning.data or "", by=current_user)
            db.session.commit()
        except Refused as refused:
            db.session.rollback()
            status = form.refuse(refused)
        else:
            flash(_("%(number)s is withdrawn. Whoever downloaded it is told.", number=release.number))
            return redirect(url_for(".show", release_id=release_id))
    return draw(find(db.session(), release_id), withdrawing=form), status


@bp.post("/<uuid:release_id>/removal")
@requires("releases.read", act="releases.publish")
def discard(release_id: uuid.UUID) -> Any:
    """Delete a draft."""
    release = find(db.session(), release_id)
    release.discard(db.session(), by=current_user)
    db.session.commit()
    flash(_("The draft %(number)s is gone.", number=release.number))
    return redirect(url_for(".index"))


@bp.get("/<uuid:release_id>/downloads/")
@requires("releases.read")
def downloads(release_id: uuid.UUID) -> str:
    """Who took it."""
    release = find(db.session(), release_id)
    page = taken(db.session(), current_user, release_id)
    return render_template("licensing/releases/downloads.html", release=release, page=page, **WORDS)


def draw(
    release: Release, *, adding: PackagesForm | None = None, marking: MarkForm | None = None,
    withdrawing: WithdrawalForm | None = None,
) -> str:  # fmt: skip
    """Return the page of a release, with those of its forms that did not hold as they were sent."""
    session = db.session()
    return render_template(
        "licensing/releases/show.html", release=release, packages=packages_of(session, release.id),
        latest=taken(session, current_user, release.id, limit=5), notes=html(release.notes),
        warning=html(release.warning), adding=adding or PackagesForm(formdata=None),
        marking=marking or MarkForm(formdata=None, mark=release.mark or NO_MARK),
        withdrawing=withdrawing or WithdrawalForm(formdata=None), mark_sentences=MARK_SENTENCES,
        limit=current_app.config["RELEASE_LIMIT"], **WORDS,
    )  # fmt: skip
