"""The inventory job: reads which hosts and services the sites have, and keeps the portal's own copy of them.

Sites are read some at a time. One that is silent keeps its rows, with the moment it was last read whole and the reason
why it is not now.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from flask import current_app
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from ..contacts.allocation import recompute
from ..contacts.inventory import Host, Service, Sweep
from ..customers.ownership import PORTAL
from ..customers.sites import Site
from ..database import now, reading, separate
from ..i18n import speaking
from ..jobs import every
from ..leases import Job
from ..setup.sites import report
from . import poller, sight
from .keeping import HOSTS, SERVICES, Values, keep
from .sight import Seen
from .tables import asking
from .tables.asking import Told

TIMEOUT = 20.0
"""Seconds a site has to tell all it knows."""
AT_ONCE, ROWS_AT_ONCE = 16, 50_000
"""How many sites are read at once, and how many rows they had together last time."""


@every("INVENTORY_MINUTES", "monitoring.inventory")
def take(session: Session, job: Job) -> None:
    """Read every site and keep what it has; one that fails stops none of the others."""
    with reading():
        if is_under_way(session, job):
            session.rollback()
            return
        seen = sight.sites(session, PORTAL, even_hidden=True)
        sizes = {row.site_id: row.hosts + row.services for row in session.execute(_sizes())}
        session.rollback()
    _forget_archived()
    since = now()
    for some in _together(seen, sizes):
        with speaking("en"):  # reasons are kept, and read by people of any language
            answered = asking.ask([_patient(one) for one in some], HOSTS.query, SERVICES.query)
        poller.rest()
        for told in answered:
            try:
                _keep(told)
            except Exception:
                current_app.logger.exception("The inventory of site %s cannot be kept", told.seen.target.site_id)
                _note(told.seen, failed_at=now(), reason="What the site tells cannot be kept.")
    recompute.ask_for_changed(session, since)


def is_under_way(session: Session, job: Job) -> bool:
    """Tell whether another worker is at it already."""
    other = select(Job.id).where(
        Job.kind == job.kind, Job.id != job.id, Job.done_at.is_(None), Job.leased_until > now()
    )
    return session.scalar(other.limit(1)) is not None


def _sizes() -> Any:
    return select(Sweep.site_id, Sweep.hosts, Sweep.services).where(Sweep.seen_by(PORTAL))


def _forget_archived() -> None:
    archived = select(Site.id).where(Site.archived_at.is_not(None))
    with separate() as session:
        for model in (Host, Service, Sweep):
            session.execute(
                delete(model).where(model.site_id.in_(archived)).execution_options(synchronize_session=False)
            )


def _together(seen: Sequence[Seen], sizes: Mapping[str, int]) -> Iterator[list[Seen]]:
    """Yield the sites in groups that are small enough to be held at once."""
    group: list[Seen] = []
    rows = 0
    for one in seen:
        size = sizes.get(one.target.site_id, 0)
        if group and (len(group) == AT_ONCE or rows + size > ROWS_AT_ONCE):
            yield group
            group, rows = [], 0
        group.append(one)
        rows += size
    if group:
        yield group


def _patient(seen: Seen) -> Seen:
    return replace(seen, target=replace(seen.target, timeout=max(seen.target.timeout, TIMEOUT)))


def _keep(told: Told) -> None:
    seen, answer = told.seen, told.answer
    if not answer.is_online:
        _note(seen, failed_at=now(), reason=answer.reason[:300])
        return
    hosts, services = (kind.read(table) for kind, table in zip((HOSTS, SERVICES), told.tables, strict=True))
    for kind, found in ((HOSTS, hosts), (SERVICES, services)):
        keep(kind, seen.target.site_id, seen.customer_id, found)
    _note(
        seen, finished_at=now(), failed_at=None, reason="", hosts=len(hosts), services=len(services),
        **_problems(hosts, services),
    )  # fmt: skip
    with separate() as session:
        status = answer.status
        report(
            session, seen.target.site_id, edition=str(status.get("edition") or ""),
            product_version=str(status.get("program_version") or ""),
        )  # fmt: skip


def _problems(hosts: Mapping[tuple[str, ...], Values], services: Mapping[tuple[str, ...], Values]) -> dict[str, int]:
    """Return how many hosts and services have a problem nobody looks after, and how many of these are hosts.

    A host's outage is one, not one more for each of its services.
    """
    troubled = {name for (name,), host in hosts.items() if host["state"] or host["in_downtime"]}
    of_hosts = sum(map(_is_unhandled, hosts.values()))
    of_services = sum(_is_unhandled(service) for (host, _name), service in services.items() if host not in troubled)
    return {"problems": of_hosts + of_services, "host_problems": of_hosts}


def _is_unhandled(values: Values) -> bool:
    return bool(
        values["state"] and not values["is_pending"] and not values["is_acknowledged"] and not values["in_downtime"]
    )


def _note(seen: Seen, **values: Any) -> None:
    """Write down how it went, under whose site it is now: it may have been moved or removed since it was asked."""
    site_id = seen.target.site_id
    with separate() as session:
        live = select(Site.customer_id).where(Site.id == site_id, Site.archived_at.is_(None))
        customer_id = session.scalar(live.with_for_update(read=True, key_share=True))
        if customer_id is None:
            return
        sweep = session.get(Sweep, site_id)
        if sweep is None:
            sweep = Sweep(site_id=site_id, customer_id=customer_id)
            session.add(sweep)
        for name, value in values.items():
            setattr(sweep, name, value)
