"""Account: everything that staff decide about a user, as one wish, made so by the deeds there are, each on record.

The policy decides on each part: nobody changes their own roles, customer or disabling, nor grants what they do not
hold; what a directory owns is its own.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import not_, select
from sqlalchemy.orm import Session

from ...access import policy
from ...access.rights import PortalRole
from ...access.roles import DEFAULT, Role
from ...accounts import attributes, letters, personal, staff, usernames
from ...accounts.personal import Personal
from ...accounts.users import User
from ...audit.models import record
from ...contacts import authorized
from ...contacts.memberships import CONTACT_GROUPS
from ...customers.elements import Element
from ...customers.models import PROVIDER, Customer
from ...errors import Forged, Refused
from ..directories.directory import Directory
from . import groups, release
from .profiles import reaching

OWN_PASSWORD = frozenset({"general.edit_profile", "general.change_password"})
FIELDS = ("pager", "idle_minutes", "must_change_password", "is_fallback_contact")
MOST_IDLE = 7 * 24 * 60


@dataclass(frozen=True)
class Account:
    """What somebody is to be. `sites` None: all; `customer_id` None: Global; `groups` are keys."""

    name: str
    customer_id: str | None = PROVIDER
    email: str = ""
    pager: str = ""
    sites: frozenset[str] | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)
    is_disabled: bool = False
    must_change_password: bool = False
    idle_minutes: int | None = None
    roles: frozenset[str] = frozenset()
    portal_role: PortalRole | None = None
    groups: frozenset[str] = frozenset()
    is_fallback_contact: bool = False
    personal: Personal = field(default_factory=Personal)

    @classmethod
    def of(cls, session: Session, user: User) -> Account:
        """Return what stands now."""
        return cls(
            name=user.name, customer_id=user.customer_id, email=user.email, pager=user.pager,
            sites=authorized.sites_of(session, user), attributes=dict(user.attributes),
            is_disabled=user.disabled_at is not None, must_change_password=user.must_change_password,
            idle_minutes=user.idle_minutes, roles=roles_of(user), portal_role=user.portal_role,
            groups=frozenset(group.key for group in groups.held(session, user)),
            is_fallback_contact=user.is_fallback_contact, personal=Personal.of(user),
        )  # fmt: skip


def roles_of(user: User) -> frozenset[str]:
    """Return the roles that count: of a customer's person without any, the default one."""
    return user.role_ids or (frozenset() if user.is_staff else frozenset({DEFAULT}))


def givable(session: Session, actor: Any, user: User) -> list[Role]:
    """Return the roles the actor may give somebody: those that grant nothing the actor does not hold."""
    return [role for role in staff.roles(session) if policy.may_give_role(actor, user, role.permissions)]


def owned(session: Session, user: User) -> frozenset[str]:
    """Return the fields that the directory an account comes from owns: they are changed there."""
    element = session.get(Element, user.directory_id) if user.directory_id else None
    if element is None:
        return frozenset()
    directory = Directory.of(element)
    more = {
        name for name, owns in (("pager", directory.pager_attribute), ("roles", directory.is_mapping_roles)) if owns
    }
    return frozenset({"name", "email", "password", *more})


def create(session: Session, wish: Account, *, username: str = "", is_machine: bool = False, by: Any) -> User:
    """Add a user who cannot sign in yet: invite them, give them a password or a secret, or leave it at that.

    Without a username it is the e-mail address. Raises `Refused` naming the field that does not hold.
    """
    if "access.users" not in by.verbs:
        raise Forged("a new user")
    if username or not wish.email:
        usernames.check(session, username)
    owner = PROVIDER if wish.customer_id is None else wish.customer_id
    if owner != PROVIDER:
        _check_customer(session, owner, wish.portal_role, by)
    elif wish.portal_role is not None:
        raise Forged("a portal role for staff")
    user = User.create(
        session, name=wish.name, email=wish.email, customer_id=owner, portal_role=wish.portal_role,
        username=username, is_machine=is_machine, by=by,
    )  # fmt: skip
    session.refresh(user, ["customer"])
    give_roles(session, user, wish.roles, by=by)
    if wish.customer_id is None:
        if not release.may_release(session, by, user):
            raise Forged("a Global user")
        release.release(session, user, None, by=by)
    _put_rest(session, user, wish, by)
    return user


def change(session: Session, user: User, wish: Account, *, by: Any) -> bool:
    """Make somebody what the wish says; return whether a new e-mail address waits to be confirmed.

    Raises `Refused` naming the field that does not hold, `Forged` for what was never offered.
    """
    if not policy.may_edit_account(by, user):
        raise Forged(f"account {user.id}")
    fixed = owned(session, user)
    if "pager" in fixed and wish.pager != user.pager:
        raise Refused(_("The directory this account comes from says this. Have it changed there."), field="pager")
    user.rename(wish.name, by=by)
    waits = _put_email(session, user, wish.email, by)
    if wish.customer_id != user.customer_id:
        if not user.is_staff:
            raise Forged("people move on their own page")
        release.release(session, user, wish.customer_id, by=by)
    if wish.portal_role != user.portal_role and wish.portal_role is not None:
        user.give_role(wish.portal_role, by=by)
    give_roles(session, user, wish.roles, by=by)
    _put_rest(session, user, wish, by)
    return waits


def may_set_secret(session: Session, actor: Any, user: User) -> bool:
    """Tell whether the actor may give somebody another password or secret."""
    return user.directory_id is None and policy.may_set_secret(actor, user, release.permissions_of(session, user))


def may_choose_email(session: Session, actor: Any, user: User) -> bool:
    """Tell whether the actor may have another address written to."""
    return policy.may_choose_email(actor, user, release.permissions_of(session, user))


def delete(session: Session, user: User, *, by: Any) -> None:
    """Delete an account; never one's own, never a super user's, never the last who manages staff."""
    if by.id == user.id:
        raise Refused(_("You cannot delete your own account!"))
    if not policy.may_edit_access(by, user):
        raise Forged(f"deletion of {user.id}")
    if user.is_staff:
        user.delete(by=by)
        staff.keep_one(session)
    else:
        user.delete(by=by)


def disable(session: Session, user: User, *, by: Any) -> None:
    """End the sign-in of an account; notifications are not affected, and nobody locks themselves out."""
    if by.id == user.id:
        raise Refused(_("You cannot lock your own account!"), field="is_disabled")
    if not policy.may_edit_access(by, user):
        raise Forged(f"disabling of {user.id}")
    if user.is_staff:
        staff.disable(session, user, by=by)
    else:
        user.disable(by=by)


def _check_customer(session: Session, id: str, role: PortalRole | None, by: Any) -> None:
    customer = session.get(Customer, id)
    if customer is None or customer.archived_at is not None:
        raise Refused(_("There is no active customer with this ID."), field="customer")
    if role is None or role not in policy.assignable_roles(by):
        raise Forged(f"portal role {role}")


def _put_email(session: Session, user: User, email: str, by: Any) -> bool:
    """Change the address as safely as the account needs: a person who signs in confirms it, a program cannot."""
    email = email.strip()
    if email == user.email:
        return False
    if not may_choose_email(session, by, user):
        raise Forged(f"e-mail address of {user.id}")
    if not email and not user.is_staff and not user.is_machine and (user.password_hash or user.invited_at):
        raise Refused(_("A person who signs in needs an e-mail address."), field="email")
    if email and user.password_hash and not user.disabled_at:
        return letters.ask_email(session, user, email, by=by)
    invited = user.invited_at is not None and not user.password_hash and bool(email)
    user.change_email(email, by=by)
    if invited:
        letters.invite(session, user, by=by.name)
    return False


def give_roles(session: Session, user: User, roles: Collection[str], *, by: Any) -> None:
    """Give and take the roles the actor may give; others stay. One at least; a directory that maps roles keeps them."""
    if not policy.may_edit_account(by, user):
        raise Forged(f"roles of {user.id}")
    if set(roles) == roles_of(user) != set():
        return
    if "roles" in owned(session, user):
        raise Refused(_("The directory decides on these roles."), field="roles")
    if not roles:
        raise Refused(_("Choose at least one role."), field="roles")
    if by.id == user.id:
        raise Forged("own roles")
    offered = {role.id for role in givable(session, by, user)}
    if not set(roles) <= offered | user.role_ids:
        raise Forged(f"roles {sorted(roles)}")
    if user.is_staff:
        staff.give_roles(session, user, set(roles) & offered, by=by)
    else:
        user.give_roles({*(set(roles) & offered), *(user.role_ids - offered)}, by=by)


def _put_rest(session: Session, user: User, wish: Account, by: Any) -> None:
    _check(session, wish, user)
    known = {one.id: one for one in attributes.known_ones(session)}
    values, sites = attributes.checked(known, wish.attributes), authorized.sites_of(session, user)
    # From here on nothing is read until both deeds are on record: they tell what differs by what is not yet written.
    changed = [name for name in FIELDS if getattr(user, name) != getattr(wish, name)]
    for name in changed:
        setattr(user, name, getattr(wish, name))
    if values != {id: value for id, value in user.attributes.items() if id in known}:
        user.attributes = values
        changed.append("attributes")
    if wish.sites != sites:
        user.has_chosen_sites = wish.sites is not None
        changed.append("sites")
    if changed:
        record(session, "user.account_changed", by=by, customer_id=user.customer_id, subject_id=user.id, fields=changed)
    personal.choose(session, user, wish.personal, by=by)
    if wish.sites != sites:
        authorized.narrow(session, user, wish.sites)
    join(session, user, wish.groups, by=by)
    if wish.is_disabled and user.disabled_at is None:
        session.flush()
        disable(session, user, by=by)
    elif not wish.is_disabled and user.disabled_at is not None:
        if not policy.may_edit_access(by, user):
            raise Forged(f"enabling of {user.id}")
        user.enable(by=by)


def _check(session: Session, wish: Account, user: User) -> None:
    if wish.is_fallback_contact and not wish.email.strip():
        raise Refused(
            _("Fallback notifications go by e-mail: enter an e-mail address, or do not receive them."),
            field="is_fallback_contact",
        )
    if wish.idle_minutes is not None and not 0 <= wish.idle_minutes <= MOST_IDLE:
        raise Refused(_("A number from 0 to %(most)d.", most=MOST_IDLE), field="idle_minutes")
    if wish.must_change_password and (user.is_machine or user.directory_id):
        raise Refused(_("This account has no password here that could be changed."), field="must_change_password")
    if wish.must_change_password and not _may_change_password(session, user):
        raise Refused(_("The roles do not let this person change a password."), field="must_change_password")


def _may_change_password(session: Session, user: User) -> bool:
    roles = session.scalars(select(Role).where(Role.id.in_(roles_of(user))))
    return frozenset().union(*(role.permissions for role in roles)) >= OWN_PASSWORD


def join(session: Session, user: User, keys: Collection[str], *, by: Any) -> None:
    """Let somebody be in exactly these contact groups; a customer's person in none that is another customer's alone."""
    if not policy.may_edit_account(by, user):
        raise Forged(f"contact groups of {user.id}")
    _check_groups(session, user, keys)
    groups.choose(session, user, keys, by=by)


def _check_groups(session: Session, user: User, keys: Collection[str]) -> None:
    if user.is_staff or not keys:
        return
    held = {group.key for group in groups.held(session, user)}
    foreign = session.scalars(
        select(Element.title).where(
            Element.kind == CONTACT_GROUPS, Element.key.in_(set(keys) - held), Element.archived_at.is_(None),
            not_(reaching(user.customer_id)),
        )
    ).first()  # fmt: skip
    if foreign is not None:
        raise Refused(_("The contact group %(title)s is another customer’s.", title=foreign), field="groups")


def find(session: Session, reader: Any, user_id: uuid.UUID) -> User | None:
    """Return a user the reader may see."""
    return session.scalar(User.visible_to(reader).where(User.id == user_id))
