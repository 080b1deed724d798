"""Words: pending changes as a person reads them: what was done to what, field by field, by whom, for whose sites."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from ...accounts.users import User
from ...customers.elements import Release
from ...customers.models import Customer
from ...customers.sites import Site
from .. import role_sentences
from ..differences import Wording
from ..global_settings import SETTINGS
from ..kinds import KINDS

USERS, SITES, CUSTOMERS, ROLES = "users", "sites", "customers", "roles"
OTHERS = {
    "attributes": _l("Custom attributes"),
    USERS: _l("Users"),
    SITES: _l("Sites"),
    CUSTOMERS: _l("Customers"),
    ROLES: _l("Roles"),
}
FIELDS = {
    "name": _l("Name"),
    "email": _l("E-mail"),
    "language": _l("Language"),
    "time_zone": _l("Time zone"),
    "disabled": _l("Disabled"),
    "roles": _l("Roles"),
    "contact_groups": _l("Contact groups"),
    "site_password": _l("Site password"),
    "pager": _l("Pager address"),
    "attributes": _l("Custom attributes"),
    "has_chosen_sites": _l("Authorized sites"),
    "is_fallback_contact": _l("Fallback contact"),
    "idle_minutes": _l("Session idle timeout, in minutes"),
    "theme": _l("Theme"),
    "start_page": _l("Start page"),
    "sees_only_own": _l("Sees only what they are a contact for"),
    "is_muted": _l("Notifications switched off"),
    "muted_from": _l("From"),
    "muted_until": _l("Until"),
    "alias": _l("Alias"),
    "gui_url": _l("User interface"),
    "customer": _l("Customer"),
}


@dataclass(frozen=True)
class Told:
    """A change in words; `sites` is how many sites still lack it, where that was asked."""

    id: Any
    title: str
    kind: str
    url: str | None
    sentence: str
    fields: list[tuple[str, str, str]]
    scope: str
    by: str
    at: datetime
    sites: int | None


def kind_name(kind: str) -> str:
    """Return what kinds of things are called in lists of changes."""
    return str(KINDS[kind].title if kind in KINDS else OTHERS.get(kind, kind))


def address(kind: str, key: str) -> str | None:
    """Return where something is mended: an element, a person by id, a site, a customer; None where it has no page."""
    if kind == USERS:
        return f"/provider/setup/users/{key}"
    if kind == "attributes":
        return f"/provider/access/attributes/{key}"
    if kind == SITES:
        return f"/provider/sites/{key}"
    if kind == CUSTOMERS:
        return f"/provider/customers/{key}"
    if kind == ROLES:
        return f"/provider/access/roles/{key}"
    return f"/provider/setup/{kind}/{key}" if kind in KINDS else None


def tell(session: Session, rows: Sequence[Any]) -> list[Told]:
    """Return changes in words; three statements."""
    actors = {row.actor_id for row in rows if row.actor_id}
    people: dict[Any, str] = dict(session.execute(select(User.id, User.name).where(User.id.in_(actors))).all())
    scopes = _scopes(session, {row.scope for row in rows})
    return [
        Told(
            row.id, row.title, kind_name(row.kind), _address(row), _sentence(row, scopes[row.scope]),
            list(_fields(row)), scopes[row.scope], people.get(row.actor_id, _("The portal")), row.at,
            getattr(row, "sites", None),
        )
        for row in rows
    ]  # fmt: skip


def _address(row: Any) -> str | None:
    if row.kind == USERS or row.act == "deleted":
        return None  # people are named by what they sign in with, which no address has
    return address(row.kind, row.key) if row.kind != CUSTOMERS else None


def _scopes(session: Session, scopes: Iterable[str]) -> dict[str, str]:
    """Return whose sites a scope means."""
    pairs = [scope.partition(":")[::2] for scope in scopes]
    customers = {id for sort, id in pairs if sort == "customer"}
    sites = {id for sort, id in pairs if sort == "site"}
    names = dict(session.execute(select(Customer.id, Customer.name).where(Customer.id.in_(customers))).all())
    aliases = dict(session.execute(select(Site.id, Site.alias).where(Site.id.in_(sites))).all())
    found: dict[str, str] = {Release.GENERAL: str(_("All sites")), Release.GLOBAL: str(_("Global"))}
    found |= {f"customer:{id}": names.get(id, id) for id in customers}
    return found | {f"site:{id}": str(_("Site %(name)s", name=aliases.get(id, id))) for id in sites}


def _sentence(row: Any, scope: str) -> str:
    if row.act == "removed":
        if row.scope == Release.GLOBAL:
            return str(_("Removed from Global"))
        return str(_("Removed from customer %(name)s", name=scope))
    if row.act == "moved" and row.kind != SITES:
        if row.scope == Release.GLOBAL:
            return str(_("Moved to Global"))
        return str(_("Moved to customer %(name)s", name=scope))
    said = {
        "created": _("Created"),
        "changed": _("Changed"),
        "deleted": _("Deleted"),
        "moved": _("Moved to another customer"),
    }
    return str(said.get(row.act, row.act))


def _fields(row: Any) -> Iterable[tuple[str, str, str]]:
    if row.kind in KINDS:
        yield from Wording(row.kind).told(row.data)
        return
    if row.kind == ROLES:
        yield from role_sentences.told(row.data)
        return
    for name, pair in row.data.items():
        label = str(SETTINGS[name].title if name in SETTINGS else FIELDS.get(name, name))
        old, new = pair if isinstance(pair, list) and len(pair) == 2 else ("", _("replaced"))
        yield label, _say(name, old), _say(name, new)


def _say(name: str, value: Any) -> str:
    if value is None or value == "":
        return ""
    if name in SETTINGS and not SETTINGS[name].is_local:  # authorities are named in changes, not quoted
        return SETTINGS[name].say(value)
    if isinstance(value, bool):
        return str(_("Yes") if value else _("No"))
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
