"""Users: the list of who works with the portal for the company, as a document to read, print and export."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import current_app
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from ...accounts.users import Grant, User, UserState
from ...audit.sentences import RIGHTS, ROLES
from ...customers.models import Customer
from ...customers.subscriptions import offers_support
from ...database import db
from ...records import cells
from ...records.kind import Column, Filter, Kind, Sort

GRANTS = (
    select(func.aggregate_strings(Grant.right, " ")).where(Grant.user_id == User.id).correlate(User).scalar_subquery()
)
STATES = {
    UserState.ACTIVE: (_l("Active"), "good"),
    UserState.INVITED: (_l("Invited"), "info"),
    UserState.DISABLED: (_l("Disabled"), "neutral"),
}


def state(row: Any, _today: Any = None) -> tuple[Any, str]:
    """Return how an account stands."""
    if row.disabled_at:
        return STATES[UserState.DISABLED]
    return STATES[UserState.ACTIVE if row.password_hash else UserState.INVITED]


def rights(row: Any, *, with_support: bool) -> str:
    """Return the rights of a row, those the company is offered, by name."""
    held = sorted((row.rights or "").split())
    return ", ".join(str(RIGHTS[right]) for right in held if with_support or right != "request_support")


def load(reader: Any, id: uuid.UUID, customer_id: str) -> dict[str, Any] | None:
    """Return what a person's document shows."""
    query = User.visible_to(reader).where(User.id == id, User.portal_role.is_not(None))
    record = db.session.scalar(query.where(User.customer_id == customer_id))
    if record is None:
        return None
    with_support = offers_support(db.session(), customer_id)
    return {
        "record": record,
        "name": record.name,
        "title": record.name,
        "role": ROLES[record.portal_role or ""],
        "rights": [RIGHTS[right] for right in sorted(record.rights) if with_support or right != "request_support"],
        "granted": [RIGHTS[right] for right in sorted(record.rights)],
        "invited_on": _day(record.invited_at),
        "since": _day(record.created_at),
        "state": state(record),
        "manage_url": f"/users/{record.id}" if "people.read" in reader.verbs else "",
    }


def _day(moment: datetime | None) -> date | None:
    """Return the day of a moment in the provider's time zone: the same in every PDF."""
    return moment.astimezone(ZoneInfo(current_app.config["TIME_ZONE"])).date() if moment else None


def _has(role: str) -> Callable[[date], Any]:
    return lambda _today: User.portal_role == role


USERS = Kind(
    slug="users",
    label=_l("Users"),
    singular=_l("User"),
    lead=_l("Who works with the portal for your company, as a list to print or keep."),
    empty=_l("Nobody works with the portal for this company yet."),
    model=User,
    fields=(
        User.id, User.name, User.email, User.portal_role, User.disabled_at, User.password_hash,
        User.last_sign_in_at, GRANTS.label("rights"),
    ),
    scope=User.portal_role.is_not(None),
    columns=(
        Column(_l("Name"), cells.linked("name", lambda row: row.email), lambda row: row.name, "main", "name"),
        Column(_l("E-mail"), cells.text("email"), lambda row: row.email, "hidden"),
        Column(_l("Role"), lambda row, _around: ROLES[row.portal_role], lambda row: row.portal_role, "", "role"),
        Column(_l("State"), cells.state(state), lambda row: str(state(row)[0]), "side"),
        Column(_l("Last signed in"), cells.moment("last_sign_in_at"), lambda row: row.last_sign_in_at),
    ),
    sorts=(Sort("name", _l("Name"), User.name_key), Sort("role", _l("Role"), User.portal_role)),
    filters=(
        Filter(
            "role",
            _l("Any role"),
            tuple((role, label, _has(role)) for role, label in ROLES.items()),
        ),
        Filter(
            "state",
            _l("Any state"),
            (
                (
                    "active", _l("Active"),
                    lambda _day: User.disabled_at.is_(None) & User.password_hash.is_not(None),
                ),
                ("invited", _l("Invited"), lambda _day: User.disabled_at.is_(None) & User.password_hash.is_(None)),
                ("disabled", _l("Disabled"), lambda _day: User.disabled_at.is_not(None)),
            ),
        ),
    ),
    load=load,
    printed_also=(
        GRANTS,
        User.password_hash.is_not(None),
        select(Customer.version).where(Customer.id == User.customer_id).correlate(User).scalar_subquery(),
    ),
    icon="people",
)  # fmt: skip
