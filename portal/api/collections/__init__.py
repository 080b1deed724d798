"""The collections, in the order of the description. A new one is a file here and a line below."""

from __future__ import annotations

from ..collection import Collection
from . import customers, documents, elements, monitored, sites, tickets, users

COLLECTIONS: tuple[Collection, ...] = (
    users.USERS,
    *elements.COLLECTIONS,
    sites.SITES,
    customers.CUSTOMERS,
    *documents.COLLECTIONS,
    tickets.TICKETS,
    monitored.HOSTS,
    monitored.SERVICES,
)
