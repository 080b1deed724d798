"""Authorized sites: to which sites somebody's view is narrowed (seed "User management", 2.2)."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from ..accounts.users import User
from ..customers.sites import Site
from ..errors import Refused
from .authorization import AuthorizedSite


def sites_of(session: Session, user: User) -> frozenset[str] | None:
    """Return the IDs of the sites somebody was narrowed to; None: all that are open to them."""
    if not user.has_chosen_sites:
        return None
    return frozenset(session.scalars(select(AuthorizedSite.site_id).where(AuthorizedSite.user_id == user.id)))


def narrow(session: Session, user: User, site_ids: Collection[str] | None) -> None:
    """Let somebody see these sites alone; None: all that are open to them. Raises `Refused` (field "sites")."""
    if site_ids is not None:
        _check(session, user, site_ids)
    session.execute(delete(AuthorizedSite).where(AuthorizedSite.user_id == user.id))
    session.add_all(AuthorizedSite(user_id=user.id, site_id=id) for id in site_ids or ())
    user.has_chosen_sites = site_ids is not None


def _check(session: Session, user: User, site_ids: Collection[str]) -> None:
    if not site_ids:
        raise Refused(_("Choose at least one site, or all of them."), field="sites")
    rows: dict[str, Any] = dict(
        session.execute(
            select(Site.id, Site.customer_id).where(Site.id.in_(site_ids), Site.archived_at.is_(None))
        ).all()
    )
    for id in sorted(site_ids):
        if id not in rows or (not user.is_staff and rows[id] != user.customer_id):
            raise Refused(_("There is no site with the ID “%(id)s” for this person.", id=id[:64]), field="sites")
