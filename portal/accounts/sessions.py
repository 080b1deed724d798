"""Sessions: rows keyed by the token's hash, loaded with person, customer and rights in one statement."""

from __future__ import annotations

from functools import cache
from typing import Any

from flask import Flask, Request, Response, request
from flask import session as cookie
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from flask_login import LoginManager, current_user, login_user, logout_user
from sqlalchemy import (
    bindparam,
    delete,
    insert,
    select,
    update,
)
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from .. import isolation
from ..access import guard
from ..audit.models import record
from ..customers.models import Customer
from ..customers.subscriptions import grace, today
from ..database import UtcDateTime, db, now, separate
from ..seals import digest, new_secret
from ..web import screens
from .session_rows import (
    CUSTOMER_LIFE,
    REMEMBERED_LIFE,
    STAFF_LIFE,
    SessionRow,
    is_automatic,
    rest_of,
    seen_every,
)
from .signed_in import SignedIn as SignedIn
from .signed_in import columns, only_looking, opened, signed_in
from .signed_in import reader_of as reader_of
from .users import User

login_manager = LoginManager()


@cache
def _statement(*, is_isolated: bool) -> Any:
    """Return the one statement behind every request; built once, with everything that changes as a parameter.

    Where the database isolates customers, the same statement opens to the transaction what this person may see.
    """
    return (
        select(*opened(is_isolated=is_isolated), SessionRow.last_seen_at, SessionRow.token_hash,
               SessionRow.only_monitoring, *columns())
        .join(User, User.id == SessionRow.user_id)
        .outerjoin(Customer, Customer.id == User.customer_id)
        .where(
            SessionRow.token_hash == bindparam("token_hash"),
            User.disabled_at.is_(None), User.archived_at.is_(None), Customer.archived_at.is_(None),
            User.is_machine.is_(False), SessionRow.expires_at > bindparam("now", type_=UtcDateTime),
        )
    )  # fmt: skip


def _find(session: Session, token: str) -> Any:
    day, moment = today(), now()
    parameters = {"token_hash": digest(token), "day": day, "last": day - grace(), "now": moment}
    return session.execute(_statement(is_isolated=session.get_bind().dialect.name == "postgresql"), parameters).first()


@login_manager.user_loader
def load(token: str) -> SignedIn | None:
    """Return who holds the session with this token, or None when it ended, expired or they may not sign in."""
    session = db.session()
    row = _find(session, token)
    is_watched = row is not None and not row.only_monitoring  # a screen on a wall rests never
    rest = rest_of(row.idle_minutes, is_staff=row.portal_role is None) if is_watched else None
    if row is not None and rest is not None and now() - row.last_seen_at >= rest:
        session.rollback()  # and with it what the statement opened
        return None
    person = signed_in(row, token) if row is not None else None
    if person is not None:
        isolation.narrow(isolation.EVERY if person.is_staff else person.customer_id or isolation.NONE)
    if request.method not in ("GET", "HEAD", "OPTIONS"):
        session.rollback()  # who acts begins a transaction of their own
    if person is None or not person.is_admitted:
        return None
    if row.only_monitoring:
        person = only_looking(person)
    if now() - row.last_seen_at > seen_every(rest) and not is_automatic(request):
        session.rollback()
        with separate() as own:
            own.execute(update(SessionRow).where(SessionRow.token_hash == row.token_hash).values(last_seen_at=now()))
    return person


def start(session: Session, user: User, *, remember: bool = False, only_monitoring: bool = False) -> bool:
    """Sign the person in with a new session: new token, new cookie, the sign-in on record.

    One with `only_monitoring` opens monitoring to look at and nothing else, for a month, however long nobody clicks.

    Return False, with nothing done, when they may not sign in: disabled, their company archived, no permission.
    """
    token = new_secret()
    is_long = only_monitoring or (remember and not user.is_staff)
    life = REMEMBERED_LIFE if is_long else STAFF_LIFE if user.is_staff else CUSTOMER_LIFE
    session.execute(
        insert(SessionRow).values(
            token_hash=digest(token), user_id=user.id, expires_at=now() + life, remembered=remember,
            only_monitoring=only_monitoring,
            address=(request.remote_addr or "")[:64], browser=request.user_agent.string[:300],
        )
    )  # fmt: skip
    row = _find(session, token)
    person = signed_in(row, token) if row is not None else None
    if person is None or not person.is_admitted:
        session.execute(delete(SessionRow).where(SessionRow.token_hash == digest(token)))
        return False
    if current_user.is_authenticated:
        session.execute(delete(SessionRow).where(SessionRow.token_hash == current_user.token_hash))
    moment = now()
    # Not through the object: signing in is no edit, and would make every open form about this person stale.
    session.execute(
        update(User)
        .where(User.id == user.id)
        .values(last_sign_in_at=moment)
        .execution_options(synchronize_session=False)
    )
    set_committed_value(user, "last_sign_in_at", moment)
    record(session, "user.signed_in", by=person, customer_id=user.customer_id, subject_id=user.id)
    _give_cookie(person, permanent=remember and not user.is_staff)
    return True


def stop(session: Session, person: SignedIn) -> None:
    """Sign the person out: the row goes, and with it every copy of the cookie."""
    session.execute(delete(SessionRow).where(SessionRow.token_hash == person.token_hash))
    logout_user()
    cookie.clear()


def renew(session: Session, person: SignedIn, user: User) -> None:
    """Give the present browser a new token and end all other sessions: after a change of password."""
    user.end_sessions(but=person.token_hash)
    token, permanent = new_secret(), cookie.permanent
    session.execute(
        update(SessionRow).where(SessionRow.token_hash == person.token_hash).values(token_hash=digest(token))
    )
    _give_cookie(signed_in(_find(session, token), token), permanent=permanent)


def _give_cookie(person: SignedIn, *, permanent: bool) -> None:
    """Put the token into a fresh cookie: nothing that was in the old one survives."""
    cookie.clear()
    cookie.permanent = permanent
    login_user(person)
    cookie.pop("_fresh", None)


class Cookies(SecureCookieSessionInterface):
    """The cookie of a session; programs have none, and one that a browser sends along opens nothing to them."""

    def open_session(self, app: Flask, request: Request) -> Any:
        """Read the cookie; none where a program asks."""
        return self.session_class() if guard.is_api() else super().open_session(app, request)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Write the cookie, when it changed; never to a program, and never with a page on a screen."""
        if not guard.is_api() and not screens.shown():
            super().save_session(app, session, response)


def init_app(app: Flask) -> None:
    """Let Flask-Login find people by session; its own cookie and protection stay unused."""
    app.session_interface = Cookies()
    login_manager.session_protection = None
    login_manager.init_app(app)
    app.config["PERMANENT_SESSION_LIFETIME"] = REMEMBERED_LIFE
