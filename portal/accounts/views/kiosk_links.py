"""The own kiosk links: pages of monitoring for screens at which nobody signs in."""

from __future__ import annotations

import uuid
from typing import Any
from urllib.parse import urlsplit

from flask import (
    Blueprint,
    abort,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from ...access.guard import public, requires
from ...database import db
from ...errors import Refused
from .. import own_pages
from ..forms import KioskForm
from ..kiosk_links import PAGES, KioskLink

bp = Blueprint("kiosk_links", __name__)

own_pages.add(
    own_pages.OwnPage(
        _l("Kiosk links"), _l("Show a page of monitoring on a screen at which nobody signs in."), _l("Kiosk links"),
        "/profile/kiosk-links",
        lambda _session, person: "general.edit_profile" in person.verbs and bool(person.verbs & PAGES),
    )
)  # fmt: skip


@bp.get("/profile/kiosk-links")
@requires("general.edit_profile")
def index() -> Any:
    """List the links, and offer a new one."""
    return _page(KioskForm(data={"path": request.args.get("path", "")}))


@bp.post("/profile/kiosk-links")
@requires("general.edit_profile")
def make() -> Any:
    """Make a link and show its address, this once."""
    form, status, address = KioskForm(), 422, ""
    if form.validate():
        try:
            _link, path = KioskLink.issue(
                db.session(), by=current_user, name=form.name.data or "", path=_path(form.path.data or "")
            )
        except Refused as refusal:
            status = form.refuse(refusal)
        else:
            db.session.commit()
            form, status, address = KioskForm(formdata=None), 200, current_app.config["BASE_URL"].rstrip("/") + path
    return _page(form, address), status


@bp.post("/profile/kiosk-links/<uuid:link_id>/revocation")
@requires("general.edit_profile")
def revoke(link_id: uuid.UUID) -> Any:
    """Let a link show nothing any more."""
    link = db.session.get(KioskLink, link_id)
    if link is None or link.user_id != current_user.id:
        abort(404)
    link.revoke(db.session(), by=current_user)
    db.session.commit()
    flash(_("The link is revoked."))
    return redirect(url_for("kiosk_links.index"))


@bp.get("/kiosk/<token>")
@public
def over(token: str) -> Any:
    """Say that a link shows nothing any more; one that does never comes here."""
    return render_template("accounts/kiosk_over.html"), 410


def _path(typed: str) -> str:
    """Return the path of an address as people copy it from their browser; of another host's, what cannot be shown."""
    parts = urlsplit(typed.strip())
    ours = {request.host, urlsplit(current_app.config["BASE_URL"]).netloc}
    if parts.scheme in ("http", "https") and parts.netloc in ours:
        return f"{parts.path}?{parts.query}" if parts.query else parts.path
    return typed


def _page(form: KioskForm, address: str = "") -> str:
    links = KioskLink.of(db.session(), current_user.id)
    return render_template("accounts/kiosk_links.html", form=form, address=address, links=links)
