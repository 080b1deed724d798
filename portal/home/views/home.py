"""Home: what waits for this person, before anything else."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from ...access.guard import signed_in
from ...customers.subscriptions import today
from ...database import db, now
from ...documents import states
from ...documents.models import DocumentKind
from ...i18n import local
from ...records.attention import attention, badges
from ...web import navigation
from ...web.navigation import Entry
from ...web.paths import local_path
from .. import overview

bp = Blueprint("home", __name__)
navigation.add(Entry(_l("Home"), "/", "licenses.read", order=10, icon="home"))

SAY = {
    DocumentKind.QUOTATIONS: states.of_quotation,
    DocumentKind.SALES_ORDERS: states.of_order,
    DocumentKind.PURCHASE_ORDERS: states.of_purchase,
    DocumentKind.INVOICES: states.of_invoice,
}


@bp.get("/")
@signed_in
def index() -> Any:
    """Show what needs attention; staff go on to their own door."""
    if current_user.is_staff:
        first = local_path(current_user.start_page)
        return redirect("/provider/" if first == "/" else first)
    session, day = db.session(), today()
    waiting = attention(session, current_user, current_user.customer_id, day)
    navigation.badge(badges(waiting))
    return render_template(
        "home/index.html",
        greeting=overview.greeting(local(now()), current_user.name),
        waiting=waiting,
        today=day,
        licenses=overview.licenses(current_user, day),
        recent=overview.recent(current_user) if "commercial.read" in current_user.verbs else [],
        say=lambda row: SAY[row.kind](row, day),
        people=overview.people(current_user) if "people.read" in current_user.verbs else None,
    )
