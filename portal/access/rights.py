"""The customers' vocabulary: portal roles, rights, and the verbs of the customer door.

Every verb belongs to one door. A customer's person holds verbs by portal role and effective rights
(seed "Rights and Roles in the customer portal"); the provider's staff hold permissions instead.
"""

from __future__ import annotations

from enum import StrEnum

from flask_babel import lazy_gettext as _l


class PortalRole(StrEnum):
    """What a customer's person may do in the customer door, highest first."""

    SUPER_USER = "super_user"
    ADMIN = "admin"
    USER = "user"


RANK = {PortalRole.USER: 1, PortalRole.ADMIN: 2, PortalRole.SUPER_USER: 3}


class Right(StrEnum):
    """What a person may use of what the customer bought; independent of the portal role."""

    DOWNLOAD_LICENSE = "download_license"
    REQUEST_SUPPORT = "request_support"


VERBS = {
    "commercial.read": _l("Read quotations, orders, invoices, projects, tasks, timesheets and the list of users"),
    "company.read": _l("See the company data"),
    "downloads.use": _l("Download Checkmk and manage licensing credentials"),
    "history.read": _l("Read what happened in the company"),
    "licenses.read": _l("See My Licenses"),
    "monitoring.own": _l("See the hosts and services of the company's own monitoring sites"),
    "monitoring.share_own": _l("Let everybody in the company use a view of hosts and services one made"),
    "people.invite": _l("Invite colleagues"),
    "people.read": _l("See the colleagues of the company"),
    "search.use": _l("Search what one may read"),
    "super_user.ask": _l("Ask for another super user"),
    "tickets.use": _l("Read support tickets"),
    "tickets.watchers": _l("Choose who sees and follows support tickets, without reading them"),
    "tickets.write": _l("Open support tickets and answer in them"),
}

BY_ROLE: dict[PortalRole, frozenset[str]] = {
    PortalRole.USER: frozenset({"licenses.read", "search.use"}),
    PortalRole.ADMIN: frozenset(
        {
            "commercial.read",
            "company.read",
            "history.read",
            "licenses.read",
            "people.invite",
            "people.read",
            "search.use",
            "super_user.ask",
        }
    ),
}
BY_ROLE[PortalRole.SUPER_USER] = BY_ROLE[PortalRole.ADMIN]

BY_RIGHT: dict[Right, frozenset[str]] = {
    Right.DOWNLOAD_LICENSE: frozenset({"downloads.use"}),
    Right.REQUEST_SUPPORT: frozenset({"tickets.use", "tickets.write"}),
}
BY_SLEEPING_RIGHT: dict[Right, frozenset[str]] = {Right.REQUEST_SUPPORT: frozenset({"tickets.use"})}
"""What holders of a right keep while the subscription does not cover it: old tickets stay readable."""

BY_ROLE_WITH_SUPPORT: dict[PortalRole, frozenset[str]] = {
    PortalRole.USER: frozenset(),
    PortalRole.ADMIN: frozenset({"tickets.watchers"}),
    PortalRole.SUPER_USER: frozenset({"tickets.watchers"}),
}
"""What a portal role adds where the company has or had support; elsewhere support appears nowhere."""

BY_ROLE_WITH_SITES: dict[PortalRole, frozenset[str]] = {
    PortalRole.USER: frozenset({"monitoring.own"}),
    PortalRole.ADMIN: frozenset({"monitoring.own", "monitoring.share_own"}),
    PortalRole.SUPER_USER: frozenset({"monitoring.own", "monitoring.share_own"}),
}
"""What a portal role adds where the company has a monitoring site."""
