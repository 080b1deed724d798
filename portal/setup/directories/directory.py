"""Directory: an LDAP connection as the portal uses it: where it is, what is read there, and what follows from that."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from ...access.rights import PortalRole
from ...access.roles import DEFAULT, Role
from ...accounts.users import User, UserRole
from ...customers.elements import Element, Release
from ...customers.models import PROVIDER
from ...seals import unseal

KIND = "ldap-connections"
ARROW = "->"
"""Between a group of the directory and what its members get, one pair a line."""


@dataclass(frozen=True)
class Directory:
    """What one connection says. `role_groups` and `contact_groups`: pairs of a group's DN and the ID it gives."""

    id: uuid.UUID
    key: str
    title: str
    customer_id: str | None
    """Whose people these are; None: Global."""
    server: str
    port: int
    encryption: str
    tls_ca: str
    bind_dn: str
    bind_password: str
    base_dn: str
    user_filter: str
    key_attribute: str
    username_attribute: str
    name_attribute: str
    email_attribute: str
    pager_attribute: str
    default_roles: tuple[str, ...]
    role_groups: tuple[tuple[str, str], ...]
    contact_groups: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, element: Element) -> Directory:
        """Return what an element of the kind says; raises ValueError when its password cannot be unsealed."""
        body: dict[str, Any] = {**element.body}
        return cls(
            element.id, element.key, element.title,
            None if element.release == Release.GLOBAL else element.customer_id,
            body["server"], int(body.get("port") or 636), body.get("encryption", "ldaps"), body.get("tls_ca") or "",
            body.get("bind_dn") or "", unseal(element.sealed) if element.sealed else "",
            body["base_dn"], body.get("user_filter") or "(objectClass=person)",
            body.get("key_attribute") or "entryUUID", body.get("username_attribute") or "uid",
            body.get("name_attribute") or "cn", body.get("email_attribute") or "mail",
            body.get("pager_attribute") or "",
            tuple(body.get("default_roles") or (DEFAULT,)),
            pairs(body.get("role_groups")), pairs(body.get("contact_groups")),
        )  # fmt: skip

    @property
    def is_of_staff(self) -> bool:
        """Tell whether these are the provider's people, Global ones among them."""
        return self.customer_id in (None, PROVIDER)

    @property
    def is_mapping_roles(self) -> bool:
        """Tell whether the directory decides on roles: then nobody else gives them."""
        return bool(self.role_groups)

    @property
    def groups(self) -> frozenset[str]:
        """Return the DNs of all groups from which something follows, folded."""
        return frozenset(dn.casefold() for dn, _id in (*self.role_groups, *self.contact_groups))


def pairs(lines: Any) -> tuple[tuple[str, str], ...]:
    """Return the pairs that stand on lines as `DN -> ID`."""
    found = (line.rpartition(ARROW) for line in lines or ())
    return tuple((dn.strip(), id.strip()) for dn, _arrow, id in found)


def in_use() -> Select[Element]:
    """Return a select of the connections whose people the portal keeps: live, enabled, said to be for the portal."""
    return select(Element).where(
        Element.kind == KIND, Element.archived_at.is_(None), Element.is_enabled,
        Element.body["in_portal"].as_boolean(),
    )  # fmt: skip


def every(session: Session) -> list[Directory]:
    """Return all connections in use, by title."""
    return [Directory.of(element) for element in session.scalars(in_use().order_by(Element.title_key, Element.id))]


def find(session: Session, id: uuid.UUID) -> Directory | None:
    """Return the connection with an id while it is in use."""
    element = session.scalar(in_use().where(Element.id == id))
    return Directory.of(element) if element else None


def held_by_people_of(session: Session, id: uuid.UUID) -> frozenset[str]:
    """Return what the people of a directory hold that not everybody may pass on: permissions, a super user's place."""
    mine = User.directory_id == id, User.archived_at.is_(None)
    ids = select(UserRole.role_id).join(User, User.id == UserRole.user_id).where(*mine, User.portal_role.is_(None))
    granted = [role.permissions for role in session.scalars(select(Role).where(Role.id.in_(ids)))]
    super_user = session.scalar(select(User.id).where(*mine, User.portal_role == PortalRole.SUPER_USER).limit(1))
    return frozenset().union(*granted, {"customers.super_user"} if super_user else ())
