"""Portal users of the ERP become users. Roles, rights, e-mail addresses in use and disabling are the portal's."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from zoneinfo import available_timezones

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from ...access.rights import PortalRole
from ...accounts.users import User, UserState
from ...database import now, separate
from ...i18n import LANGUAGES
from ...text import fold
from ...web.fields import is_mailbox
from .. import values
from ..rows import Record
from ..values import Bad
from .customers import ensure
from .world import World, needed, short

MODEL = "res.users"
GONE = "gone"
"""Stands as `source_hash` of a user who was disabled because the ERP has them no more."""


@dataclass(frozen=True)
class Login:
    """A portal user as the ERP has them; `owner` is the commercial partner behind."""

    record: Record
    login: str
    name: str
    email: str
    language: str
    time_zone: str
    owner: int

    @property
    def hash(self) -> str:
        """Return the fingerprint of what the ERP says."""
        content = [self.login, self.name, self.email, self.owner]
        return hashlib.sha256(json.dumps(content).encode()).hexdigest()


def import_people(world: World) -> None:
    """Add new portal users, lowest id first; bring over changed names; disable who is gone."""
    tally = world.tally(MODEL)
    logins = []
    names = world.names[MODEL] = {}
    for record in world.records(MODEL):
        names[record.key] = str(record.get("name") or "")
        try:
            login = _read(world, record)
        except Bad as bad:
            world.refuse(record, MODEL, bad)
            continue
        if isinstance(login, str):
            tally.hide(record.key, login)
        else:
            logins.append(login)
    ensure(world, {login.owner for login in logins})
    for login in sorted(logins, key=lambda login: login.record.key):
        with separate() as session:
            _bring(session, world, login)
    with separate() as session:
        for user in session.scalars(select(User).where(*_ours(world), User.archived_at.is_(None))):
            if tally.gone(int(user.source_id or 0)) and user.source_hash != GONE:
                _end(session, world, user)


def _read(world: World, record: Record) -> Login | str:
    """Return the portal user of a record, or why it is none. Raises `Bad`."""
    if not values.flag(record, "share", default=False):
        return "internal"
    if not values.flag(record, "active", default=True):
        return "inactive"
    owner = world.owner(record)
    if owner is None or owner in world.partners.own:
        return "no_owner" if owner is None else "own"
    partner = values.many2one(record, "partner_id")
    person = world.partners.all.get(partner[0]) if partner else None
    email = person.email if person else ""
    if email and not (len(email) <= 254 and is_mailbox(email)):
        world.note(record, MODEL, _("%(email)s is no e-mail address; it is left out.", email=repr(email)))
        email = ""
    language = (values.text(record, "lang") or "").split("_")[0]
    zone = values.text(record, "tz") or ""
    return Login(
        record=record,
        login=needed(record, "login", 255),
        name=short("name", " ".join((values.text(record, "name") or "").split()) or needed(record, "login", 200), 200),
        email=email,
        language=language if language in LANGUAGES else "",
        time_zone=zone if zone in available_timezones() else "",
        owner=owner,
    )


def _bring(session: Session, world: World, login: Login) -> None:
    tally, key = world.tally(MODEL), login.record.key
    customer_id = world.partners.customers[login.owner]
    user = session.scalar(select(User).where(*_ours(world), User.source_id == str(key)))
    if user is None:
        if reason := _unwelcome(session, customer_id, login):
            world.refuse(login.record, MODEL, Bad("login", reason), customer_id)
            return
        _create(session, world, login, customer_id)
        tally.show(key)
        tally.new += 1
        return
    if user.archived_at is not None:
        tally.hide(key, "deleted_here")
        return
    tally.show(key)
    if user.customer_id != customer_id:
        why = _("In the ERP they belong to %(customer)s. Staff can move them.", customer=customer_id)
        world.note(login.record, MODEL, why, user.customer_id)
    if user.source_hash == login.hash:
        tally.unchanged += 1
        return
    if user.source_hash == GONE:
        why = _("They are back in the ERP. Their account stays disabled until staff enable it.")
        world.note(login.record, MODEL, why, user.customer_id)
    user.rename(login.name, by=None)
    if user.state is UserState.INVITED and user.invited_at is None and fold(login.email) != user.email_key:
        _follow_email(session, world, user, login)
    user.source_hash, user.imported_at = login.hash, now()
    tally.changed += 1


def _unwelcome(session: Session, customer_id: str, login: Login) -> str:
    """Return why there is no account for a new login; "" when nothing speaks against it."""
    if session.scalar(select(User.id).where(User.username_key == fold(login.login))):
        return str(_("There is an account with this username already."))
    if login.email and _address_taken(session, customer_id, login.email):
        return str(_("Somebody of this customer has the e-mail address already."))
    return ""


def _address_taken(session: Session, customer_id: str | None, email: str) -> bool:
    query = select(func.count()).where(
        User.customer_id == customer_id, User.email_key == fold(email), User.archived_at.is_(None)
    )
    return bool(session.scalar(query))


def _create(session: Session, world: World, login: Login, customer_id: str) -> None:
    """Add an account nobody can sign in to yet; the first of a customer without a super user becomes that."""
    has_one = session.scalar(
        select(User.id).where(User.customer_id == customer_id, User.portal_role == PortalRole.SUPER_USER)
    )
    user = User.create(
        session, name=login.name, email=login.email, customer_id=customer_id, username=login.login,
        portal_role=PortalRole.USER if has_one else PortalRole.SUPER_USER, by=None,
    )  # fmt: skip
    user.language, user.time_zone = login.language, login.time_zone
    user.source, user.source_model, user.source_id = world.origin, MODEL, str(login.record.key)
    user.source_hash, user.imported_at = login.hash, now()


def _follow_email(session: Session, world: World, user: User, login: Login) -> None:
    """Take over the address of somebody who was never invited: nobody has verified the old one."""
    if login.email and _address_taken(session, user.customer_id, login.email):
        why = Bad("email", _("Somebody of this customer has the e-mail address already."))
        world.note(login.record, MODEL, str(why), user.customer_id)
        return
    user.change_email(login.email, by=None)


def _end(session: Session, world: World, user: User) -> None:
    tally = world.tally(MODEL)
    user.source_hash = GONE
    tally.archived += 1
    if user.disabled_at is not None:
        return
    user.disable(by=None)
    why = (
        _(
            "The super user %(name)s is gone from the ERP and is disabled here. Staff can appoint another one.",
            name=user.name,
        )
        if user.portal_role == PortalRole.SUPER_USER
        else _("%(name)s is gone from the ERP and is disabled here.", name=user.name)
    )
    world.notebook.note(MODEL, 0, f"{MODEL} {user.source_id}", why, user.customer_id)


def _ours(world: World) -> tuple[ColumnElement[bool], ...]:
    return User.source == world.origin, User.source_model == MODEL
