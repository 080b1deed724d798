"""Duties: how much a contact group is responsible for, and how many are in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from sqlalchemy import func, literal, not_, select
from sqlalchemy.orm import Session

from ...contacts.inventory import Host, Service
from ...contacts.memberships import Membership
from ...contacts.sets import ContactSetGroup
from ...customers.elements import Element
from ..references import ReferenceRow


@dataclass(frozen=True)
class Duty:
    """Numbers of hosts and services, counted as far as `most`; of elements that name the group, and of its members."""

    hosts: int
    services: int
    elements: int
    members: int

    most: ClassVar[int] = 10_000


def of(session: Session, group: Element) -> Duty:
    """Return a contact group's duty. One statement."""
    naming = (ReferenceRow.kind == group.kind) & (ReferenceRow.key == group.key)
    members = select(func.count()).where(Membership.group_id == group.id)
    elements = select(func.count()).select_from(ReferenceRow).where(naming)
    row = session.execute(
        select(_given(Host, group), _given(Service, group), elements.scalar_subquery(), members.scalar_subquery())
    ).one()
    return Duty(*row)


def _given(model: Any, group: Element) -> Any:
    sets = select(ContactSetGroup.set_id).where(ContactSetGroup.group_id == group.id, not_(ContactSetGroup.is_of_host))
    some = select(literal(1)).select_from(model).where(model.contact_set_id.in_(sets)).limit(Duty.most + 1).subquery()
    return select(func.count()).select_from(some).scalar_subquery()
