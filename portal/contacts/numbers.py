"""Numbers: how many services of some hosts somebody sees, by their state, as the inventory knows them.

A core and the inventory's hosts count all of a host's services. Where visibility is strict somebody may see the host
and not all of these (seed "User management", 4.2): theirs alone are counted then.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import and_, case, func, select
from sqlalchemy.orm import Session

from ..customers.ownership import Reader
from . import authorization, visibility
from .inventory import Service, at

HOSTS_AT_ONCE = 500
STATES = ("ok", "warn", "crit", "unknown", "pending")
NONE = (0, 0, 0, 0, 0)
Place = tuple[str, str]
"""A site's ID and the name of a host there."""


def may_differ(session: Session, reader: Reader) -> bool:
    """Tell whether somebody may see fewer services of a host than it has."""
    return visibility.is_restricted(reader) and authorization.chosen(session).is_strict_for_services


def of_services(session: Session, reader: Reader, places: Iterable[Place]) -> dict[Place, tuple[int, ...]]:
    """Return how many services of hosts `reader` sees in each of `STATES`; a host without any is left out.

    One statement per 500 hosts.
    """
    wanted, found = sorted(set(places)), dict[Place, tuple[int, ...]]()
    for start in range(0, len(wanted), HOSTS_AT_ONCE):
        for site_id, host, *numbers in session.execute(_counted(reader, wanted[start : start + HOSTS_AT_ONCE])):
            found[site_id, host] = tuple(numbers)
    return found


def _counted(reader: Reader, places: list[Place]) -> Any:
    is_checked = Service.is_pending.is_(False)
    states = [and_(is_checked, Service.state == state) for state in range(3)]
    states += [and_(is_checked, Service.state > 2), Service.is_pending.is_(True)]
    # Looked at service by service: an index of contact sets would go through all that is somebody's.
    is_seen = case((Service.seen_by(reader), 1), else_=0) == 1
    return (
        select(Service.site_id, Service.host_name, *(func.sum(case((state, 1), else_=0)) for state in states))
        .where(at(Service.site_id, Service.host_name, places), is_seen)
        .group_by(Service.site_id, Service.host_name)
    )
