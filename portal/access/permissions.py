"""The provider's vocabulary: every permission with its title, a sentence, and the roles that hold it by default.

Sections and their order: `wording`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l


@dataclass(frozen=True)
class Permission:
    """One permission, `section.name`; `defaults` are the built-in roles that hold it unless they say otherwise.

    `is_shared`: it is about monitoring, and so roles grant it to customers' people too, over their own sites; all
    others are the provider's door's alone.
    """

    name: str
    title: Any
    help: Any
    defaults: frozenset[str]
    is_shared: bool = False


def _permission(name: str, title: Any, help: Any, *defaults: str, is_shared: bool = False) -> Permission:
    return Permission(name, title, help, frozenset(defaults), is_shared)


def _shared(name: str, title: Any, help: Any, *defaults: str) -> Permission:
    return _permission(name, title, help, *defaults, is_shared=True)


PERMISSIONS: dict[str, Permission] = {
    permission.name: permission
    for permission in (
        _permission(
            "access.read",
            _l("See staff"),
            _l("See the provider's own people and their roles, and who may do what for which reason."),
            "admin",
            "guest",
        ),
        _permission(
            "access.roles",
            _l("Manage roles"),
            _l("Clone, change and delete roles, never granting more than one holds oneself."),
            "admin",
        ),
        _permission(
            "access.users",
            _l("Manage staff"),
            _l("Invite, disable and enable staff and give them roles, never beyond one's own permissions."),
            "admin",
        ),
        _permission(
            "audit.mail",
            _l("See sent mail"),
            _l("See which mail went to whom and what became of it."),
            "admin",
            "guest",
        ),
        _permission(
            "audit.mail_resend", _l("Send mail again"), _l("Send a message again that could not be delivered."), "admin"
        ),
        _permission(
            "audit.read",
            _l("Read the history"),
            _l("Read what happened, at every customer and at the provider."),
            "admin",
            "guest",
        ),
        _permission(
            "customers.edit",
            _l("Edit customers"),
            _l("Create and rename customers, edit their company data, archive them."),
            "admin",
        ),
        _permission(
            "customers.people",
            _l("Manage customers' people"),
            _l("Invite, edit, disable and enable the people of customers, and change their rights."),
            "admin",
        ),
        _permission(
            "customers.read",
            _l("See customers"),
            _l("See all customers, their people and what waits."),
            "admin",
            "guest",
        ),
        _permission(
            "customers.subscriptions",
            _l("Edit subscriptions"),
            _l("Enter, renew, change and end subscriptions."),
            "admin",
        ),
        _permission(
            "customers.super_user",
            _l("Decide super-user requests"),
            _l("Invite a customer's first super user, enter and decide requests for another one."),
            "admin",
        ),
        _permission("documents.import", _l("Run ERP imports"), _l("Start an import from the ERP."), "admin"),
        _permission(
            "documents.read",
            _l("Read documents"),
            _l("Read all kinds of documents of all customers."),
            "admin",
            "guest",
        ),
        _permission(
            "general.edit_profile",
            _l("Edit the own profile"),
            _l("Change one’s own name, e-mail, language, time zone and other settings."),
            "admin",
            "user",
        ),
        _permission(
            "releases.publish", _l("Publish releases"), _l("Publish, mark and withdraw releases, write news."), "admin"
        ),
        _permission(
            "releases.read",
            _l("See releases"),
            _l("See all releases, drafts too, and who fetched them."),
            "admin",
            "guest",
        ),
        _permission(
            "support.answer",
            _l("Answer tickets"),
            _l("Answer, assign, solve, merge and annotate tickets, correct their impact."),
            "admin",
        ),
        _permission(
            "support.manage",
            _l("Manage support"),
            _l("Edit canned answers, response targets and shared views."),
            "admin",
        ),
        _permission(
            "support.read",
            _l("See tickets"),
            _l("Read all tickets of all customers, and the notes on them."),
            "admin",
            "guest",
        ),
        _permission(
            "monitoring.read",
            _l("See monitoring"),
            _l("See the hosts and services of all customers, and the state of their sites."),
            "admin",
            "guest",
            "user",
        ),
        _permission(
            "monitoring.share",
            _l("Share views"),
            _l("Let all staff use a view of hosts and services one made."),
            "admin",
        ),
        _permission(
            "monitoring.views",
            _l("Make views"),
            _l("Keep own views of hosts and services; hide customers from what one sees oneself."),
            "admin",
            "user",
        ),
        _permission(
            "setup.activate",
            _l("Activate changes"),
            _l("Publish snapshots of the setup to the sites, and roll back to earlier ones."),
            "admin",
        ),
        _permission(
            "setup.edit", _l("Edit setup"), _l("Create, edit, release and delete elements and general setup."), "admin"
        ),
        _permission(
            "setup.folders",
            _l("See folders"),
            _l(
                "See the folders of the sites and their hosts by name: who may see setup, all; others those that their "
                "contact groups are permitted on."
            ),
            "admin",
            "guest",
            "user",
        ),
        _permission(
            "setup.own_folders",
            _l("Edit own folders"),
            _l("Edit who is responsible in folders that one's contact groups are permitted on, seeing no more for it."),
            "admin",
            "user",
        ),
        _permission(
            "setup.read",
            _l("See setup"),
            _l("See elements and to whom they are released, pending changes and snapshots; never a secret."),
            "admin",
            "guest",
        ),
        _permission(
            "sites.edit", _l("Edit sites"), _l("Connect, change, move and remove sites, renew their tokens."), "admin"
        ),
        _permission(
            "sites.read", _l("See sites"), _l("See all sites, their customers and their state."), "admin", "guest"
        ),
        _shared(
            "action.acknowledge",
            _l("Acknowledge problems"),
            _l("Say of a problem that one knows of it; notifications stop until its state changes."),
            "admin",
            "user",
        ),
        _shared("action.addcomment", _l("Write comments"), _l("Put comments on hosts and services."), "admin", "user"),
        _shared(
            "action.downtimes",
            _l("Schedule downtimes"),
            _l("Announce when a host or service is out of work on purpose, and take that back."),
            "admin",
            "user",
        ),
        _shared("general.act", _l("Perform commands"), _l("Act on hosts and services at all."), "admin", "user"),
        _shared(
            "general.change_password", _l("Change the own password"), _l("Choose another password."), "admin", "user"
        ),
        _shared("general.csv_export", _l("Export tables"), _l("Save views as files."), "admin", "guest", "user"),
        _shared(
            "general.disable_notifications",
            _l("Switch off all own notifications"),
            _l("Get no notifications at all, for a time or for good."),
            "admin",
        ),
        _shared(
            "general.edit_notifications",
            _l("Edit own notification rules"),
            _l("Say by rules of one's own what one is told of."),
            "admin",
            "user",
        ),
        _shared(
            "general.see_all",
            _l("See all host and services"),
            _l("See hosts and services one is no contact for, too."),
            "admin",
            "guest",
        ),
        _shared(
            "general.sign_in_by_address",
            _l("Sign in by an address"),
            _l(
                "Let a screen on a wall sign in by an address that holds the password, where the operator allows that; "
                "never with an account that may change anything."
            ),
            "admin",
            "guest",
        ),
        _permission("general.use", _l("Use the portal"), _l("Sign in at all."), "admin", "guest", "user"),
    )
}

SHARED = frozenset(name for name, permission in PERMISSIONS.items() if permission.is_shared)
"""What roles grant to customers' people too."""
