"""Programs: how they say who they are, with every request, in its Authorization header. Cookies never count there.

`Bearer <user> <secret>`, literally, and `Basic` for machine accounts; `Bearer <token>` for a person's access token.
Who is found acts under exactly that account's policy; licensing credentials and sites' tokens are another matter.
"""

from __future__ import annotations

from flask import Request, current_app, g, request
from sqlalchemy import Update, update

from ..access import guard
from ..database import db, now, reading, separate
from ..errors import TooMany
from ..text import fold
from ..web import screens
from . import access_tokens, machines, throttle
from .access_tokens import AccessToken
from .machines import MachineSecret
from .session_rows import SEEN_EVERY
from .sessions import login_manager
from .signed_in import SignedIn, enter, only_looking

LONGEST = 600
"""Letters of a name and a secret, together."""


@login_manager.request_loader
def load(request: Request) -> SignedIn | None:
    """Return who the Authorization header of a request below /api/, or a kiosk link, stands for; None for nobody.

    After too many wrong ones from an address the guard answers 429, in place of 401.
    """
    if link := screens.shown():
        maker = enter(db.session(), link.user_id)
        return only_looking(maker) if maker else None
    view = current_app.view_functions.get(request.endpoint or "")
    if not guard.is_api() or view is None or guard.is_by_secret(view):
        return None
    try:
        return identify(*given(request))
    except TooMany as many:
        g.no_program = many
        return None


def given(request: Request) -> tuple[str, str]:
    """Return the name and the secret of the Authorization header; the name is "" for a token, both for nothing."""
    header = request.headers.get("Authorization", "")
    scheme, _blank, rest = header.partition(" ")
    if scheme.lower() == "bearer":
        words = _as_sent(rest).strip()
        if len(header) > LONGEST or not words.isprintable():
            return "", ""
        name, blank, secret = words.partition(" ")  # no name has a blank, a chosen secret may
        return (name, secret.strip()) if blank else ("", name)
    if len(header) > LONGEST or not header.isprintable():
        return "", ""
    try:
        basic = request.authorization
    except ValueError:  # letters that no header has
        return "", ""
    if basic is None or basic.type != "basic" or not basic.username:
        return "", ""
    return basic.username, basic.password or ""


def _as_sent(header: str) -> str:
    """Return what a header says, which programs send as UTF-8 and WSGI hands on as Latin-1."""
    try:
        return header.encode("latin-1").decode()
    except UnicodeError:
        return header


def identify(name: str, secret: str) -> SignedIn | None:
    """Return the account that a machine's name and secret, or a token without a name, open; None for nothing.

    A wrong one is counted against the address, never against the account. Raises `TooMany`.
    """
    if not secret:
        return None
    session, address, who = db.session(), request.remote_addr or "", fold(name) or "token"
    with reading():
        kept: MachineSecret | AccessToken | None
        kept = None if name else access_tokens.find(session, secret)  # a right one is let in: nobody guesses one
        if kept is None:
            throttle.check_program(session, who, address)
            kept = machines.authenticate(session, name, secret) if name else None
        person = enter(session, kept.user_id) if kept else None
        unnoted = _row(kept) if person is not None and kept is not None and _is_unnoted(kept) else None
        if kept is None or unnoted is not None or request.method not in ("GET", "HEAD", "OPTIONS"):
            session.rollback()  # what is written below, or by who acts, is not to wait for us
    if kept is None:
        throttle.count_program(who, address)
    elif unnoted is not None:
        with separate() as own:
            own.execute(unnoted.values(last_used_at=now()))
    return person


def _is_unnoted(kept: MachineSecret | AccessToken) -> bool:
    """Tell whether it is time to remember that a secret was used."""
    return kept.last_used_at is None or now() - kept.last_used_at > SEEN_EVERY


def _row(kept: MachineSecret | AccessToken) -> Update:
    if isinstance(kept, MachineSecret):
        return update(MachineSecret).where(MachineSecret.user_id == kept.user_id)
    return update(AccessToken).where(AccessToken.id == kept.id)
