"""Contents: what a scope holds, as plain dicts; a site gets those of five scopes and nothing else.

General and Global elements, its customer's, the profiles of Global and of its customer's users, and its own settings.
Never the provider's trusted certificate authorities (seed "Managed services edition", 5.5), nor a portal password.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session, aliased, selectinload

from ...access.roles import Role
from ...customers.elements import Element, Release
from ...customers.models import Customer
from ...seals import unseal
from ..kinds import KINDS
from ..kinds.global_settings import SLUG as GLOBAL_SETTINGS
from ..kinds.global_settings import is_kept_back
from ..releases import PACKS
from ..users.profiles import profiles, profiles_of

Content = dict[str, Any]

MONITORING = ("general.", "action.")
"""Permissions that mean something on a site; the others are the provider's own."""
_PACK = aliased(Element)
_COLUMNS = (
    "kind", "key", "title", "release", "customer_id", "position", "is_enabled", "body", "sealed",
)  # fmt: skip


def general(session: Session) -> Content:
    """Return what goes to every site and has no customer."""
    found = _elements(session, Element.release == Release.GENERAL)
    return {"elements": found.get(Release.GENERAL, {}), "roles": _roles(session)}


def of_all(session: Session) -> Content:
    """Return the Global elements."""
    return {"elements": _elements(session, Element.release == Release.GLOBAL).get(Release.GLOBAL, {})}


def of_customers(session: Session, ids: Collection[str]) -> dict[str, Content]:
    """Return each customer's own elements, and its name: that of no other."""
    found = _elements(session, Element.customer_id.in_(ids))
    names = session.execute(select(Customer.id, Customer.name).where(Customer.id.in_(ids)))
    return {id: {"customer": {"id": id, "name": name}, "elements": found.get(id, {})} for id, name in names}


def everybody(session: Session) -> Content:
    """Return the profiles of the Global users."""
    return {"users": profiles(session, None)}


def users_of(session: Session, ids: Collection[str]) -> dict[str, Content]:
    """Return the profiles of each customer's users."""
    found = profiles_of(session, ids)
    return {id: {"users": found.get(id, [])} for id in ids}


def own(site: Any, contacts: Content) -> Content:
    """Return what is a site's alone; `contacts`: who is responsible for its hosts and services."""
    return {
        "contacts": contacts,
        "site": {"id": site.id, "alias": site.alias, "gui_url": site.gui_url},
        "settings": {name: value for name, value in site.settings.items() if not is_kept_back(name)},
        "trusted_certificate_authorities": list(site.trusted_cas),
    }


def _elements(session: Session, released: ColumnElement[bool]) -> dict[str, dict[str, list[Any]]]:
    """Return what a condition selects, by customer or release, then by kind."""
    is_live = Element.archived_at.is_(None)
    columns = [getattr(Element, name) for name in _COLUMNS]
    order = (Element.kind, Element.position, Element.key)
    rows: Iterable[Any] = session.execute(select(*columns).where(released, is_live).order_by(*order))
    found: dict[str, dict[str, list[Any]]] = {}
    for row in rows:
        delivered = _delivered(row)
        if delivered is not None:
            found.setdefault(row.customer_id or row.release, {}).setdefault(row.kind, []).append(delivered)
    for row in session.execute(_headers(and_(released, is_live))):
        pack = _delivered(row)
        found[row.of_customer or row.of_release].setdefault(PACKS, []).append(pack)
    for kinds in found.values():
        kinds.get(PACKS, []).sort(key=lambda pack: (pack["position"], pack["id"]))
    return found


def _headers(released: ColumnElement[bool]) -> Any:
    """Select the unassigned packs of released rules: a pack alone goes nowhere."""
    columns = [getattr(_PACK, name) for name in _COLUMNS]
    of = Element.release.label("of_release"), Element.customer_id.label("of_customer")
    packs = select(_PACK.id, *of).join(Element, Element.pack_id == _PACK.id)
    packs = packs.where(released, _PACK.release == Release.UNASSIGNED, _PACK.archived_at.is_(None)).distinct()
    some = packs.subquery()
    return select(*columns, some.c.of_release, some.c.of_customer).join(some, some.c.id == _PACK.id)


def _delivered(row: Any) -> Content | None:
    """Return an element as its kind delivers it; None for a setting that is each site's own."""
    if row.kind == GLOBAL_SETTINGS and is_kept_back(row.key):
        return None
    return KINDS[row.kind].delivered(row, unseal(row.sealed) if row.sealed else None)


def _roles(session: Session) -> list[Content]:
    roles = session.scalars(select(Role).options(selectinload(Role.answers)).order_by(Role.id))
    return [
        {
            "id": role.id,
            "title": role.alias,
            "based_on": role.based_on_id,
            "permissions": sorted(name for name in role.permissions if name.startswith(MONITORING)),
        }
        for role in roles
    ]
