"""Downloads: what a company may have, the files themselves, and who took what."""

from __future__ import annotations

import uuid
from functools import lru_cache
from typing import Any

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import undefer

from ... import storage
from ...access.guard import requires
from ...accounts.users import User
from ...audit.models import record
from ...conversations.text import html
from ...database import db, separate
from ...storage import File
from ...web import paging
from ...web.navigation import Entry, add
from ..releases import catalog, links, withdrawal
from ..releases.entitlement import MSP, editions_of
from ..releases.fetched import WAYS, Fetched, Way
from ..releases.filenames import platform_name
from ..releases.models import EDITION_NAMES, FREE, MARKS, STABILITIES, Package, Release

bp = Blueprint("downloads", __name__)
add(Entry(_l("Downloads"), "/downloads/", "downloads.use", order=30, icon="downloads"))

notes_html = lru_cache(maxsize=200)(html)
"""The notes of a release as HTML: the same for everybody, and long."""

WORDS: dict[str, Any] = {
    "edition_names": EDITION_NAMES, "platform_name": platform_name, "stabilities": STABILITIES, "marks": MARKS,
    "msp_edition": MSP, "notes_html": notes_html,
}  # fmt: skip
"""What templates call things."""


@bp.get("/downloads/")
@requires("downloads.use")
def index() -> str:
    """What is best for this person, then every release they may have, the newest version first."""
    session, reader = db.session(), current_user._get_current_object()
    editions = editions_of(session, reader)
    offer = catalog.offer(session, editions)
    wish = offer.asked()
    page = catalog.page(session, editions, wish)
    return render_template(
        "licensing/downloads/index.html", page=page, wish=wish, offer=offer, editions=editions,
        packages=catalog.packages_of(session, [row.id for row in page.rows], editions, wish),
        recommended=catalog.recommend(session, reader, editions), only_free=editions == (FREE,),
        warnings=withdrawal.warnings(session, reader), **WORDS,
    )  # fmt: skip


@bp.get("/downloads/history/")
@requires("downloads.use")
def history() -> str:
    """Who of the company took what, when, from where and in what way."""
    statement = (
        select(
            Fetched.id, Fetched.at, Fetched.way, Fetched.address, User.name.label("person"), User.id.label("person_id"),
            Release.number, Release.withdrawn_at, Package.edition, Package.platform, File.name,
        )
        .join(Package, Package.id == Fetched.package_id)
        .join(Release, Release.id == Package.release_id)
        .join(File, File.id == Package.file_id)
        .join(User, User.id == Fetched.user_id)
        .where(Fetched.seen_by(current_user), Fetched.customer_id == current_user.customer_id)
    )  # fmt: skip
    page = paging.page(db.session(), statement, id=Fetched.id, descending=True)
    return render_template("licensing/downloads/history.html", page=page, ways=WAYS, **WORDS)


@bp.get("/downloads/<uuid:package_id>")
@requires("downloads.use")
def fetch(package_id: uuid.UUID) -> Response:
    """The file itself."""
    return hand_over(_find(package_id), current_user, Way.BROWSER)


@bp.get("/downloads/<uuid:package_id>/signature")
@requires("downloads.use")
def signature(package_id: uuid.UUID) -> Response:
    """The detached signature, as it came."""
    package = _find(package_id, undefer(Package.signature))
    if package.signature is None:
        abort(404)
    return _small(package.signature, package.signature_name)


@bp.get("/downloads/<uuid:package_id>/sha256")
@requires("downloads.use")
def sha256(package_id: uuid.UUID) -> Response:
    """The checksum in a file that `sha256sum -c` reads."""
    file = _find(package_id).file
    return _small(f"{file.sha256}  {file.name}\n".encode(), f"{file.name}.sha256")


@bp.post("/downloads/<uuid:package_id>/links")
@requires("downloads.use")
def link(package_id: uuid.UUID) -> Response:
    """An address for a machine without a browser, shown once."""
    package = _find(package_id)
    address, over_at = links.mint(package.id, package.file.name, current_user)
    record(
        db.session(), "download.link_made", by=current_user, customer_id=current_user.customer_id,
        package=str(package.id), file=package.file.name,
    )  # fmt: skip
    db.session.commit()
    page = make_response(
        render_template("licensing/downloads/link.html", package=package, address=address, over_at=over_at, **WORDS)
    )
    page.headers["Referrer-Policy"] = "no-referrer"
    return page


@bp.post("/downloads/warnings/<uuid:release_id>/dismissal")
@requires("downloads.use")
def dismiss(release_id: uuid.UUID) -> Any:
    """Have read why a release was withdrawn."""
    if not withdrawal.dismiss(db.session(), current_user, release_id):
        abort(404)
    db.session.commit()
    flash(_("Noted. Your company’s downloads still say that the release is withdrawn."))
    return redirect(url_for(".index"))


def hand_over(package: Package, person: Any, way: Way) -> Response:
    """Return the answer that sends the file, with the download on record unless it only goes on."""
    answer = storage.answer(package.file, keepable=True)
    if request.method == "GET" and answer.status_code in (200, 206):
        is_part = answer.status_code == 206 or bool(current_app.config["SEND_FILES"] and request.range)
        with separate() as session:
            Fetched.note(session, package.id, by=person, way=way, address=request.remote_addr or "", is_part=is_part)
    return answer


def _find(package_id: uuid.UUID, *options: Any) -> Package:
    package = catalog.find(db.session(), current_user, package_id, *options)
    if package is None:
        abort(404)
    return package


def _small(content: bytes, name: str) -> Response:
    """Return a few bytes as a download."""
    response = Response(content, mimetype="application/octet-stream")
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response
