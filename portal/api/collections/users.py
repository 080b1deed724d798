"""Users: colleagues for a customer's people, everybody for the provider's, under the rules of the pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from ...access import policy
from ...access.rights import PortalRole, Right
from ...access.roles import DEFAULT
from ...accounts import invitations, letters
from ...accounts.users import Grant, User, UserRole, UserState, offered_rights
from ...contacts.authorization import AuthorizedSite
from ...contacts.memberships import Membership
from ...customers.elements import Element
from ...customers.models import PROVIDER, Customer
from ...errors import Forged, Refused
from ...setup.users import account
from ...text import fold, sort_key
from ...web.fields import is_mailbox
from ..checking import refusal
from ..collection import CUSTOMER, FLAG, MOMENT, UUID, Body, Collection, Field, Filter, line, names, one_of
from . import accounts, personal

MANAGES = "access.users"
OF_ACCOUNTS = ("username", "roles", "is_machine", "secret", "contact_groups", "sites", "pager", "is_fallback_contact",
               "must_change_password", "idle_minutes", *personal.NAMES)  # fmt: skip
STATES = (UserState.ACTIVE, UserState.INVITED, UserState.DISABLED)
_rights = select(func.aggregate_strings(Grant.right, " ")).where(Grant.user_id == User.id).scalar_subquery()
_roles = select(func.aggregate_strings(UserRole.role_id, " ")).where(UserRole.user_id == User.id).scalar_subquery()


def _listed(reader: Any) -> Select[Any]:
    return select(
        User.id, User.username, User.name, User.email, User.customer_id, User.portal_role, User.is_machine, User.pager,
        *personal.COLUMNS, User.has_chosen_sites, User.is_fallback_contact, User.must_change_password,
        User.idle_minutes, User.created_at, User.last_sign_in_at, User.disabled_at,
        User.has_joined.label("has_joined"), _rights.label("rights"), _roles.label("role_ids"),
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


def _sites(session: Any, rows: Sequence[Any]) -> dict[Any, list[str]]:
    """Return the sites that each person's view is narrowed to. One statement."""
    found: dict[Any, list[str]] = {row.id: [] for row in rows if row.has_chosen_sites}
    for user_id, site_id in session.execute(
        select(AuthorizedSite.user_id, AuthorizedSite.site_id)
        .where(AuthorizedSite.user_id.in_([row.id for row in rows]))
        .order_by(AuthorizedSite.site_id)
    ):
        found.setdefault(user_id, []).append(site_id)
    return found


def _shown(session: Any, reader: Any, rows: Sequence[Any]) -> list[Mapping[str, Any]]:
    if not policy.is_staff(reader):
        return [_object(row) for row in rows]
    groups, sites = _groups(session, rows), _sites(session, rows)
    return [_object(row) | _of_staff(row, groups, sites) for row in rows]


def _object(row: Any) -> dict[str, Any]:
    return {
        "id": str(row.id), "name": row.name, "email": row.email, "customer": row.customer_id or "global",
        "role": str(row.portal_role) if row.portal_role else None, "rights": sorted((row.rights or "").split()),
        "state": str(_state(row)), "is_disabled": row.disabled_at is not None, "created_at": row.created_at.isoformat(),
        "last_sign_in_at": row.last_sign_in_at.isoformat() if row.last_sign_in_at else None,
    }  # fmt: skip


def _of_staff(row: Any, groups: Mapping[Any, list[str]], sites: Mapping[Any, list[str]]) -> dict[str, Any]:
    """Return what only staff see of somebody."""
    return {
        "username": row.username, "roles": _roles_of(row), "is_machine": row.is_machine,
        "pager": row.pager, **personal.shown(row),
        "contact_groups": groups.get(row.id, []), "sites": sites.get(row.id) if row.has_chosen_sites else None,
        "is_fallback_contact": row.is_fallback_contact, "must_change_password": row.must_change_password,
        "idle_minutes": row.idle_minutes,
    }  # fmt: skip


def _roles_of(row: Any) -> list[str]:
    """Return the roles that count: of a customer's person without any, the default one."""
    return sorted((row.role_ids or "").split()) or ([DEFAULT] if row.portal_role else [])


def _state(row: Any) -> UserState:
    if row.disabled_at:
        return UserState.DISABLED
    return UserState.ACTIVE if row.has_joined else UserState.INVITED


def _in_state(value: str) -> list[ColumnElement[bool]]:
    if value == UserState.DISABLED:
        return [User.disabled_at.is_not(None)]
    has_joined = User.has_joined
    return [and_(User.disabled_at.is_(None), has_joined if value == UserState.ACTIVE else ~has_joined)]


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
    """Invite somebody: to one's own company, as staff to any. Who manages users may say more of them."""
    if values.get("email"):
        _check_email(values["email"])
    if MANAGES in by.verbs:
        return {"id": accounts.create(session, values, by).id}
    _refuse_staffs_own(values, {})
    _check_email(values.get("email", ""))
    customer_id = values.get("customer") or by.customer_id or PROVIDER
    customer = session.get(Customer, customer_id)
    is_theirs = policy.is_staff(by) or customer_id == by.customer_id
    if customer is None or customer.archived_at or customer_id == PROVIDER or not is_theirs:
        raise Refused(_("Customer missing: “%(id)s”", id=customer_id), field="customer")
    user = invitations.invite(
        session, name=values["name"], email=values["email"], customer_id=customer_id,
        role=_role(values.get("role")), rights=_chosen(values.get("rights", [])),
        offered=offered_rights(session, customer_id), by=by,
    )  # fmt: skip
    _settle(user, values, by)
    return {"id": user.id}


def _change(session: Any, row: Any, values: Body, by: Any) -> None:
    user = session.get_one(User, row.id)
    if values["email"] and values["email"] != user.email:
        _check_email(values["email"])
    if MANAGES in by.verbs:
        accounts.change(session, user, values, by)
    else:
        _edit(session, user, row, values, by)
    if not user.is_staff:
        offered = offered_rights(session, user.customer_id or "")
        asleep = {right for right in user.rights if right not in offered}  # shown, and kept as it is
        wanted = [right for right in _chosen(values["rights"]) if right not in asleep]
        if set(wanted) != user.rights - asleep:
            user.grant_rights(wanted, offered=offered, by=by)


def _edit(session: Any, user: User, row: Any, values: Body, by: Any) -> None:
    """Change what the form of people has."""
    if not policy.may_edit_person(by, user):
        raise Forged(f"user {user.id}")
    _refuse_staffs_own(values, _shown(session, by, [row])[0])
    user.rename(values["name"], by=by)
    if values["email"] != user.email:
        letters.ask_email(session, user, values["email"], by=by)
    if values.get("role") and values["role"] != user.portal_role:
        user.give_role(_role(values["role"]), by=by)
    _settle(user, values, by)


def _refuse_staffs_own(values: Body, present: Mapping[str, Any]) -> None:
    """Raise Problem 422 for what only those who manage users may say, where it is said anew."""
    said = [name for name in OF_ACCOUNTS if name in values and values[name] != present.get(name)]
    if said:
        raise refusal({name: [_("Only staff who manage users say this.")] for name in said})


def _settle(user: User, values: Body, by: Any) -> None:
    """Disable or enable, as far as that is said."""
    if values.get("is_disabled", bool(user.disabled_at)) != bool(user.disabled_at):
        deed = user.disable if values["is_disabled"] else user.enable
        deed(by=by)


def _delete(session: Any, row: Any, by: Any) -> None:
    user = session.get_one(User, row.id)
    if MANAGES in by.verbs:
        account.delete(session, user, by=by)
    elif policy.may_delete_person(by, user):
        user.delete(by=by)
    else:
        raise Forged(f"user {user.id}")


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
        Field("email", {**line(254), "default": ""}, "Another one counts once it is confirmed.", "always"),
        Field("customer", CUSTOMER, "Left out: one's own.", "new"),
        Field("role", {"type": ["string", "null"], "enum": [*map(str, PortalRole), None]},
              "What a customer's person may do; null for the provider's people.", "always"),
        Field("rights", {"type": "array", "uniqueItems": True, "maxItems": 2, "items": one_of([*map(str, Right)])},
              "Granted to a customer's person; those without a subscription sleep.", "always"),
        Field("is_disabled", FLAG, taken="always"),
        Field("state", one_of([str(state) for state in STATES])),
        Field("created_at", MOMENT),
        Field("last_sign_in_at", MOMENT),
        Field("username", line(255), "For staff alone. Left out: the e-mail address.", "new"),
        Field("roles", names(50, length=80), "The IDs of the roles; for staff alone.", "always"),
        Field("is_machine", FLAG, "An account of a program; for staff alone.", "new"),
        Field("secret", {**line(300), "minLength": 10}, "A machine account gets in only with one. Never shown.",
              "always", is_shown=False),
        Field("contact_groups", names(), "The IDs of the groups; for staff alone.", "always"),
        Field("sites", {**names(), "type": ["array", "null"]}, "Those one's view is narrowed to, null for all; for "
              "staff alone.", "always"),
        Field("pager", line(80), "For staff alone.", "always"),
        Field("is_fallback_contact", FLAG, "For staff alone.", "always"),
        Field("must_change_password", FLAG, "At the next sign-in. For staff alone.", "always"),
        Field("idle_minutes", {"type": ["integer", "null"], "minimum": 0, "maximum": account.MOST_IDLE},
              "After which a session ends; null: as for all, 0: never. For staff alone.", "always"),
        *personal.FIELDS,
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
