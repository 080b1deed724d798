"""Sites: which monitoring sites there are, whose they are, and how they are reached."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select

from ...customers.sites import LONGEST, SHORTEST, Site
from ...errors import Refused
from ...monitoring.livestatus import address
from ...setup import sites
from ...setup.certificates import read_certificates
from ...text import fold, sort_key
from ..checking import refusal
from ..collection import CUSTOMER, FLAG, MOMENT, TEXT, Body, Collection, Field, Filter, line, text

FOR_STAFF = ("livestatus", "timeout", "tls_ca", "status_site_id", "status_host", "is_disabled")


def _listed(reader: Any) -> Select[*tuple[Any, ...]]:
    return select(
        Site.id, Site.alias, Site.customer_id, Site.livestatus, Site.timeout, Site.tls_ca, Site.status_site_id,
        Site.status_host, Site.gui_url, Site.is_disabled, Site.edition, Site.product_version, Site.reported_at,
        Site.created_at,
    ).where(Site.seen_by(reader), Site.archived_at.is_(None))  # fmt: skip


def _found(value: str) -> list[ColumnElement[bool]]:
    return [
        or_(
            Site.alias_key.contains(sort_key(word), autoescape=True),
            func.lower(Site.id).contains(word, autoescape=True),
        )
        for word in fold(value).split()[:8]
    ]


def _shown(_session: Any, reader: Any, rows: Sequence[Any]) -> list[Mapping[str, Any]]:
    """Make objects; how a site is reached is the provider's business alone."""
    return [
        {
            "id": row.id, "alias": row.alias, "customer": row.customer_id, "gui_url": row.gui_url,
            **(_of_staff(row) if Site.read_by_staff in reader.verbs else {}),
        }
        for row in rows
    ]  # fmt: skip


def _of_staff(row: Any) -> dict[str, Any]:
    return {
        **{name: getattr(row, name) for name in FOR_STAFF}, "status_site_id": row.status_site_id or "",
        "edition": row.edition, "version": row.product_version, "created_at": row.created_at.isoformat(),
        "reported_at": row.reported_at.isoformat() if row.reported_at else None,
    }  # fmt: skip


def _values(values: Body) -> dict[str, Any]:
    """Return what a site keeps; raise Problem 422 for what the pages' form would not take."""
    found = {name: values[name] for name in ("alias", "gui_url", *FOR_STAFF) if name in values}
    found["status_site_id"] = found.get("status_site_id") or None
    with _beside("livestatus"):
        address.check(found["livestatus"])
    with _beside("tls_ca"):
        found["tls_ca"] = "".join(one.pem for one in read_certificates(found.get("tls_ca", "")))
    return found


@contextmanager
def _beside(name: str) -> Iterator[None]:
    """Say of a field what is refused, or is no such value."""
    try:
        yield
    except Refused as refused:
        raise refusal({name: [str(refused.sentence)]}) from None
    except ValueError as wrong:
        raise refusal({name: [str(wrong)]}) from None


def _create(session: Any, values: Body, by: Any) -> Mapping[str, Any]:
    return {"id": sites.connect(session, by=by, id=values["id"], customer_id=values["customer"], **_values(values)).id}


def _change(session: Any, row: Any, values: Body, by: Any) -> None:
    site = session.get_one(Site, row.id)
    if values["customer"] != site.customer_id:
        sites.move(session, site, values["customer"], by=by)
    sites.change(session, site, by=by, **_values(values))


def _delete(session: Any, row: Any, by: Any) -> None:
    sites.remove(session, session.get_one(Site, row.id), by=by)


SITES = Collection(
    path="sites", title="Sites", noun="site",
    help="A customer's people see their own sites, and not how the portal reaches them.",
    fields=(
        Field("id", {**TEXT, "maxLength": 64}, "Fixed once it is made.", "new", needed=True),
        Field("alias", {**line(200), "default": ""}, "Empty: the ID.", "always"),
        Field("customer", {**CUSTOMER, "description": "A customer's ID, or `provider`."},
              "Another one moves the site, and ends its token.", "always", needed=True),
        Field("gui_url", {**line(300), "default": ""}, "The address of its user interface.", "always"),
        Field("livestatus", line(300), "`tcp:host:port`, `tls:host:port` or `unix:/path`.", "always", needed=True),
        Field("timeout", {"type": "integer", "minimum": SHORTEST, "maximum": LONGEST, "default": 2000},
              "In milliseconds.", "always"),
        Field("tls_ca", {**text(200_000), "default": ""}, "PEM certificates that alone are trusted.", "always"),
        Field("status_site_id", {**line(64), "default": ""},
              "The site whose host says whether this one can be reached.", "always"),
        Field("status_host", {**line(200), "default": ""}, "That host.", "always"),
        Field("is_disabled", {**FLAG, "default": False}, "Whether it is not asked.", "always"),
        Field("edition", TEXT, "What the site says it runs."),
        Field("version", TEXT),
        Field("reported_at", MOMENT),
        Field("created_at", MOMENT),
    ),
    reads=("sites.read", "monitoring.own"), writes=("sites.edit",),
    listed=_listed, order=(Site.id,), one=lambda id: Site.id == id, shown=_shown,
    filters=(
        Filter("q", line(200), "Words of alias or ID.", _found),
        Filter("customer", CUSTOMER, "Those of a customer.", lambda value: [Site.customer_id == value]),
    ),
    create=_create, change=_change, delete=_delete,
)  # fmt: skip
