"""The provider's vocabulary: every permission with its title, a sentence, and the roles that hold it by default."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l


@dataclass(frozen=True)
class Permission:
    """One permission, `section.name`; `defaults` are the built-in roles that hold it unless they say otherwise."""

    name: str
    title: Any
    help: str
    defaults: frozenset[str]


def _permission(name: str, title: Any, help: str, *defaults: str) -> Permission:
    return Permission(name, title, help, frozenset(defaults))


PERMISSIONS: dict[str, Permission] = {
    permission.name: permission
    for permission in (
        _permission("access.read", _l("See staff"), "See the provider's own people and their roles.", "admin", "guest"),
        _permission(
            "access.users",
            _l("Manage staff"),
            "Invite, disable and enable staff and give them roles, never beyond one's own permissions.",
            "admin",
        ),
        _permission(
            "audit.mail", _l("See sent mail"), "See which mail went to whom and what became of it.", "admin", "guest"
        ),
        _permission(
            "audit.mail_resend", _l("Send mail again"), "Send a message again that could not be delivered.", "admin"
        ),
        _permission(
            "audit.read",
            _l("Read the history"),
            "Read what happened, at every customer and at the provider.",
            "admin",
            "guest",
        ),
        _permission(
            "customers.edit",
            _l("Edit customers"),
            "Create and rename customers, edit their company data, archive them.",
            "admin",
        ),
        _permission(
            "customers.people",
            _l("Manage customers' people"),
            "Invite, edit, disable and enable the people of customers, and change their rights.",
            "admin",
        ),
        _permission(
            "customers.read", _l("See customers"), "See all customers, their people and what waits.", "admin", "guest"
        ),
        _permission(
            "customers.subscriptions", _l("Edit subscriptions"), "Enter, renew, change and end subscriptions.", "admin"
        ),
        _permission(
            "customers.super_user",
            _l("Decide super-user requests"),
            "Invite a customer's first super user, enter and decide requests for another one.",
            "admin",
        ),
        _permission("documents.import", _l("Run ERP imports"), "Start an import from the ERP.", "admin"),
        _permission(
            "documents.read", _l("Read documents"), "Read all kinds of documents of all customers.", "admin", "guest"
        ),
        _permission(
            "general.edit_profile",
            _l("Edit the own profile"),
            "Change one's own name, e-mail, language, time zone and password.",
            "admin",
            "user",
        ),
        _permission(
            "releases.publish", _l("Publish releases"), "Publish, mark and withdraw releases, write news.", "admin"
        ),
        _permission(
            "releases.read", _l("See releases"), "See all releases, drafts too, and who fetched them.", "admin", "guest"
        ),
        _permission(
            "support.answer",
            _l("Answer tickets"),
            "Answer, assign, solve, merge and annotate tickets, correct their impact.",
            "admin",
        ),
        _permission(
            "support.manage", _l("Manage support"), "Edit canned answers, response targets and shared views.", "admin"
        ),
        _permission(
            "support.read",
            _l("See tickets"),
            "Read all tickets of all customers, and the notes on them.",
            "admin",
            "guest",
        ),
        _permission(
            "monitoring.read",
            _l("See monitoring"),
            "See the hosts and services of all customers, and the state of their sites.",
            "admin",
            "guest",
        ),
        _permission(
            "monitoring.share", _l("Share views"), "Let all staff use a view of hosts and services one made.", "admin"
        ),
        _permission(
            "monitoring.views",
            _l("Make views"),
            "Keep own views of hosts and services; hide customers from what one sees oneself.",
            "admin",
            "user",
        ),
        _permission(
            "setup.activate",
            _l("Activate changes"),
            "Publish snapshots of the setup to the sites, and roll back to earlier ones.",
            "admin",
        ),
        _permission(
            "setup.edit", _l("Edit setup"), "Create, edit, release and delete elements and general setup.", "admin"
        ),
        _permission(
            "setup.read",
            _l("See setup"),
            "See elements and to whom they are released, pending changes and snapshots; never a secret.",
            "admin",
            "guest",
        ),
        _permission(
            "sites.edit", _l("Edit sites"), "Connect, change, move and remove sites, renew their tokens.", "admin"
        ),
        _permission("sites.read", _l("See sites"), "See all sites, their customers and their state.", "admin", "guest"),
        _permission("general.use", _l("Use the portal"), "Sign in at all.", "admin", "guest", "user"),
    )
}
