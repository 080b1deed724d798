"""Subscriptions of a customer: enter, change, renew and end. Rights depend on them, so each act says what it moves."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from ...access.guard import requires
from ...customers.models import Customer
from ...customers.subscriptions import TIERS, State, Subscription, today
from ...database import db
from ...errors import Refused, Stale
from .. import finding, support
from ..forms.subscriptions import EndForm, SubscriptionForm

bp = Blueprint("provider_subscriptions", __name__, url_prefix="/provider/customers/<customer_id>/subscriptions")


@bp.get("/")
@requires("customers.read", "documents.read")
def index(customer_id: str) -> Any:
    """What the customer bought, and what rights stand on it."""
    customer = finding.served(customer_id)
    return _list(customer)


@bp.route("/new", methods=["GET", "POST"])
@requires("customers.read", "documents.read", act="customers.subscriptions")
def new(customer_id: str) -> Any:
    """Enter what a customer bought."""
    customer = finding.open_served(customer_id)
    first = today()
    form = SubscriptionForm(data={"start": first, "end": first + timedelta(days=364)})
    return _edited(
        customer, form, None,
        lambda: Subscription.enter(db.session(), customer_id=customer_id, by=current_user, **form.values),
    )  # fmt: skip


@bp.route("/<uuid:subscription_id>/edit", methods=["GET", "POST"])
@requires("customers.read", "documents.read", act="customers.subscriptions")
def edit(customer_id: str, subscription_id: uuid.UUID) -> Any:
    """Change a subscription."""
    customer = finding.open_served(customer_id)
    subscription = _find(customer_id, subscription_id)
    form = SubscriptionForm.of(subscription)

    def change() -> None:
        form.check_version(subscription)
        subscription.change(db.session(), by=current_user, **form.values)

    return _edited(customer, form, subscription, change)


@bp.post("/<uuid:subscription_id>/renewal")
@requires("customers.read", "documents.read", act="customers.subscriptions")
def renew(customer_id: str, subscription_id: uuid.UUID) -> Any:
    """Move the last day to a later one."""
    customer, form = finding.open_served(customer_id), EndForm()
    subscription = _find(customer_id, subscription_id)
    return _moved(customer, form, lambda: subscription.renew(db.session(), until=form.end.data, by=current_user))


@bp.post("/<uuid:subscription_id>/end")
@requires("customers.read", "documents.read", act="customers.subscriptions")
def end(customer_id: str, subscription_id: uuid.UUID) -> Any:
    """End a subscription early."""
    customer, form = finding.open_served(customer_id), EndForm()
    subscription = _find(customer_id, subscription_id)
    return _moved(customer, form, lambda: subscription.end(db.session(), last_day=form.end.data, by=current_user))


def _find(customer_id: str, subscription_id: uuid.UUID) -> Subscription:
    found = db.session.scalar(
        Subscription.visible_to(current_user).where(
            Subscription.id == subscription_id,
            Subscription.customer_id == customer_id,
            Subscription.archived_at.is_(None),
        )
    )
    if found is None:
        abort(404)
    return found


def _edited(
    customer: Customer, form: SubscriptionForm, subscription: Subscription | None, act: Callable[[], Any]
) -> Any:
    status, compared = 200, []
    before = support.of(db.session(), customer.id)
    if form.validate_on_submit():
        try:
            act()
            db.session.commit()
        except Refused as refused:
            db.session.rollback()
            status = form.refuse(refused)
            if isinstance(refused, Stale) and subscription is not None:
                compared = form.rows(subscription)
                form.version.data = str(subscription.version)
        else:
            return _done(customer, before)
    elif form.is_submitted():
        status = 422
    template = "provider/subscriptions/edit.html" if subscription else "provider/subscriptions/new.html"
    return render_template(
        template, customer=customer, form=form, compared=compared, support=before,
        warning="" if subscription is None or subscription.support is None else _without(subscription, before),
    ), status  # fmt: skip


def _without(subscription: Subscription, now: support.Support) -> str:
    """Return what it would mean if this subscription ended today."""
    return now.warning(now.if_ended(subscription, max(today(), subscription.starts_on)).until)


def _moved(customer: Customer, form: EndForm, act: Callable[[], None]) -> Any:
    status = 422
    before = support.of(db.session(), customer.id)
    if form.validate_on_submit():
        try:
            act()
            db.session.commit()
        except Refused as refused:
            db.session.rollback()
            status = form.refuse(refused)
        else:
            return _done(customer, before)
    return _list(customer, form), status


def _done(customer: Customer, before: support.Support) -> Any:
    change = before.change_to(support.of(db.session(), customer.id))
    flash(_("Saved.") + (f" {change}" if change else ""))
    return redirect(url_for(".index", customer_id=customer.id))


def _list(customer: Customer, form: EndForm | None = None) -> str:
    day = today()
    subscriptions = db.session.scalars(
        Subscription.visible_to(current_user)
        .where(Subscription.customer_id == customer.id, Subscription.archived_at.is_(None))
        .order_by(Subscription.ends_on.desc(), Subscription.id.desc())
        .limit(200)
    ).all()
    now = support.of(db.session(), customer.id)
    endings = {one.id: _without(one, now) for one in subscriptions if one.support and one.state(day) is not State.ENDED}
    return render_template(
        "provider/subscriptions/index.html", customer=customer, subscriptions=subscriptions, support=now,
        endings=endings, day=day, tiers=TIERS, form=form, State=State, year=timedelta(days=365),
    )  # fmt: skip
