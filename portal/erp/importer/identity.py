"""Identity: which ERP a source is. Its rows are known by that, not by the place the export lies in this time."""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from ...customers.origins import Origin
from ...errors import Refused
from .. import values
from ..rows import Record
from ..source import Source
from .naming import slug

LENGTH = 40
NAMELESS = "erp"


def identify(session: Session, source: Source, name: str = "") -> Origin:
    """Return the origin of what `source` gives, added if it is new.

    It is the one called `name`; else the one whose company the source names first; else the one last read from the
    same address (a company may have been renamed). Raises Refused when none of these tells.
    """
    company = first_company(source)
    origins = {origin.id: origin for origin in session.scalars(select(Origin))}
    id = _id(origins, source.name, company, name)
    origin = origins.get(id)
    if origin is None:
        origin = Origin(id=id, company=company, address=source.name)
        session.add(origin)
    origin.address = source.name
    origin.company = company or origin.company
    return origin


def first_company(source: Source) -> str:
    """Return the name of the ERP's own company, the first of several; "" when the source does not say."""
    companies = [row for row in source.records("res.company") if isinstance(row, Record)]
    for record in sorted(companies, key=lambda record: record.key):
        try:
            return values.text(record, "name") or ""
        except values.Bad:
            continue
    return ""


def _id(origins: dict[str, Origin], address: str, company: str, name: str) -> str:
    if name:
        return slug(name, LENGTH)
    for origin in origins.values():
        if company and origin.company == company:
            return origin.id
    for origin in origins.values():
        if origin.address == address:
            return origin.id
    if company:
        return slug(company, LENGTH)
    if len(origins) > 1:
        raise Refused(_("The source does not say which company's ERP it is. Set PORTAL_ERP_NAME to tell."))
    return next(iter(origins), NAMELESS)
