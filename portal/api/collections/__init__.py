"""The collections, in the order of the description. A new one is a file here and a line below."""

from __future__ import annotations

from ..collection import Collection
from . import (
    aggregations,
    customers,
    documents,
    elements,
    licenses,
    monitored,
    responsibility,
    roles,
    sites,
    tickets,
    users,
    views,
)

COLLECTIONS: tuple[Collection, ...] = (
    users.USERS,
    roles.ROLES,
    *elements.COLLECTIONS,
    sites.SITES,
    customers.CUSTOMERS,
    *documents.COLLECTIONS,
    licenses.LICENSES,
    tickets.TICKETS,
    monitored.HOSTS,
    monitored.SERVICES,
    views.VIEWS,
    *responsibility.COLLECTIONS,
    aggregations.AGGREGATIONS,
)
