"""The own access tokens: with them one's programs use the API."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from ...access.guard import requires
from ...customers.subscriptions import today
from ...database import db
from ...errors import Refused
from .. import own_pages
from ..access_tokens import AccessToken
from ..forms import TokenForm

bp = Blueprint("tokens", __name__)
USUAL = timedelta(days=90)
"""After how long a token is proposed to end."""

own_pages.add(
    own_pages.OwnPage(
        _l("Access tokens"), _l("Let programs of yours use the API as you, until a date."), _l("Access tokens"),
        "/profile/tokens", lambda _session, person: "general.edit_profile" in person.verbs,
    )
)  # fmt: skip


@bp.get("/profile/tokens")
@requires("general.edit_profile")
def index() -> Any:
    """List the tokens, and offer a new one."""
    return _page(TokenForm(data={"ends_on": today() + USUAL}))


@bp.post("/profile/tokens")
@requires("general.edit_profile")
def make() -> Any:
    """Make a token and show its secret, this once."""
    form, status, secret = TokenForm(), 422, ""
    if form.validate() and form.ends_on.data:
        try:
            _token, secret = AccessToken.issue(
                db.session(), by=current_user, name=form.name.data, ends_on=form.ends_on.data
            )
        except Refused as refusal:
            status = form.refuse(refusal)
        else:
            db.session.commit()
            form, status = TokenForm(formdata=None, data={"ends_on": today() + USUAL}), 200
    return _page(form, secret), status


@bp.post("/profile/tokens/<uuid:token_id>/revocation")
@requires("general.edit_profile")
def revoke(token_id: uuid.UUID) -> Any:
    """Let a token open nothing any more."""
    token = db.session.get(AccessToken, token_id)
    if token is None or token.user_id != current_user.id:
        abort(404)
    token.revoke(db.session(), by=current_user)
    db.session.commit()
    flash(_("The token is revoked."))
    return redirect(url_for("tokens.index"))


def _page(form: TokenForm, secret: str = "") -> str:
    tokens = AccessToken.of(db.session(), current_user.id)
    return render_template("accounts/tokens.html", form=form, secret=secret, tokens=tokens, host=request.host_url)
