"""Links that were mailed: what they open, and the one answer for those that open nothing."""

from __future__ import annotations

from typing import Any, NoReturn

from flask import abort, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from ...audit.models import record
from ...database import db
from ...errors import Refused
from ...web.paths import local_path
from .. import passwords, sessions, throttle
from ..forms import NewPasswordForm
from ..tokens import Purpose, Token

LONGEST = 100


def opened(secret: str, purpose: Purpose) -> Token:
    """Return the link's token; end the request with a page when it is over, or when somebody else is signed in."""
    token = Token.find(db.session(), secret, purpose) if len(secret) <= LONGEST else None
    if token is None:
        over(purpose)
    if current_user.is_authenticated and current_user.id != token.user_id:
        page = render_template("accounts/link_of_another.html", person=token.user, here=request.path)
        abort(make_response(page, 409))
    return token


def over(purpose: Purpose) -> NoReturn:
    """End the request with the page that says a link is over, the same whether it was used, expired or invented."""
    db.session.rollback()
    abort(make_response(render_template("accounts/link_over.html", purpose=purpose.value), 410))


def choose_password(token: Token, *, template: str, tag: str) -> Any:
    """Show the form for a new password; when it holds, use the token up, set the password and sign in."""
    form, user = NewPasswordForm(), token.user
    status = 200
    if form.validate_on_submit():
        try:
            passwords.check(form.password.data, user)
        except Refused as refusal:
            status = form.refuse(refusal)
        else:
            return _set(token, form.password.data, tag=tag)
    elif form.is_submitted():
        status = 422
    return render_template(template, form=form, person=user, shortest=passwords.SHORTEST), status


def _set(token: Token, password: str, *, tag: str) -> Any:
    session, user = db.session(), token.user
    if not token.use(session):
        over(Purpose(token.purpose))
    passwords.set_password(user, password)
    user.end_sessions()
    throttle.forgive(session, user.username_key)
    record(session, tag, by=user, customer_id=user.customer_id, subject_id=user.id)
    if tag == "password.reset":
        passwords.tell_changed(session, user)
    signed_in = sessions.start(session, user)
    session.commit()
    if not signed_in:
        flash(_("Your password is set."))
        return redirect(url_for("door.login"))
    return redirect(local_path(current_user.start_page))
