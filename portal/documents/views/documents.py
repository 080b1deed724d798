"""The customer door's documents: `/documents/<kind>/`, its records, their PDFs and the CSV of a list."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, Response, abort
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from ...access.guard import requires
from ...records import pages
from ...records.registry import KINDS
from ...web.navigation import Entry, add
from ..kinds import ALL

bp = Blueprint("documents", __name__)
SHORT = {"invoices": _l("Invoices"), "quotations": _l("Quotes")}

add(
    Entry(_l("My Licenses"), "/licenses/", "licenses.read", order=20, icon="licenses", short=_l("Licenses")),
    *(
        Entry(
            kind.label, f"/documents/{kind.slug}/", kind.verbs[0], "documents", order=number,
            icon=kind.icon if kind.slug in ("quotations", "invoices", "tasks") else "", name=kind.slug,
            short=SHORT.get(kind.slug, ""),
        )
        for number, kind in enumerate(ALL)
        if kind.slug not in ("subscriptions", "users")
    ),
)  # fmt: skip


def place(slug: str, base: str = "") -> pages.Place:
    """Return where the reader stands; 404 for staff, unknown kinds and kinds they may not know of."""
    kind, reader = KINDS.get(slug), current_user._get_current_object()
    if kind is None or reader.is_staff or kind.verbs[0] not in reader.verbs:
        abort(404)
    files = f"/documents/{slug}/"
    return pages.Place(kind, reader, reader.customer_id, base or files, files=files)


@bp.get("/documents/<slug>/")
@requires("licenses.read")
def index(slug: str) -> str:
    """List a kind."""
    return pages.index(place(slug))


@bp.get("/documents/<slug>.csv")
@requires("licenses.read")
def table(slug: str) -> Response:
    """Export the filtered list."""
    return pages.table(place(slug))


@bp.get("/documents/<slug>/<uuid:id>")
@requires("licenses.read")
def show(slug: str, id: uuid.UUID) -> Any:
    """Show a record."""
    return pages.show(place(slug), id)


@bp.get("/documents/<slug>/<uuid:id>.pdf")
@requires("licenses.read")
def document(slug: str, id: uuid.UUID) -> Any:
    """Give a record's PDF."""
    return pages.document(place(slug), id)


@bp.get("/licenses/")
@requires("licenses.read")
def licenses() -> str:
    """List My Licenses."""
    return pages.index(place("subscriptions", "/licenses/"))


@bp.get("/licenses/<uuid:id>")
@requires("licenses.read")
def license_page(id: uuid.UUID) -> Any:
    """Show a subscription."""
    return pages.show(place("subscriptions", "/licenses/"), id)
