"""Changes: what waits for which sites, and activating it for some or all of them."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_login import current_user

from ...access.guard import requires
from ...customers.sites import Site
from ...database import db
from ...errors import Refused
from ...web import navigation, paging
from ..changes import Change
from ..distribution import activation, asking, pending, shown, words
from ..distribution.standing import STATES, state_of

bp = Blueprint("setup_changes", __name__, url_prefix="/provider/changes")
navigation.add(
    navigation.Entry(
        _l("Changes"), "/provider/changes/", "setup.read", staff=True, order=24, icon="requests", name="changes"
    )
)
MOST_SITES = 5000
COMMENT_LENGTH = 500
NEWEST = 25


@bp.get("/")
@requires("setup.read")
def index() -> Any:
    """What waits, by site and by change."""
    return page()


@bp.get("/all")
@requires("setup.read")
def listed() -> Any:
    """Every change that some site still lacks."""
    session = db.session()
    found = paging.page(session, pending.changes(), id=Change.id, keys=[Change.number], descending=True)
    return render_template("setup/changes/all.html", page=found, changes=words.tell(session, found.rows))


@bp.post("/")
@requires("setup.read", act="setup.activate")
def activate() -> Any:
    """Give the chosen sites, or all, what waits for them."""
    named = request.form.getlist("sites")
    wanted = {id.replace("\0", "").strip() for id in named} - {""}
    comment = " ".join(request.form.get("comment", "").replace("\0", "").split())
    actor, session = current_user._get_current_object(), db.session()
    if (named or request.form.get("chosen")) and not wanted:
        return page(_("Choose at least one site."), comment=comment), 422
    if len(comment) > COMMENT_LENGTH or len(wanted) > MOST_SITES or any(len(id) > Site.ID_LENGTH for id in wanted):
        return page(_("This is too long."), chosen=wanted, comment=comment[:COMMENT_LENGTH]), 422
    site_ids = wanted or None
    is_small = asking.is_small(session, site_ids)
    if not is_small:
        asked = asking.ask(session, site_ids, by=actor, comment=comment)
        session.commit()
        flash(_("The activation is in line. This page shows how far it is; you may leave it."))
        return redirect(url_for("setup_activations.show", activation_id=asked.id))
    session.rollback()  # what follows has transactions of its own
    try:
        done = activation.activate(site_ids, by=actor, comment=comment)
    except activation.Broken as broken:
        return page(broken.sentence, chosen=wanted, comment=comment, broken=broken), 409
    except Refused as refused:
        return page(refused.sentence, chosen=wanted, comment=comment), 409
    sites = session.get_one(activation.Activation, done).sites
    flash(ngettext("Activated for %(num)d site.", "Activated for %(num)d sites.", sites))
    return redirect(url_for("setup_activations.show", activation_id=done))


def page(
    refusal: str = "", *, chosen: set[str] | None = None, comment: str = "", broken: activation.Broken | None = None
) -> str:
    """Return the page; `refusal` says why nothing was activated."""
    session, q = db.session(), paging.searched()
    show = paging.chosen("show", shown.SHOWN)
    found = paging.page(
        session, shown.sites(current_user, q=q, shown=show), id=Site.id, keys=[Site.alias_key], read=_read
    )
    waiting = pending.number(session)
    navigation.badge({"changes": waiting})
    newest = session.execute(pending.changes().order_by(Change.number.desc()).limit(NEWEST + 1)).all()
    return render_template(
        "setup/changes/index.html", page=found, q=q, show=show, shown=shown.SHOWN, waiting=waiting, states=STATES,
        state_of=state_of, changes=words.tell(session, newest[:NEWEST]), has_more=len(newest) > NEWEST,
        without_users=shown.without_users(session), refusal=refusal, chosen=chosen or set(), comment=comment,
        problems=shown.grouped(session, broken.found.problems) if broken else [], most=pending.MOST_COUNTED,
        may=current_user.verbs.issuperset({"setup.activate"}),
    )  # fmt: skip


def _read(text: str) -> str:
    """Return a cursor that can be a site's ID."""
    if len(text) > Site.ID_LENGTH or not text.isprintable():
        raise ValueError(text)
    return text
