"""Everything: the contact group that is responsible for all hosts, and its rule (seed "User management", 2.4 and 3.2).

The portal has a Global one. Each customer has its own, over its own sites, in which its super user is. They are made
with what they belong to, and once: one that somebody deleted stays deleted.
"""

from __future__ import annotations

import hashlib
import uuid
from typing import Any

from sqlalchemy import ColumnElement, delete, exists, literal, select
from sqlalchemy.orm import Session

from ..access.rights import PortalRole
from ..accounts.users import User
from ..audit.followers import follow
from ..audit.models import Event, record
from ..contacts.allocation.reading import RULES
from ..contacts.memberships import CONTACT_GROUPS, Membership
from ..customers.elements import Element, Release
from ..customers.models import PROVIDER, Customer
from . import elements, keys
from .releases import To
from .users.pending import note_user
from .users.publishing import Actor

GLOBAL_KEY, SUFFIX = "all", "-everything"
TITLE = "Everything"
_RULE: dict[str, Any] = {
    "assign": "hosts", "folder": "", "hosts": [], "services": [], "labels": [], "tags": [], "sites": [],
    "customers": [], "comment": "",
}  # fmt: skip


def found(session: Session) -> None:
    """Add what is missing: of the portal, of every customer, of every super user; commits nothing.

    For portals from before there were such groups; what is new gets its own as it is made.
    """
    _make(session, GLOBAL_KEY, To(Release.GLOBAL, None), by=None)
    has_one = exists().where(
        Element.kind == CONTACT_GROUPS, Element.customer_id == Customer.id, Element.key.endswith(SUFFIX)
    )
    lacking = Customer.id != PROVIDER, Customer.deleted_at.is_(None), ~has_one
    for customer_id in session.scalars(select(Customer.id).where(*lacking).order_by(Customer.id)).all():
        if _make_for(session, customer_id, by=None):
            _join(session, customer_id, by=None)


def is_own(element: type[Element] = Element) -> ColumnElement[bool]:
    """Return the condition that an element came with its customer, and so holds no customer back."""
    return element.kind.in_((CONTACT_GROUPS, RULES)) & (element.key == element.customer_id + literal(SUFFIX))


def of(session: Session, customer_id: str) -> Element | None:
    """Return a customer's own group, unless it was deleted."""
    group = elements.find(session, CONTACT_GROUPS, key_of(customer_id))
    return group if group is not None and group.customer_id == customer_id else None


def key_of(customer_id: str) -> str:
    """Return the ID of a customer's own group and rule."""
    if len(customer_id) + len(SUFFIX) <= keys.LENGTH:
        return customer_id + SUFFIX
    short = hashlib.sha256(customer_id.encode()).hexdigest()[:8]
    return f"{customer_id[: keys.LENGTH - len(SUFFIX) - 9]}-{short}{SUFFIX}"


def _make_for(session: Session, customer_id: str, *, by: Any) -> bool:
    return _make(session, key_of(customer_id), To(Release.CUSTOMER, customer_id), by=by)


def _make(session: Session, key: str, to: To, *, by: Any) -> bool:
    """Add group and rule, unless there is or was a group with this ID; tell whether they were added."""
    if session.scalar(select(exists().where(Element.kind == CONTACT_GROUPS, Element.key == key))):
        return False
    elements.create(session, CONTACT_GROUPS, key=key, title=TITLE, to=to, by=by)
    if elements.find(session, RULES, key) is None:
        elements.create(session, RULES, key=key, title=TITLE, to=to, body={**_RULE, "groups": [key]}, by=by)
    return True


def _join(session: Session, customer_id: str, *, by: Any, is_new: bool = False) -> None:
    """Let a customer's super user be in its own group; who is new is noted as new already."""
    super_user = (User.customer_id == customer_id) & (User.portal_role == PortalRole.SUPER_USER)
    user = session.scalars(select(User).where(super_user, User.archived_at.is_(None))).first()
    group = of(session, customer_id)
    if user is None or group is None or session.get(Membership, (user.id, group.id)) is not None:
        return
    session.add(Membership(user_id=user.id, group_id=group.id))
    session.flush()
    if not is_new:
        _tell(session, user, group, joined=True, by=by)


def _leave(session: Session, user_id: uuid.UUID, customer_id: str, *, by: Any) -> None:
    group, user = of(session, customer_id), session.get(User, user_id)
    if group is None or user is None or session.get(Membership, (user_id, group.id)) is None:
        return
    session.execute(delete(Membership).where(Membership.user_id == user_id, Membership.group_id == group.id))
    _tell(session, user, group, joined=False, by=by)


def _tell(session: Session, user: User, group: Element, *, joined: bool, by: Any) -> None:
    added, taken = ([group.title], []) if joined else ([], [group.title])
    record(
        session, "user.groups_changed", by=by, customer_id=user.customer_id, subject_id=user.id, added=added,
        taken=taken,
    )  # fmt: skip
    said = ["", group.title] if joined else [group.title, ""]
    note_user(session, user, user.customer_id, act="changed", by=by, contact_groups=said)


def _customer_made(session: Session, event: Event) -> None:
    by = Actor(event.actor_id)
    if event.customer_id == PROVIDER:
        _make(session, GLOBAL_KEY, To(Release.GLOBAL, None), by=by)
    elif event.customer_id:
        _make_for(session, event.customer_id, by=by)


def _customer_deleted(session: Session, event: Event) -> None:
    own = select(Element).where(Element.customer_id == event.customer_id, is_own(), Element.archived_at.is_(None))
    for element in sorted(session.scalars(own).all(), key=lambda element: element.kind == CONTACT_GROUPS):
        elements.delete(session, element, by=Actor(event.actor_id))


def _super_user_made(session: Session, event: Event) -> None:
    if event.customer_id:
        session.flush()
        _join(session, event.customer_id, by=Actor(event.actor_id), is_new=event.tag == "user.created")


def _role_changed(session: Session, event: Event) -> None:
    if event.data.get("before") == PortalRole.SUPER_USER and event.customer_id and event.subject_id:
        _leave(session, event.subject_id, event.customer_id, by=Actor(event.actor_id))


follow(("customer.created",), _customer_made)
follow(("customer.deleted",), _customer_deleted)
follow(("user.created", "user.appointed", "request.approved"), _super_user_made)
follow(("user.role_changed",), _role_changed)
