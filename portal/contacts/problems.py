"""Problems: how many hosts and services of a customer are not in order and nobody looks after.

The last sweep of each site knows; for who sees a part of them they are counted among what they see.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, not_, or_, select
from sqlalchemy.orm import aliased

from ..customers.ownership import Reader
from ..customers.sites import Site
from . import visibility
from .inventory import Host, Service, Sweep

_OF = aliased(Host)


def of_hosts(reader: Reader, customer_id: Any) -> Any:
    """Return the expression for how many hosts of a customer have a problem."""
    if not visibility.is_restricted(reader):
        return _swept(reader, Sweep.host_problems, customer_id)
    return _counted(reader, Host, customer_id, _is_unhandled(Host))


def of_all(reader: Reader, customer_id: Any) -> Any:
    """Return the expression for how many hosts and services do; a host's outage is one, whatever its services say."""
    if not visibility.is_restricted(reader):
        return _swept(reader, Sweep.problems, customer_id)
    is_troubled = exists().where(
        _OF.site_id == Service.site_id, _OF.name == Service.host_name, or_(_OF.state != 0, _OF.in_downtime)
    )
    of_services = _counted(reader, Service, customer_id, and_(_is_unhandled(Service), not_(is_troubled)))
    return of_hosts(reader, customer_id) + of_services


def _swept(reader: Reader, column: Any, customer_id: Any) -> Any:
    live = select(Site.id).where(Site.id == Sweep.site_id, Site.archived_at.is_(None))
    summed = select(func.coalesce(func.sum(column), 0)).where(
        Sweep.customer_id == customer_id, live.exists(), Sweep.seen_by(reader)
    )
    return summed.scalar_subquery()


def _counted(reader: Reader, model: Any, customer_id: Any, condition: ColumnElement[bool]) -> Any:
    live = select(Site.id).where(Site.id == model.site_id, Site.archived_at.is_(None))
    counted = select(func.count()).where(
        model.customer_id == customer_id, live.exists(), model.seen_by(reader), condition
    )  # fmt: skip
    return counted.scalar_subquery()


def _is_unhandled(model: Any) -> ColumnElement[bool]:
    return and_(
        model.state != 0, model.is_pending.is_(False), model.is_acknowledged.is_(False), model.in_downtime.is_(False)
    )
