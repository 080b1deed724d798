"""A customer's documents, for staff who may read all: the same pages as in the customer door, under the customer."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, Response, abort, render_template
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import func, literal, select, union_all

from ...access.guard import requires
from ...customers.models import Customer
from ...database import db
from ...records import pages
from ...records.kind import Kind
from ...records.listing import COUNT_UP_TO
from ...records.registry import KINDS
from .. import finding

bp = Blueprint("provider_documents", __name__, url_prefix="/provider/customers/<customer_id>/documents")


def _base(customer_id: str) -> str:
    return f"/provider/customers/{customer_id}/documents/"


def place(customer_id: str, slug: str) -> pages.Place:
    """Return where the reader stands; 404 for customers and kinds there are none of."""
    kind = KINDS.get(slug)
    customer = finding.served(customer_id)
    if kind is None or kind.verbs[1] not in current_user.verbs:
        abort(404)
    crumbs = (
        (str(_("Customers")), "/provider/customers/"),
        (customer.name, f"/provider/customers/{customer_id}"),
        (str(_("Documents")), _base(customer_id)),
    )
    return pages.Place(kind, current_user, customer_id, f"{_base(customer_id)}{slug}/", crumbs)


@bp.get("/")
@requires("documents.read")
def kinds(customer_id: str) -> str:
    """Show all kinds with how many records the customer has of each."""
    customer: Customer = finding.served(customer_id)
    readable = [kind for kind in KINDS.values() if kind.verbs[1] in current_user.verbs]
    counts = {row.slug: row.count for row in db.session.execute(union_all(*(_count(k, customer_id) for k in readable)))}
    return render_template(
        "provider/documents/kinds.html", customer=customer, kinds=readable, counts=counts, most=COUNT_UP_TO,
        base=_base(customer_id),
    )  # fmt: skip


def _count(kind: Kind, customer_id: str) -> Any:
    some = (
        select(literal(1))
        .where(kind.model.customer_id == customer_id, kind.model.seen_by(current_user), kind.scope)
        .limit(COUNT_UP_TO + 1)
        .subquery()
    )
    return select(literal(kind.slug).label("slug"), func.count().label("count")).select_from(some)


@bp.get("/<slug>/")
@requires("documents.read")
def index(customer_id: str, slug: str) -> str:
    """List a kind."""
    return pages.index(place(customer_id, slug))


@bp.get("/<slug>.csv")
@requires("documents.read")
def table(customer_id: str, slug: str) -> Response:
    """Export the filtered list."""
    return pages.table(place(customer_id, slug))


@bp.get("/<slug>/<uuid:id>")
@requires("documents.read")
def show(customer_id: str, slug: str, id: uuid.UUID) -> Any:
    """Show a record."""
    return pages.show(place(customer_id, slug), id)


@bp.get("/<slug>/<uuid:id>.pdf")
@requires("documents.read")
def document(customer_id: str, slug: str, id: uuid.UUID) -> Any:
    """Give a record's PDF."""
    return pages.document(place(customer_id, slug), id)
