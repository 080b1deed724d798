"""Sorts of leaks: what each is called, how great the risk is and why, and the right way to do it (seed, 5.4, 5.5)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from flask_babel import lazy_gettext as _l


class Sort(StrEnum):
    """What it is that an element says."""

    CERTIFICATE = "certificate"
    HOST = "host"
    EXPLICIT = "explicit"
    SERVICE = "service"
    EMAIL = "email"
    CUSTOMER = "customer"
    REFERENCE = "reference"
    MEMBERSHIP = "membership"
    PROFILE = "profile"


HIGH, MODERATE = 0, 1
RISKS = {"high": HIGH, "moderate": MODERATE}
RISK_LABELS = {HIGH: (_l("High risk"), "bad"), MODERATE: (_l("Moderate risk"), "warn")}


@dataclass(frozen=True)
class Words:
    """How a sort of leak is told: what it is, why it matters, and what to do instead.

    `own_advice` is the advice for an element that one customer has, where it differs.
    """

    title: Any
    why: Any
    advice: Any
    own_advice: Any = None
    rank: int = MODERATE


_TELLS = _l("It tells others how a customer’s monitoring is organised.")
_BELONGS = _l("Take it out. What is about another customer belongs into an element released to that customer.")

SORTS: dict[Sort, Words] = {
    Sort.CERTIFICATE: Words(
        _l("Holds a CA certificate"),
        _l("Whoever has its key could pose as any server to sites that trust it, and listen in."),
        _l("Enter the certificate in the site-specific settings of the sites that need it."),
        rank=HIGH,
    ),
    Sort.HOST: Words(
        _l("Names a host"),
        _TELLS,
        _l("Use labels, host tags or groups without names instead."),
        _BELONGS,
    ),
    Sort.EXPLICIT: Words(
        _l("Names hosts or services explicitly"),
        _TELLS,
        _l("Use labels, host tags, groups, or a pattern without names instead."),
    ),
    Sort.SERVICE: Words(
        _l("Names a service only one customer has"),
        _TELLS,
        _l("Use labels or service groups without names instead."),
        _BELONGS,
    ),
    Sort.EMAIL: Words(
        _l("Holds an e-mail address"),
        _l("It tells others whom somebody works with and how to reach them."),
        _l("Use a contact group of the customer instead: its members’ addresses go to its own sites only."),
        _BELONGS,
    ),
    Sort.CUSTOMER: Words(
        _l("Names a customer"),
        _l("It tells others who else is a customer."),
        _l("Leave the name and the ID out; use what all customers have in common."),
        _BELONGS,
    ),
    Sort.REFERENCE: Words(
        _l("Refers to what is one customer’s"),
        _TELLS,
        _l("Tell the contacts of the host or service, who need not be named, or refer to something that is for all."),
        _BELONGS,
    ),
    Sort.MEMBERSHIP: Words(
        _l("A Global user in a contact group of one customer"),
        _TELLS,
        _l("Take the user out of the group, or give the customer a user of its own."),
    ),
    Sort.PROFILE: Words(
        _l("The profile of a Global user goes to all sites"),
        _l("Name, address and all that the user has made, such as views, graphs and bookmarks, can be read there."),
        _l("Keep Global users for exceptional cases; for everyday work make a user of the customer."),
    ),
}
