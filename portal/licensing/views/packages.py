"""Packages of a draft: uploaded several at once, corrected, taken out again."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, abort, current_app, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from ...access.guard import requires
from ...database import db
from ...errors import Refused, StorageFull
from ...web.uploads import widen
from ..forms.releases import PackageForm, PackagesForm
from ..releases import parcels
from ..releases.filenames import PLATFORMS
from ..releases.models import Package, Release
from ..releases.shelf import find
from .releases import draw

bp = Blueprint("release_packages", __name__, url_prefix="/provider/releases/<uuid:release_id>/packages")
widen("release_packages.add", lambda: parcels.MOST_AT_ONCE * int(current_app.config["RELEASE_LIMIT"]))


@bp.post("/")
@requires("releases.read", act="releases.publish")
def add(release_id: uuid.UUID) -> Any:
    """Add packages, with their signatures."""
    form, session, status = PackagesForm(), db.session(), 422
    if form.validate():
        try:
            found = parcels.sort_out(
                [(file.filename or "", file.stream) for file in form.files.data or ()],
                edition=form.edition.data or "", platform=(form.platform.data or "").lower(),
            )  # fmt: skip
            parcels.keep(session, found, by=current_user)
            parcels.add(session, find(session, release_id), found, by=current_user)
            session.commit()
        except StorageFull as full:
            session.rollback()
            status = 507
            form.refuse(Refused(full.sentence, field="files"))
        except Refused as refused:
            session.rollback()
            status = form.refuse(refused)
        else:
            flash(ngettext("%(num)d package added.", "%(num)d packages added.", len(found)))
            return redirect(url_for("releases.show", release_id=release_id))
    return draw(find(session, release_id), adding=form), status


@bp.route("/<uuid:package_id>", methods=["GET", "POST"])
@requires("releases.read", act="releases.publish")
def edit(release_id: uuid.UUID, package_id: uuid.UUID) -> Any:
    """Correct what a package is for, or add its signature."""
    session = db.session()
    release, package = _find(release_id, package_id)
    form, status = PackageForm(obj=package), 200
    if form.validate_on_submit():
        try:
            release.move(
                session, package, edition=form.edition.data, platform=(form.platform.data or "").lower(),
                by=current_user,
            )  # fmt: skip
            if getattr(form.signature.data, "filename", ""):
                package.sign(parcels.read_signature(form.signature.data.stream))
            session.commit()
        except Refused as refused:
            session.rollback()
            status = form.refuse(refused)
        else:
            flash(_("Saved."))
            return redirect(url_for("releases.show", release_id=release_id))
    elif form.is_submitted():
        status = 422
    release, package = _find(release_id, package_id)
    return render_template(
        "licensing/releases/package.html", release=release, package=package, form=form,
        platforms=[(code, name) for code, name in PLATFORMS.items()],
    ), status  # fmt: skip


@bp.post("/<uuid:package_id>/removal")
@requires("releases.read", act="releases.publish")
def remove(release_id: uuid.UUID, package_id: uuid.UUID) -> Any:
    """Take a package out of the draft."""
    release, package = _find(release_id, package_id)
    name = package.file.name
    release.remove(db.session(), package, by=current_user)
    db.session.commit()
    flash(_("%(name)s is gone.", name=name))
    return redirect(url_for("releases.show", release_id=release_id))


def _find(release_id: uuid.UUID, package_id: uuid.UUID) -> tuple[Release, Package]:
    """Return a draft and one of its packages; 404 for another's, 409 once it is published."""
    release = find(db.session(), release_id)
    package = next((one for one in release.packages if one.id == package_id), None)
    if package is None:
        abort(404)
    release.check_draft()
    return release, package
