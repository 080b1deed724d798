"""Uses: the sites of a customer, and the elements that are released to it, kind by kind."""

from __future__ import annotations

from collections.abc import Callable

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, func, select

from ..customers.elements import Element
from ..customers.sites import Site
from ..customers.uses import Source, add
from .everything import is_own
from .kinds import KINDS


def _sites(customer_id: str) -> Select[int]:
    return select(func.count(Site.id)).where(Site.customer_id == customer_id, Site.archived_at.is_(None))


def _counting(slug: str) -> Callable[[str], Select[int]]:
    def count(customer_id: str) -> Select[int]:
        theirs = (Element.customer_id == customer_id) & (Element.kind == slug)
        return select(func.count(Element.id)).where(theirs, Element.archived_at.is_(None), ~is_own())

    return count


def _listed(slug: str) -> Callable[[str], str]:
    return lambda customer_id: f"/provider/setup/{slug}/?customer={customer_id}"


def register() -> None:
    """Add these sources."""
    add(Source(_l("Sites"), "sites.read", _sites, "/provider/sites/?customer={}".format, 20))
    for kind in KINDS.values():
        if not kind.is_general:
            add(Source(kind.title, "setup.read", _counting(kind.slug), _listed(kind.slug), 25))
