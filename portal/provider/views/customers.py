"""Customers: the list, a new one, one with all that belongs to it, its company data, archiving and deleting."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import func, select

from ...access.guard import requires
from ...access.rights import PortalRole
from ...accounts import hand_over
from ...accounts.requests import RequestState, SuperUserRequest
from ...accounts.users import User
from ...customers.models import PROVIDER, Customer
from ...customers.sites import Site
from ...customers.subscriptions import TIERS, Subscription, today
from ...customers.uses import InUse
from ...database import db
from ...errors import Refused, Stale
from ...monitoring import links
from ...support import waiting
from ...web import paging
from .. import customers, finding
from ..forms.customers import CustomerForm, NewCustomerForm

MOST_SITES = 10

bp = Blueprint("provider_customers", __name__, url_prefix="/provider/customers")


@bp.get("/")
@requires("customers.read")
def index() -> Any:
    """All customers."""
    q = paging.searched()
    state = paging.chosen("state", customers.STATES, "active")
    sort = paging.chosen("sort", [sign + key for key in customers.SORTS for sign in ("", "-")], "name")
    column, last_first = customers.SORTS[sort.lstrip("-")]
    page = paging.page(
        db.session(),
        customers.listed(current_user, q=q, state=state),
        id=Customer.id,
        keys=[column],
        descending=last_first is not sort.startswith("-"),
        read=customers.read_id,
    )
    return render_template(
        "provider/customers/index.html", page=page, q=q, state=state, sort=sort, states=customers.STATES,
        address=paging.address, narrowed=bool(q) or state != "active", listed=links.listed, door=links.PROVIDER,
    )  # fmt: skip


@bp.route("/new", methods=["GET", "POST"])
@requires("customers.read", act="customers.edit")
def new() -> Any:
    """Make a customer: a fixed ID, a name, company data."""
    form, status = NewCustomerForm(), 200
    if form.validate_on_submit():
        try:
            customer = Customer.create(db.session(), id=form.id.data or "", by=current_user, **form.values)
            db.session.commit()
        except Refused as refused:
            db.session.rollback()
            status = form.refuse(refused)
        else:
            flash(_("%(name)s is a customer now.", name=customer.name))
            return redirect(url_for(".show", customer_id=customer.id))
    elif form.is_submitted():
        status = 422
    return render_template("provider/customers/new.html", form=form), status


@bp.get("/<customer_id>")
@requires("customers.read")
def show(customer_id: str) -> Any:
    """One customer: who it is, its super user, what it has, and what is to be done next."""
    customer = finding.customer(customer_id)
    people = db.session.execute(
        select(User.id, User.name, User.email, User.portal_role, User.has_joined.label("has_joined"), User.disabled_at,
               User.last_sign_in_at, User.invited_at)
        .where(User.customer_id == customer_id, User.portal_role == PortalRole.SUPER_USER, User.seen_by(current_user))
    )  # fmt: skip
    subscriptions = db.session.scalars(
        Subscription.visible_to(current_user)
        .where(Subscription.customer_id == customer_id, Subscription.archived_at.is_(None))
        .order_by(Subscription.ends_on.desc(), Subscription.id)
        .limit(5)
    ).all()
    return render_template(
        "provider/customers/show.html", customer=customer, super_user=people.first(),
        people=db.session.scalar(_count(customer_id)),
        may_appoint=hand_over.may_appoint(db.session(), customer) and customer.archived_at is None,
        subscriptions=subscriptions, day=today(),
        tiers=TIERS, unsolved=db.session.scalar(waiting.unsolved(current_user, customer_id)), sites=_sites(customer_id),
        is_provider=customer_id == PROVIDER,
        request_open=db.session.scalar(
            SuperUserRequest.visible_to(current_user).where(
                SuperUserRequest.customer_id == customer_id, SuperUserRequest.state == RequestState.OPEN
            )
        ),
    )  # fmt: skip


def _count(customer_id: str) -> Any:
    return select(func.count(User.id)).where(
        User.customer_id == customer_id, User.seen_by(current_user), User.archived_at.is_(None)
    )


def _sites(customer_id: str) -> list[Any]:
    """Return the first sites of a customer, by alias: one more than are shown."""
    rows = db.session.execute(
        select(Site.id, Site.alias, Site.is_disabled)
        .where(Site.customer_id == customer_id, Site.archived_at.is_(None), Site.seen_by(current_user))
        .order_by(Site.alias_key, Site.id)
        .limit(MOST_SITES + 1)
    )
    return list(rows)


@bp.route("/<customer_id>/edit", methods=["GET", "POST"])
@requires("customers.read", act="customers.edit")
def edit(customer_id: str) -> Any:
    """Change name and company data."""
    customer = finding.open_customer(customer_id)
    form, status, compared = CustomerForm(obj=customer), 200, []
    if form.validate_on_submit():
        try:
            form.check_version(customer)
            customer.change(db.session(), by=current_user, **form.values)
            db.session.commit()
        except Refused as refused:
            db.session.rollback()
            status = form.refuse(refused)
            if isinstance(refused, Stale):
                compared = form.rows(customer)
                form.version.data = str(customer.version)
        else:
            flash(_("Saved."))
            return redirect(url_for(".show", customer_id=customer.id))
    elif form.is_submitted():
        status = 422
    return render_template("provider/customers/edit.html", form=form, customer=customer, compared=compared), status


@bp.post("/<customer_id>/archival")
@requires("customers.read", act="customers.edit")
def archive(customer_id: str) -> Any:
    """Archive: out of the lists, its people signed out."""
    customer = finding.customer(customer_id)
    customer.archive(db.session(), by=current_user)
    db.session.commit()
    flash(_("%(name)s is archived. Its people cannot sign in.", name=customer.name))
    return redirect(url_for(".show", customer_id=customer_id))


@bp.post("/<customer_id>/restoration")
@requires("customers.read", act="customers.edit")
def restore(customer_id: str) -> Any:
    """Bring an archived customer back."""
    customer = finding.customer(customer_id)
    customer.restore(db.session(), by=current_user)
    db.session.commit()
    flash(_("%(name)s is back. Its people can sign in again.", name=customer.name))
    return redirect(url_for(".show", customer_id=customer_id))


@bp.post("/<customer_id>/deletion")
@requires("customers.read", act="customers.edit")
def delete(customer_id: str) -> Any:
    """Delete a customer that has nothing; else say what it has and where that can be looked at."""
    customer = finding.customer(customer_id)
    try:
        customer.delete(db.session(), by=current_user)
        db.session.commit()
    except InUse as refused:
        db.session.rollback()
        customer = finding.customer(customer_id)
        return render_template("provider/customers/in_use.html", customer=customer, uses=refused.uses), 409
    flash(_("%(name)s is deleted. Its ID stays taken.", name=customer.name))
    return redirect(url_for(".index"))
