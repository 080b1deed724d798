"""One act on several users: first whom it concerns and whom not, then the deed."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from ...access.guard import requires
from ...access.roles import Role, called
from ...contacts.memberships import CONTACT_GROUPS
from ...database import db
from ...errors import Refused
from ...setup import elements
from ...setup.users.listing import contact_groups
from ..users import listing, many
from ..users.many import Many

bp = Blueprint("provider_users_many", __name__, url_prefix="/provider/access/users")


@bp.post("/many")
@requires("access.read", act="access.users")
def ask() -> Any:
    """Forecast the act, or do it once it is confirmed."""
    session, wish = db.session(), _wish()
    try:
        many.check(session, wish)
    except Refused as refused:
        return _again(wish, refused), 409
    outcomes = many.do(session, wish, by=current_user)
    if request.form.get("confirmed"):
        return _finish(outcomes)
    title, label = _title(wish), str(many.ACTS[wish.act])
    session.rollback()
    will = [one for one in outcomes if not one.refusal]
    return render_template(
        "provider/users/many.html", title=title, label=label, wish=wish, will=will,
        wont=[one for one in outcomes if one.refusal],
    )  # fmt: skip


def _again(wish: Many, refused: Refused) -> str:
    """Ask anew what is to be done with those who were chosen; with nobody chosen there is nothing to keep."""
    session = db.session()
    chosen = many.chosen(session, wish, by=current_user)
    if not chosen or len(wish.ids) > many.MOST:
        raise refused
    return render_template(
        "provider/users/again.html", refused=refused.sentence, wish=wish, chosen=chosen, acts=many.ACTS,
        aliases=listing.role_aliases(session), groups=contact_groups(session),
    )  # fmt: skip


def _finish(outcomes: list[many.Outcome]) -> Any:
    db.session.commit()
    done = many.done(outcomes)
    if done:
        flash(ngettext("Done for %(num)d user.", "Done for %(num)d users.", done))
    for one in outcomes:
        if one.refusal:
            flash(f"{one.name}: {one.refusal}", "warn")
    return redirect(url_for("provider_users.index"))


def _wish() -> Many:
    ids = []
    for text in request.form.getlist("ids"):
        try:
            ids.append(uuid.UUID(text))
        except ValueError:
            continue
    form = request.form
    return Many(
        form.get("act", ""), tuple(dict.fromkeys(ids)), form.get("role", "").replace("\0", "")[:80],
        form.get("group", "").replace("\0", "").strip()[:255],
    )  # fmt: skip


def _title(wish: Many) -> str:
    role = db.session.get(Role, wish.role) if wish.role else None
    name = called(role.alias) if role else ""
    group = elements.find(db.session(), CONTACT_GROUPS, wish.group) if wish.group else None
    title = group.title if group else ""
    said = {
        "disable": _("Disable these users?"), "enable": _("Enable these users?"), "delete": _("Delete these users?"),
        "give_role": _("Give the role %(name)s?", name=name), "take_role": _("Take the role %(name)s?", name=name),
        "join": _("Put into the contact group %(name)s?", name=title),
        "leave": _("Take out of the contact group %(name)s?", name=title),
    }  # fmt: skip
    return str(said[wish.act])
