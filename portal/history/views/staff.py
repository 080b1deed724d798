"""The history as staff read it: of one customer, and of all of them with the provider's own."""

from __future__ import annotations

import re
from typing import Any

from flask import Blueprint, Response, abort, render_template
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from sqlalchemy import true

from ...access.guard import requires
from ...accounts import chronicle
from ...accounts.users import User
from ...customers.models import Customer
from ...database import db
from ...records import export
from ...web import paging
from ...web.navigation import Entry, add
from .. import listing

bp = Blueprint("provider_history", __name__, url_prefix="/provider")
add(Entry(_l("History"), "/provider/history/", "audit.read", staff=True, order=90, icon="history"))


@bp.get("/history/")
@requires("audit.read")
def index() -> Any:
    """What happened everywhere, newest first."""
    session = db.session()
    history = listing.read(session, current_user, listing.of_everybody(), people=true())
    return render_template(
        "history/everybody.html", history=history, wish=history.wish, page=history.page, topics=chronicle.labels(),
        customers=listing.names_of_customers(session, history),
        csv_url=paging.address().replace("/history/", "/history.csv", 1),
    )  # fmt: skip


@bp.get("/history.csv")
@requires("audit.read")
def download() -> Response:
    """All entries of the filter."""
    entries = listing.every_entry(db.session(), current_user, listing.of_everybody(), people=true())
    return export.answer("history", *listing.csv_rows(entries))


@bp.get("/customers/<customer_id>/history/")
@requires("customers.read", "audit.read")
def customer(customer_id: str) -> Any:
    """What happened at one customer, newest first."""
    session, found, people = db.session(), _customer(customer_id), User.customer_id == customer_id
    history = listing.read(session, current_user, listing.of_customer(customer_id), people=people)
    return render_template(
        "history/customer.html", customer=found, history=history, wish=history.wish, page=history.page,
        topics=chronicle.labels(), people=listing.choices(session, people),
        csv_url=paging.address().replace("/history/", "/history.csv", 1),
    )  # fmt: skip


@bp.get("/customers/<customer_id>/history.csv")
@requires("customers.read", "audit.read")
def customer_download(customer_id: str) -> Response:
    """All entries of the filter, of one customer."""
    _customer(customer_id)
    entries = listing.every_entry(
        db.session(), current_user, listing.of_customer(customer_id), people=User.customer_id == customer_id
    )
    return export.answer(f"history-{customer_id}", *listing.csv_rows(entries))


def _customer(customer_id: str) -> Customer:
    is_one = re.fullmatch(Customer.ID_PATTERN, customer_id, re.ASCII)
    found = db.session.get(Customer, customer_id) if is_one else None
    if found is None or found.deleted_at is not None:
        abort(404)
    return found
