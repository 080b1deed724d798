"""Parts: the rows of a contact by the contact sets in which they are theirs, where these are few.

No index serves all rows of a contact in the order of their names; each part is served by the one of its set.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, false, select
from sqlalchemy.orm import Session

from ..customers.ownership import Reader
from . import visibility

MOST_SETS, MOST_PARAMETERS = 100, 10_000
"""Contact sets up to which a page is merged from their rows; with more of them most rows one meets are one's own."""


def of(
    session: Session, reader: Reader, model: Any, sites: Sequence[str], where: Sequence[ColumnElement[bool]] = ()
) -> list[Select[Any]]:
    """Return selects of key and id that together have a contact's hosts or services on these sites, and no others.

    Empty where the whole is read as it is: for who sees all, and for who is a contact in many sets.
    """
    if not visibility.is_restricted(reader):
        return []
    most = min(MOST_SETS, MOST_PARAMETERS // max(len(sites), 1))
    sets = session.scalars(visibility.sets_of(reader).distinct().limit(most + 1)).all()
    if len(sets) > most:
        return []
    # Not by the index of sites: that would read and sort all of theirs to show one page.
    part = select(model.name_key, model.id).where(model.site_id.concat("").in_(list(sites)), *where)
    return [part.where(model.contact_set_id == id) for id in sets] or [part.where(false())]
