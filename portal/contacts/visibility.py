"""Visibility: who sees which hosts and services. Elsewhere it is as if they did not exist (seed, section 4).

Whoever holds `general.see_all` sees all that is open to their door; anybody else what they are a contact for. A person
with chosen sites sees nothing of the others. `Host.seen_by` and `Service.seen_by` carry these conditions, so that every
list, count, search and export starts from them.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, not_, or_, select, true

from ..accounts.users import User
from ..customers.ownership import Reader
from .authorization import Authorization, AuthorizedSite
from .memberships import Membership
from .sets import ContactSetGroup

SEE_ALL = "general.see_all"


def is_restricted(reader: Reader) -> bool:
    """Tell whether somebody sees only what they are a contact for."""
    return SEE_ALL not in reader.verbs


def of(model: Any, reader: Reader) -> ColumnElement[bool]:
    """Return the condition under which `reader` sees a host or a service, as far as contacts and chosen sites go."""
    own = model.contact_set_id.in_(sets_of(reader)) if is_restricted(reader) else true()
    return and_(own, on_sites(model.site_id, reader))


def on_sites(site_id: Any, reader: Reader) -> ColumnElement[bool]:
    """Return the condition that a site is among those `reader` was narrowed to, where they were."""
    if reader.id is None:
        return true()
    is_narrowed = exists().where(User.id == reader.id, User.has_chosen_sites)
    chosen = select(AuthorizedSite.site_id).where(AuthorizedSite.user_id == reader.id)
    return or_(not_(is_narrowed), site_id.in_(chosen))


def sets_of(reader: Reader) -> Select[Any]:
    """Return a select of the contact sets in which one of somebody's groups is; strict: not merely for the host."""
    is_strict = exists().where(Authorization.is_strict_for_services)
    return (
        select(ContactSetGroup.set_id)
        .join(Membership, Membership.group_id == ContactSetGroup.group_id)
        .where(Membership.user_id == reader.id, or_(not_(ContactSetGroup.is_of_host), not_(is_strict)))
    )
