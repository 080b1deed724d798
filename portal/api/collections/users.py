"""Users: colleagues for a customer's people, everybody for the provider's, under the rules of the pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from ...access import policy
from ...access.rights import PortalRole, Right
from ...accounts import invitations, letters, staff
from ...accounts.users import Grant, User, UserRole, UserState, offered_rights
from ...contacts.memberships import Membership
from ...customers.elements import Element
from ...customers.models import PROVIDER, Customer
from ...errors import Forged, Refused
from ...text import fold, sort_key
from ...web.fields import is_mailbox
from ..checking import refusal
from ..collection import CUSTOMER, FLAG, MOMENT, TEXT, UUID, Body, Collection, Field, Filter, line, names, one_of

STATES = (UserState.ACTIVE, UserState.INVITED, UserState.DISABLED)
_rights = select(func.aggregate_strings(Grant.right, " ")).where(Grant.user_id == User.id).scalar_subquery()
_roles = select(func.aggregate_strings(UserRole.role_id, " ")).where(UserRole.user_id == User.id).scalar_subquery()


def _listed(reader: Any) -> Select[Any]:
    return select(
        User.id, User.username, User.name, User.email, User.customer_id, User.portal_role, User.is_machine, User.pager,
        User.language, User.time_zone, User.created_at, User.last_sign_in_at, User.disabled_at,
        User.password_hash.is_not(None).label("has_password"), _rights.label("rights"), _roles.label("role_ids"),
    ).where(User.seen_by(reader))  # fmt: skip


def _groups(session: Any, rows: Sequence[Any]) -> dict[Any, list[str]]:
    """Return the contact groups each person is in. One statement."""
    found: dict[Any, list[str]] = {}
    for user_id, key in session.execute(
        select(Membership.user_id, Element.key)
        .join(Element, Element.id == Membership.group_id)
        .where(Membership.user_id.in_([row.id for row in rows]), Element.archived_at.is_(None))
        .order_by(Element.key)
    ):
        found.setdefault(user_id, []).append(key)
    return found


def _shown(session: Any, reader: Any, rows: Sequence[Any]) -> list[Mapping[str, Any]]:
    groups = _groups(session, rows) if policy.is_staff(reader) else {}
    return [_object(row) | (_of_staff(row, groups) if policy.is_staff(reader) else {}) for row in rows]


def _object(row: Any) -> dict[str, Any]:
    return {
        "id": str(row.id), "name": row.name, "email": row.email, "customer": row.customer_id or "global",
        "role": str(row.portal_role) if row.portal_role else None, "rights": sorted((row.rights or "").split()),
        "state": str(_state(row)), "is_disabled": row.disabled_at is not None, "created_at": row.created_at.isoformat(),
        "last_sign_in_at": row.last_sign_in_at.isoformat() if row.last_sign_in_at else None,
    }  # fmt: skip


def _of_staff(row: Any, groups: Mapping[Any, list[str]]) -> dict[str, Any]:
    """Return what only staff see of somebody."""
    return {
        "username": row.username, "roles": sorted((row.role_ids or "").split()), "is_machine": row.is_machine,
        "pager": row.pager, "language": row.language, "time_zone": row.time_zone,
        "contact_groups": groups.get(row.id, []),
    }  # fmt: skip


def _state(row: Any) -> UserState:
    if row.disabled_at:
        return UserState.DISABLED
    return UserState.ACTIVE if row.has_password or row.is_machine else UserState.INVITED


def _in_state(value: str) -> list[ColumnElement[bool]]:
    if value == UserState.DISABLED:
        return [User.disabled_at.is_not(None)]
    can_enter = or_(User.password_hash.is_not(None), User.is_machine)
    return [and_(User.disabled_at.is_(None), can_enter if value == UserState.ACTIVE else ~can_enter)]


def _found(value: str) -> list[ColumnElement[bool]]:
    return [
        or_(
            User.name_key.contains(sort_key(word), autoescape=True),
            User.email_key.contains(fold(word), autoescape=True),
        )
        for word in value.split()[:8]
    ]


def _of_customer(value: str) -> list[ColumnElement[bool]]:
    return [User.customer_id.is_(None) if value == "global" else User.customer_id == value]


def _create(session: Any, values: Body, by: Any) -> Mapping[str, Any]:
    """Invite somebody: to one's own company, as staff to any, to the provider's with roles."""
    _check_email(values["email"])
    customer_id = values.get("customer") or by.customer_id or PROVIDER
    if customer_id == PROVIDER and policy.is_staff(by):
        if "access.users" not in by.verbs:
            raise Forged("a colleague")
        user = staff.invite(
            session, name=values["name"], email=values["email"], role_ids=values.get("roles", []), by=by
        )
    else:
        customer = session.get(Customer, customer_id)
        if customer is None or customer.archived_at or not policy.is_staff(by) and customer_id != by.customer_id:
            raise Refused(_("Customer missing: “%(id)s”", id=customer_id), field="customer")
        user = invitations.invite(
            session, name=values["name"], email=values["email"], customer_id=customer_id,
            role=_role(values.get("role")), rights=_chosen(values.get("rights", [])),
            offered=offered_rights(session, customer_id), by=by,
        )  # fmt: skip
    _settle(session, user, values, by)
    return {"id": user.id}


def _change(session: Any, row: Any, values: Body, by: Any) -> None:
    user = session.get_one(User, row.id)
    if not (policy.may_edit_person(by, user) or policy.may_manage_staff(by, user)):
        raise Forged(f"user {user.id}")
    user.rename(values["name"], by=by)
    if values["email"] != user.email:
        _check_email(values["email"])
        letters.ask_email(session, user, values["email"], by=by)
    if not user.is_staff:
        if values.get("role") and values["role"] != user.portal_role:
            user.give_role(_role(values["role"]), by=by)
        offered = offered_rights(session, user.customer_id or "")
        asleep = {right for right in user.rights if right not in offered}  # shown, and kept as it is
        user.grant_rights([right for right in _chosen(values["rights"]) if right not in asleep], offered=offered, by=by)
    elif set(values.get("roles", user.role_ids)) != user.role_ids:
        kept = user.role_ids - {role.id for role in staff.givable(session, by)}
        staff.give_roles(session, user, set(values["roles"]) - kept, by=by)
    _settle(session, user, values, by)


def _settle(session: Any, user: User, values: Body, by: Any) -> None:
    """Disable or enable, as far as that is said."""
    if values.get("is_disabled", bool(user.disabled_at)) != bool(user.disabled_at):
        if not values["is_disabled"]:
            user.enable(by=by)
        elif user.is_staff:
            staff.disable(session, user, by=by)
        else:
            user.disable(by=by)


def _delete(session: Any, row: Any, by: Any) -> None:
    user = session.get_one(User, row.id)
    if not policy.may_delete_person(by, user):
        raise Forged(f"user {user.id}")
    user.delete(by=by)


def _check_email(text: str) -> None:
    if not is_mailbox(text):
        raise refusal({"email": [_("This is no e-mail address. It looks like name@company.example.")]})


def _role(value: str | None) -> PortalRole:
    if value is None:
        raise refusal({"role": [_("This is needed.")]})
    return PortalRole(value)


def _chosen(values: Sequence[str]) -> list[Right]:
    return [Right(value) for value in values]


USERS = Collection(
    path="users", title="Users", noun="user",
    help="Whoever is made gets an invitation by mail. What is for staff alone is not there for others.",
    fields=(
        Field("id", UUID),
        Field("name", {**line(200), "minLength": 1}, taken="always", needed=True),
        Field("email", line(254), "Another one counts once it is confirmed.", "always", needed=True),
        Field("customer", CUSTOMER, "Left out: one's own.", "new"),
        Field("role", {"type": ["string", "null"], "enum": [*map(str, PortalRole), None]},
              "What a customer's person may do; null for the provider's people.", "always"),
        Field("rights", {"type": "array", "uniqueItems": True, "maxItems": 2, "items": one_of([*map(str, Right)])},
              "Granted to a customer's person; those without a subscription sleep.", "always"),
        Field("is_disabled", FLAG, taken="always"),
        Field("state", one_of([str(state) for state in STATES])),
        Field("created_at", MOMENT),
        Field("last_sign_in_at", MOMENT),
        Field("username", TEXT, "For staff alone."),
        Field("roles", names(50, length=80), "The IDs of the roles. Of the provider's people; for staff alone.",
              "always"),
        Field("is_machine", FLAG, "For staff alone."),
        Field("pager", TEXT, "For staff alone."),
        Field("language", TEXT, "For staff alone."),
        Field("time_zone", TEXT, "For staff alone."),
        Field("contact_groups", names(), "For staff alone."),
    ),
    reads=("customers.read", "access.read", "people.read"),
    writes=("customers.people", "access.users", "people.invite"),
    listed=_listed, order=(User.name_key, User.id), item="<uuid:id>", one=lambda id: User.id == id, shown=_shown,
    filters=(
        Filter("q", line(200), "Words of the name or the address.", _found),
        Filter("customer", CUSTOMER, "Those of a customer, the provider's, or Global ones.", _of_customer),
        Filter("state", one_of([str(state) for state in STATES]), "Those in a state.", _in_state),
    ),
    create=_create, change=_change, delete=_delete,
)  # fmt: skip
