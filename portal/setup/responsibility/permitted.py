"""Permitted: the folders that somebody's contact groups are permitted on (seed "User management", 3.2).

Whoever is, and holds the role's permission, may edit there who is responsible, and gains no sight of monitoring by it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ...access import policy
from ...contacts.allocation.folders import is_within
from ...contacts.memberships import CONTACT_GROUPS, groups_of
from ...customers.elements import Element
from ..places import FOLDERS
from ..references import ReferenceRow


@dataclass(frozen=True)
class Permit:
    """A folder: on the sites of a customer, or of all for None; `reaches_below`: its subfolders too."""

    customer_id: str | None
    path: str
    reaches_below: bool

    def covers(self, customer_id: str, path: str) -> bool:
        """Tell whether it speaks of a folder on the sites of a customer."""
        if self.customer_id not in (None, customer_id):
            return False
        return path == self.path or self.reaches_below and is_within(path, self.path)


@dataclass(frozen=True)
class Permitted:
    """What of the tree somebody may see and edit."""

    reader: Any
    permits: tuple[Permit, ...]

    @property
    def sees_all(self) -> bool:
        """Tell whether the whole tree is open."""
        return policy.may_see_folder(self.reader, is_permitted=False)

    def sees(self, customer_id: str, path: str) -> bool:
        """Tell whether a folder may be looked at."""
        return policy.may_see_folder(self.reader, is_permitted=self._covers(customer_id, path))

    def edits(self, customer_id: str, path: str) -> bool:
        """Tell whether who is responsible in a folder may be edited."""
        return policy.may_allocate(self.reader, is_permitted=self._covers(customer_id, path))

    def ways(self, customer_id: str) -> list[str]:
        """Return the folders from which somebody who does not see all begins, on a customer's sites."""
        own = {permit.path for permit in self.permits if permit.customer_id in (None, customer_id)}
        return sorted(own)

    @property
    def customers(self) -> set[str] | None:
        """Return the customers of whose sites something is open; None: of all."""
        if self.sees_all or any(permit.customer_id is None for permit in self.permits):
            return None
        return {permit.customer_id for permit in self.permits if permit.customer_id}

    def _covers(self, customer_id: str, path: str) -> bool:
        return any(permit.covers(customer_id, path) for permit in self.permits)


def of(session: Session, reader: Any) -> Permitted:
    """Return what somebody may see and edit of the tree. Two statements, none where a permission changes nothing."""
    ways = (policy.may_see_folder, policy.may_allocate)
    if all(may(reader, is_permitted=False) == may(reader, is_permitted=True) for may in ways):
        return Permitted(reader, ())
    return Permitted(reader, tuple(_permits(session, [group.key for group in groups_of(session, reader.id)])))


def _permits(session: Session, groups: list[str]) -> Iterable[Permit]:
    naming = select(ReferenceRow.element_id).where(ReferenceRow.kind == CONTACT_GROUPS, ReferenceRow.key.in_(groups))
    rows = session.execute(
        select(Element.customer_id, Element.body).where(
            Element.kind == FOLDERS, Element.archived_at.is_(None), Element.id.in_(naming)
        )
    )
    for customer_id, body in rows:
        yield Permit(customer_id, body.get("path") or "/", bool(body.get("may_edit_below")))
