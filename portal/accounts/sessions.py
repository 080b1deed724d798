"""Sessions: rows keyed by the token's hash, loaded with person, customer and rights in one statement."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from flask import Flask, Request, Response, request
from flask import session as cookie
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from flask_login import LoginManager, current_user, login_user, logout_user
from sqlalchemy import (
    Date,
    bindparam,
    case,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from .. import isolation
from ..access import guard, policy, roles
from ..access.rights import PortalRole, Right
from ..audit.models import record
from ..audit.sentences import ROLES
from ..customers.models import Customer
from ..customers.sites import Site
from ..customers.subscriptions import Subscription, grace, today
from ..database import UtcDateTime, db, now, separate
from ..seals import digest, new_secret
from .session_rows import (
    CUSTOMER_LIFE,
    REMEMBERED_LIFE,
    SEEN_EVERY,
    STAFF_IDLE,
    STAFF_LIFE,
    SessionRow,
    is_automatic,
)
from .users import Grant, User, UserRole

login_manager = LoginManager()


@dataclass(frozen=True)
class SignedIn:
    """Who is signed in, as one statement found them: what pages, policy and history need to know."""

    id: uuid.UUID
    username: str
    name: str
    email: str
    customer_id: str | None
    customer_name: str
    portal_role: PortalRole | None
    rights: frozenset[Right]
    sleeping: frozenset[Right]
    role_ids: tuple[str, ...]
    verbs: frozenset[str]
    language: str
    time_zone: str
    has_demo_password: bool
    token: str
    token_hash: str
    address: str
    support_is_offered: bool

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def get_id(self) -> str:
        """Return the session's token: what Flask-Login keeps in the cookie."""
        return self.token

    @property
    def is_staff(self) -> bool:
        """Tell whether this person uses the provider's door."""
        return self.portal_role is None

    @cached_property
    def needs(self) -> frozenset[tuple[str, str]]:
        """Return the verbs as Principal's needs."""
        return frozenset(("verb", verb) for verb in self.verbs)

    @property
    def is_admitted(self) -> bool:
        """Tell whether they may sign in at all: customers' people, and staff whose roles say so."""
        return not self.is_staff or "general.use" in self.verbs

    @property
    def role_label(self) -> str:
        """Return the portal role, or the provider's roles, as the header shows them."""
        return str(ROLES[self.portal_role]) if self.portal_role else ", ".join(self.role_ids)

    @property
    def offered_rights(self) -> tuple[Right, ...]:
        """Return the rights this person's company can give today."""
        return tuple(Right) if self.support_is_offered else (Right.DOWNLOAD_LICENSE,)


def _columns() -> tuple[Any, ...]:
    """Return what a statement asks of a person and their company; its parameters are `day` and `last`."""
    day = bindparam("day", type_=Date)
    support = select(Subscription.id).where(
        Subscription.customer_id == User.customer_id, Subscription.support.is_not(None)
    )
    rights = select(func.aggregate_strings(Grant.right, " ")).where(Grant.user_id == User.id)
    sites = select(Site.id).where(Site.customer_id == User.customer_id, Site.archived_at.is_(None))
    role_ids = select(func.aggregate_strings(UserRole.role_id, " ")).where(UserRole.user_id == User.id)
    return (
        User.id, User.username, User.name, User.email, User.customer_id, User.portal_role,
        User.language, User.time_zone, User.password_is_demo, User.sees_only_own, Customer.name.label("customer_name"),
        rights.scalar_subquery().label("rights"),
        role_ids.scalar_subquery().label("role_ids"),
        exists(support.where(Subscription.covers(day, bindparam("last", type_=Date)))).label("support_now"),
        exists(support.where(Subscription.ever_ran(day))).label("support_ever"),
        exists(sites).label("has_sites"),
        roles.stamp().label("stamp"),
    )  # fmt: skip


@cache
def _statement(*, is_isolated: bool) -> Any:
    """Return the one statement behind every request; built once, with everything that changes as a parameter.

    Where the database isolates customers, the same statement opens to the transaction what this person may see.
    """
    scope = case((User.portal_role.is_(None), isolation.EVERY), else_=User.customer_id)
    opened = (isolation.set_now(scope).label("scope"),) if is_isolated else ()
    return (
        select(*opened, SessionRow.last_seen_at, SessionRow.token_hash, *_columns())
        .join(User, User.id == SessionRow.user_id)
        .outerjoin(Customer, Customer.id == User.customer_id)
        .where(
            SessionRow.token_hash == bindparam("token_hash"),
            User.disabled_at.is_(None), User.archived_at.is_(None), Customer.archived_at.is_(None),
            SessionRow.expires_at > bindparam("now", type_=UtcDateTime),
            or_(User.portal_role.is_not(None), SessionRow.last_seen_at > bindparam("idle", type_=UtcDateTime)),
        )
    )  # fmt: skip


def _find(session: Session, token: str) -> Any:
    day, moment = today(), now()
    parameters = {
        "token_hash": digest(token), "day": day, "last": day - grace(), "now": moment, "idle": moment - STAFF_IDLE,
    }  # fmt: skip
    return session.execute(_statement(is_isolated=session.get_bind().dialect.name == "postgresql"), parameters).first()


@login_manager.user_loader
def load(token: str) -> SignedIn | None:
    """Return who holds the session with this token, or None when it ended, expired or they may not sign in."""
    session = db.session()
    row = _find(session, token)
    person = _signed_in(row, token) if row is not None else None
    if person is not None:
        isolation.narrow(isolation.EVERY if person.is_staff else person.customer_id or isolation.NONE)
    if request.method not in ("GET", "HEAD", "OPTIONS"):
        session.rollback()  # who acts begins a transaction of their own
    if person is None or not person.is_admitted:
        return None
    if now() - row.last_seen_at > SEEN_EVERY and not is_automatic(request):
        session.rollback()
        with separate() as own:
            own.execute(update(SessionRow).where(SessionRow.token_hash == row.token_hash).values(last_seen_at=now()))
    return person


def _signed_in(row: Any, token: str) -> SignedIn:
    portal_role = PortalRole(row.portal_role) if row.portal_role else None
    granted = frozenset(Right(right) for right in (row.rights or "").split())
    sleeping: frozenset[Right] = frozenset()
    if Right.REQUEST_SUPPORT in granted and not row.support_now:
        sleeping = frozenset({Right.REQUEST_SUPPORT})
    role_ids = tuple(sorted((row.role_ids or "").split()))
    return SignedIn(
        id=row.id, username=row.username, name=row.name, email=row.email,
        customer_id=row.customer_id, customer_name=row.customer_name or "",
        portal_role=portal_role, rights=granted - sleeping, sleeping=sleeping, role_ids=role_ids,
        verbs=policy.verbs_of(
            portal_role=portal_role,
            rights=granted - sleeping, sleeping=sleeping if row.support_ever else (), had_support=row.support_ever,
            has_sites=row.has_sites,
            permissions=_permissions(row, portal_role, role_ids),
        ),
        language=row.language, time_zone=row.time_zone, has_demo_password=row.password_is_demo,
        token=token, token_hash=digest(token), address=request.remote_addr or "" if request else "",
        support_is_offered=row.support_now,
    )  # fmt: skip


def _permissions(row: Any, portal_role: PortalRole | None, role_ids: tuple[str, ...]) -> frozenset[str]:
    """Return what the roles grant; a customer's person has them where there is monitoring to look at."""
    if portal_role is not None and not row.has_sites:
        return frozenset()
    granted = roles.permissions_of(db.session(), role_ids or _defaults(portal_role), stamp=row.stamp)
    return granted - {"general.see_all"} if row.sees_only_own else granted


def _defaults(portal_role: PortalRole | None) -> tuple[str, ...]:
    return (roles.DEFAULT,) if portal_role is not None else ()


@cache
def _reader_statement() -> Any:
    return (
        select(*_columns())
        .outerjoin(Customer, Customer.id == User.customer_id)
        .where(
            User.id == bindparam("id", type_=User.id.type), User.password_hash.is_not(None),
            User.disabled_at.is_(None), User.archived_at.is_(None), Customer.archived_at.is_(None),
        )
    )  # fmt: skip


def reader_of(session: Session, user_id: uuid.UUID) -> SignedIn | None:
    """Return a person with the verbs they would hold if they signed in now; None when they could not."""
    day = today()
    row = session.execute(_reader_statement(), {"id": user_id, "day": day, "last": day - grace()}).first()
    person = _signed_in(row, "") if row is not None else None
    return person if person is not None and person.is_admitted else None


def start(session: Session, user: User, *, remember: bool = False) -> bool:
    """Sign the person in with a new session: new token, new cookie, the sign-in on record.

    Return False, with nothing done, when they may not sign in: disabled, their company archived, no permission.
    """
    token = new_secret()
    life = STAFF_LIFE if user.is_staff else REMEMBERED_LIFE if remember else CUSTOMER_LIFE
    session.execute(
        insert(SessionRow).values(
            token_hash=digest(token), user_id=user.id, expires_at=now() + life, remembered=remember,
            address=(request.remote_addr or "")[:64], browser=request.user_agent.string[:300],
        )
    )  # fmt: skip
    row = _find(session, token)
    person = _signed_in(row, token) if row is not None else None
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
    _give_cookie(_signed_in(_find(session, token), token), permanent=permanent)


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
        """Write the cookie, when it changed; never to a program."""
        if not guard.is_api():
            super().save_session(app, session, response)


def init_app(app: Flask) -> None:
    """Let Flask-Login find people by session; its own cookie and protection stay unused."""
    app.session_interface = Cookies()
    login_manager.session_protection = None
    login_manager.init_app(app)
    app.config["PERMANENT_SESSION_LIFETIME"] = REMEMBERED_LIFE
