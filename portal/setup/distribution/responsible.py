"""Responsible: other contact groups of a site's hosts or services wait for the next activation, like any change."""

from __future__ import annotations

from collections.abc import Collection

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from ...contacts.allocation import recompute
from ...customers.sites import Site
from ..changes import note
from . import words
from .building import sliced

KIND = "contacts"


def _tell(session: Session, site_ids: Collection[str]) -> None:
    for some in sliced(site_ids):
        live = select(Site.id, Site.alias).where(Site.id.in_(some), Site.archived_at.is_(None)).order_by(Site.id)
        for id, alias in session.execute(live):
            note(session, f"site:{id}", kind=KIND, key=id, title=alias, act="changed", by=None)


words.OTHERS[KIND] = _l("Contact groups of hosts and services")
recompute.tellers.append(_tell)
