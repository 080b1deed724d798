"""The company's own page: its data, what it bought, and whom to turn to."""

from __future__ import annotations

from flask import Blueprint, current_app, render_template
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from sqlalchemy import select

from ...access.guard import requires
from ...access.rights import PortalRole
from ...accounts.users import User
from ...customers.models import Customer
from ...customers.subscriptions import EDITIONS, TIERS, Edition, State, Subscription, SupportTier, state_on, today
from ...database import db
from ...web.navigation import Entry, add

bp = Blueprint("company", __name__)
add(Entry(_l("Company data"), "/company", "company.read", section="company", order=30, icon="company"))

STATES = {
    State.UPCOMING: (_l("Upcoming"), "info"),
    State.RUNNING: (_l("Running"), "good"),
    State.ENDING: (_l("Ends soon"), "warn"),
    State.GRACE: (_l("In grace"), "warn"),
    State.ENDED: (_l("Ended"), "neutral"),
}


@bp.get("/company")
@requires("company.read")
def show() -> str:
    """What the provider knows of the company."""
    session, day = db.session(), today()
    customer = session.get_one(Customer, current_user.customer_id)
    subscriptions = session.execute(
        select(
            Subscription.edition, Subscription.services, Subscription.support,
            Subscription.starts_on, Subscription.ends_on,
        )
        .where(
            Subscription.seen_by(current_user), Subscription.customer_id == customer.id,
            Subscription.archived_at.is_(None),
        )
        .order_by(Subscription.ends_on.desc(), Subscription.id)
    ).all()  # fmt: skip
    super_user = session.execute(
        select(User.id, User.name).where(
            User.seen_by(current_user), User.customer_id == customer.id, User.portal_role == PortalRole.SUPER_USER
        )
    ).first()
    shown = [
        {
            "title": EDITIONS[Edition(row.edition)], "services": row.services, "starts_on": row.starts_on,
            "ends_on": row.ends_on, "support": TIERS[SupportTier(row.support)] if row.support else None,
            "state": STATES[state_on(row.starts_on, row.ends_on, day)],
        }
        for row in subscriptions
    ]  # fmt: skip
    return render_template(
        "people/company.html", customer=customer, subscriptions=shown, super_user=super_user,
        contact=current_app.config["SUPPORT_CONTACT"],
    )  # fmt: skip
