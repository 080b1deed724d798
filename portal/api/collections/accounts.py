"""Accounts: what staff who manage users may say of one, made so by the deeds of the form of all users."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from flask_babel import gettext as _

from ...access import roles
from ...access.rights import PortalRole
from ...accounts import invitations, machines
from ...accounts.users import User
from ...customers.models import PROVIDER
from ...errors import Forged, Refused
from ...setup.users import account
from ...setup.users.account import Account
from ..checking import refusal
from ..collection import Body
from . import personal

CALLED = {"portal_role": "role", "groups": "contact_groups", "more": "contact_groups"}
"""Fields that programs call otherwise."""
PLAIN = ("name", "email", "pager", "is_disabled", "must_change_password", "idle_minutes", "is_fallback_contact")


def create(session: Any, values: Body, by: Any) -> User:
    """Add an account; a person with an address is invited, a machine account gets its secret."""
    is_machine = values.get("is_machine", False)
    if "secret" in values and not is_machine:
        raise refusal({"secret": [_("Machine accounts alone have a secret.")]})
    _check_roles(session, values)
    start = Account(values["name"], _customer(values.get("customer") or by.customer_id or PROVIDER))
    with _named():
        user = account.create(
            session, _wish(start, values), username=values.get("username", ""), is_machine=is_machine, by=by
        )
        if "secret" in values:
            set_secret(session, user, values["secret"], by)
    if not is_machine and user.email and not user.disabled_at:
        invitations.send(session, user, by=by)
    return user


def change(session: Any, user: User, values: Body, by: Any) -> None:
    """Make somebody what is said of them; what is not said stays."""
    _check_roles(session, values)
    with _named():
        account.change(session, user, _wish(Account.of(session, user), values), by=by)
        if "secret" in values:
            set_secret(session, user, values["secret"], by)


def set_secret(session: Any, user: User, secret: str, by: Any) -> None:
    """Give a machine account another secret, also in its file where it has one."""
    if not user.is_machine:
        raise refusal({"secret": [_("Machine accounts alone have a secret.")]})
    if not account.may_set_secret(session, by, user):
        raise Forged(f"secret of {user.id}")
    kept = machines.secret_of(session, user.id)
    machines.set_secret(session, user, secret, by=by, as_file=kept is not None and kept.is_in_file)


def _check_roles(session: Any, values: Body) -> None:
    """Raise Problem 422 for a role that there is not."""
    known = {role.id for role in roles.every(session)}
    if unknown := [id for id in values.get("roles", ()) if id not in known]:
        raise refusal({"roles": [_("There is no role %(role)s.", role=unknown[0][:80])]})


def _customer(choice: str) -> str | None:
    return None if choice == "global" else choice


def _wish(present: Account, values: Body) -> Account:
    found: dict[str, Any] = {name: values[name] for name in PLAIN if name in values}
    if values.get("role"):
        found["portal_role"] = PortalRole(values["role"])
    if "roles" in values:
        found["roles"] = frozenset(values["roles"])
    if "contact_groups" in values:
        found["groups"] = frozenset(values["contact_groups"])
    if "sites" in values:
        found["sites"] = None if values["sites"] is None else frozenset(values["sites"])
    if "attributes" in values:
        found["attributes"] = dict(values["attributes"])
    return replace(present, **found, personal=personal.wish(present.personal, values))


@contextmanager
def _named() -> Iterator[None]:
    """Say what is refused beside the field as programs call it."""
    try:
        yield
    except Refused as refused:
        if refused.field not in CALLED:
            raise
        raise refusal({CALLED[refused.field]: [str(refused.sentence)]}) from None
