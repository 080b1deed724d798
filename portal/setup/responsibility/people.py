"""People: everything somebody is responsible for, through the contact groups they are in, and why."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, not_, select
from sqlalchemy.orm import Session

from ...access.policy import PROVIDER
from ...contacts.allocation.reading import facts
from ...contacts.inventory import Host, Service, at
from ...contacts.memberships import Membership
from ...contacts.sets import ContactSet, ContactSetGroup
from ...customers.models import Customer
from ...customers.sites import Site
from .reasons import Reasons, Responsible

_WHERE = (Site.alias.label("site"), Customer.name.label("customer"))


@dataclass(frozen=True)
class Duty:
    """A host or a service (`description`), and which of somebody's groups are responsible for it, with reasons."""

    row: Any
    description: str
    groups: list[Responsible]


def hosts(user: Any) -> Select[*tuple[Any, ...]]:
    """Return a select of the hosts somebody is responsible for."""
    return _of(user, Host, select(Host.id, Host.site_id, Host.name, Host.name_key, *_WHERE))


def services(user: Any) -> Select[*tuple[Any, ...]]:
    """Return a select of the services that somebody's groups were given explicitly; others follow their host."""
    columns = Service.id, Service.site_id, Service.host_name.label("name"), Service.description, Service.name_key
    statement = select(*columns, *_WHERE).join(ContactSet, ContactSet.id == Service.contact_set_id)
    return _of(user, Service, statement).where(ContactSet.has_own)


def _of(user: Any, model: Any, statement: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """Narrow to somebody's sets, and to their own customer's sites where they are a customer's."""
    sets = (
        select(ContactSetGroup.set_id)
        .join(Membership, Membership.group_id == ContactSetGroup.group_id)
        .where(Membership.user_id == user.id, not_(ContactSetGroup.is_of_host))
    )
    statement = statement.join(Site, Site.id == model.site_id).join(Customer, Customer.id == model.customer_id)
    statement = statement.where(model.contact_set_id.in_(sets))
    is_anywhere = user.customer_id is None or user.customer_id == PROVIDER
    return statement if is_anywhere else statement.where(model.customer_id == user.customer_id)


def explained(session: Session, rows: Sequence[Any], groups: Iterable[uuid.UUID]) -> list[Duty]:
    """Return why each row is somebody's who is in these groups. Two statements."""
    reasons, wanted, found = Reasons(session), set(groups), _hosts(session, rows)
    duties = []
    for row in rows:
        host, description = found.get((row.site_id, row.name)), getattr(row, "description", "")
        said = []
        if host is not None:
            here = facts(host)
            said = (reasons.service(here, description) if description else reasons.host(here)).groups
        duties.append(Duty(row, description, [one for one in said if one.group.id in wanted]))
    return duties


def _hosts(session: Session, rows: Sequence[Any]) -> Mapping[tuple[str, str], Host]:
    places = {(row.site_id, row.name) for row in rows}
    known = session.scalars(select(Host).where(at(Host.site_id, Host.name, places)))
    return {(host.site_id, host.name): host for host in known}
