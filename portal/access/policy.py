"""The policy, on one page: for each act of one person on another, who may (DESIGN.md, section 2).

Pages and templates ask the same functions; a control that would be refused is not drawn. Verbs that need
no record (`"commercial.read" in actor.verbs`) come from `verbs_of`; an absent verb is a no.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection
from typing import Protocol

from .permissions import PERMISSIONS, SHARED
from .rights import (
    BY_RIGHT,
    BY_ROLE,
    BY_ROLE_WITH_SITES,
    BY_ROLE_WITH_SUPPORT,
    BY_SLEEPING_RIGHT,
    RANK,
    VERBS,
    PortalRole,
    Right,
)

PROVIDER = "provider"
OWN_PROFILE = frozenset({"general.edit_profile", "general.change_password"})
"""What roles let a customer's person do to themselves; the role `guest` gives none of it."""


class Person(Protocol):
    """Whom the rules speak of: a person of a customer, or of the provider (no portal role)."""

    @property
    def id(self) -> uuid.UUID:
        """Return who it is."""

    @property
    def customer_id(self) -> str | None:
        """Return whose person it is."""

    @property
    def portal_role(self) -> PortalRole | None:
        """Return the portal role; None for the provider's people."""


class Actor(Person, Protocol):
    """Who acts: a person with the verbs they hold now."""

    @property
    def verbs(self) -> frozenset[str]:
        """Return every verb held."""


# Roles are compared with ==: a database row holds the plain word, which equals the enum but is not it.


def verbs_of(
    *,
    portal_role: PortalRole | None,
    rights: Collection[Right],
    permissions: frozenset[str],
    sleeping: Collection[Right] = (),
    had_support: bool = False,
    has_sites: bool = False,
    own: frozenset[str] = OWN_PROFILE,
) -> frozenset[str]:
    """Return every verb a person holds: one door's only, plus (`own`) what they may change about themselves.

    `rights` are the effective ones; `sleeping` those that a subscription has covered but does not today: they still
    open old tickets. A customer's person with monitoring role `admin` holds no `customers.*`: roles grant provider
    verbs only to the provider's people, and to others what is shared, where there is monitoring to look at.
    """
    if portal_role is None:
        return permissions & frozenset(PERMISSIONS)
    verbs = BY_ROLE[portal_role] | (own & OWN_PROFILE)
    if had_support:
        verbs |= BY_ROLE_WITH_SUPPORT[portal_role]
    if has_sites:
        verbs |= BY_ROLE_WITH_SITES[portal_role] | (permissions & SHARED)
    return verbs.union(
        *(BY_RIGHT[right] for right in rights), *(BY_SLEEPING_RIGHT.get(right, frozenset()) for right in sleeping)
    )


def is_staff(person: Person) -> bool:
    """Tell whether the person uses the provider's door."""
    return person.portal_role is None


def is_colleague(actor: Person, person: Person) -> bool:
    """Tell whether both belong to the same customer's door."""
    return not is_staff(actor) and not is_staff(person) and actor.customer_id == person.customer_id


def outranks(actor: Person, person: Person) -> bool:
    """Tell whether the actor's portal role is above the person's: super user > admin > user."""
    return (
        actor.portal_role is not None
        and person.portal_role is not None
        and actor.portal_role != PortalRole.USER
        and RANK[actor.portal_role] > RANK[person.portal_role]
    )


def may_edit_person(actor: Actor, person: Person) -> bool:
    """Edit name, e-mail and rights, disable and enable: a colleague above them, or staff who manage people.

    Nobody edits themselves here: the own profile is another page.
    """
    if actor.id == person.id:
        return False
    if is_colleague(actor, person):
        return outranks(actor, person)
    return "customers.people" in actor.verbs and not is_staff(person)


def may_delete_person(actor: Actor, person: Person) -> bool:
    """Delete: as editing, but nobody ever deletes a super user."""
    return may_edit_person(actor, person) and person.portal_role != PortalRole.SUPER_USER


def may_move_person(actor: Actor, person: Person) -> bool:
    """Move to another customer: staff only, and never a super user."""
    return "customers.people" in actor.verbs and may_delete_person(actor, person)


def assignable_roles(actor: Actor, person: Person | None = None) -> tuple[PortalRole, ...]:
    """Return the portal roles the actor may give: never super user, an admin `user` only.

    For somebody new when `person` is None; empty when the actor may not change that person's role.
    """
    if person is not None and not may_delete_person(actor, person):
        return ()
    if actor.portal_role == PortalRole.SUPER_USER or "customers.people" in actor.verbs:
        return (PortalRole.ADMIN, PortalRole.USER)
    if actor.portal_role == PortalRole.ADMIN:
        return (PortalRole.USER,)
    return ()


def may_invite_person(actor: Actor, person: Person) -> bool:
    """Send an invitation again or cancel it: whoever may create that role there."""
    if is_staff(person):
        return may_manage_staff(actor, person)
    if person.portal_role == PortalRole.SUPER_USER:
        return "customers.super_user" in actor.verbs
    there = is_colleague(actor, person) or "customers.people" in actor.verbs
    return there and person.portal_role in assignable_roles(actor)


def may_withdraw_request(actor: Actor, asked_by: uuid.UUID | None) -> bool:
    """Withdraw a super-user request: whoever asked, or the super user."""
    return actor.id == asked_by or actor.portal_role == PortalRole.SUPER_USER


def may_manage_staff(actor: Actor, person: Person) -> bool:
    """Disable, enable and give roles to staff: who manages staff, never themselves."""
    return "access.users" in actor.verbs and is_staff(person) and actor.id != person.id


def holdings(actor: Actor) -> frozenset[str]:
    """Return what the actor can pass on: the verbs held, and those that the own settings lay aside for now."""
    laid_aside: frozenset[str] = getattr(actor, "laid_aside", frozenset())
    return actor.verbs | laid_aside


def may_give_permissions(actor: Actor, permissions: frozenset[str]) -> bool:
    """Give a role that grants `permissions`: nobody grants what they do not hold."""
    return "access.users" in actor.verbs and permissions <= holdings(actor)


def may_edit_account(actor: Actor, person: Person) -> bool:
    """Edit what is no access: who manages staff edits staff, themselves too; and customers' people as their editors do.

    Nobody changes their own roles, customer or disabling (`may_edit_access`).
    """
    if "access.users" not in actor.verbs:
        return False
    return is_staff(person) or may_edit_person(actor, person)


def may_edit_access(actor: Actor, person: Person) -> bool:
    """Give and take monitoring roles, disable and enable, on the page of all users: never oneself."""
    return actor.id != person.id and may_edit_account(actor, person)


def may_remove_account(actor: Actor, person: Person) -> bool:
    """Delete an account on the page of all users: never oneself, never a super user."""
    return may_edit_access(actor, person) and person.portal_role != PortalRole.SUPER_USER


def may_give_role(actor: Actor, person: Person, permissions: frozenset[str]) -> bool:
    """Give somebody a role that grants `permissions`: nobody grants what they do not hold.

    To customers' people a role brings what is shared alone, so that alone has to be held.
    """
    given = permissions if is_staff(person) else permissions & SHARED
    return may_give_permissions(actor, given)


def may_set_secret(actor: Actor, person: Person, permissions: frozenset[str]) -> bool:
    """Set somebody else's password or a machine's secret; `permissions` are what their roles grant them.

    Never a super user's: whoever knows it could act as them. Nor that of staff who may more than oneself.
    """
    if not may_remove_account(actor, person):
        return False
    return permissions <= holdings(actor) if is_staff(person) else True


def may_choose_email(actor: Actor, person: Person, permissions: frozenset[str]) -> bool:
    """Change an e-mail address; `permissions` are what the person's roles grant them.

    Never that of staff who may more than oneself: invitations and new passwords are mailed there.
    """
    if actor.id == person.id:
        return True
    return may_edit_account(actor, person) and (not is_staff(person) or permissions <= holdings(actor))


def may_connect(actor: Actor, *, is_of_staff: bool, permissions: frozenset[str]) -> bool:
    """Say where a directory is whose people sign in here, staff or a customer's; `permissions`: what they hold.

    Whoever names the server could sign in as any of them: it takes managing them, and holding as much oneself.
    """
    return ("access.users" if is_of_staff else "customers.people") in actor.verbs and permissions <= holdings(actor)


def may_edit_settings(actor: Actor, person: Person) -> bool:
    """Choose language, theme, start page and the like: for oneself, where roles allow it, or as `may_edit_account`."""
    return (actor.id == person.id and "general.edit_profile" in actor.verbs) or may_edit_account(actor, person)


def may_mute(actor: Actor) -> bool:
    """Switch off all own notifications; who manages staff does so on the page of all users."""
    return "general.disable_notifications" in actor.verbs or "access.users" in actor.verbs


def may_grant_through_role(actor: Actor, permissions: frozenset[str]) -> bool:
    """Change roles so that one grants `permissions` besides: nobody grants what they do not hold."""
    return "access.roles" in actor.verbs and permissions <= holdings(actor)


def may_see_folder(actor: Actor, *, is_permitted: bool) -> bool:
    """See a folder and the names of its hosts: who sees setup; else who is in a group permitted on it."""
    return "setup.folders" in actor.verbs and ("setup.read" in actor.verbs or is_permitted)


def may_allocate(actor: Actor, *, is_permitted: bool) -> bool:
    """Edit who is responsible for a folder and its hosts: who edits setup; else who is in a group permitted on it.

    It gives no sight of what is monitored there (seed "User management", 3.2).
    """
    if not may_see_folder(actor, is_permitted=is_permitted):
        return False
    return {"setup.read", "setup.edit"} <= actor.verbs or ("setup.own_folders" in actor.verbs and is_permitted)


def may_release_person(actor: Actor, person: Person, permissions: frozenset[str]) -> bool:
    """Make one of the provider's people Global, or the provider's own again; `permissions` are what their roles grant.

    Who manages staff and edits setup, never themselves; and nobody brings to all sites what they do not hold.
    """
    return "setup.edit" in actor.verbs and may_manage_staff(actor, person) and permissions <= holdings(actor)


def may_set_site_password(actor: Actor, person: Person, permissions: frozenset[str]) -> bool:
    """Set and remove somebody else's site password: who edits setup; of staff, as `may_release_person`.

    Otherwise one could enter a site as somebody who may more.
    """
    if is_staff(person):
        return may_release_person(actor, person, permissions)
    return "setup.edit" in actor.verbs


def may_choose_readers(actor: Actor, opener_id: uuid.UUID) -> bool:
    """Choose who of the company sees a ticket: whoever opened it, and who may do so for all of the company's."""
    return actor.id == opener_id or "tickets.watchers" in actor.verbs


LOOKS_ONLY = (
    frozenset(name for name, permission in PERMISSIONS.items() if "guest" in permission.defaults)
    | BY_ROLE[PortalRole.USER]
    | BY_ROLE_WITH_SITES[PortalRole.USER]
)
"""What somebody holds at most who may sign in by an address: its password may stand in logs."""


def may_sign_in_by_address(actor: Actor) -> bool:
    """Sign in by an address that holds the password: who has the permission, and none with which things change."""
    return "general.sign_in_by_address" in actor.verbs and actor.verbs <= LOOKS_ONLY


KNOWN_VERBS = frozenset(VERBS) | frozenset(PERMISSIONS)
