"""Elements of any kind: the overview, the list of a kind, one with what surrounds it, and its table."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, render_template
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from ...access.guard import requires
from ...accounts import chronicle
from ...audit.models import Event
from ...contacts.memberships import CONTACT_GROUPS
from ...customers.elements import Element
from ...customers.models import Customer
from ...database import db
from ...errors import Refused
from ...records import export
from ...web import paging
from ...web.navigation import Entry, add, badge
from .. import listing, packs, references
from ..differences import Wording
from ..distribution import pending
from ..kind import ElementKind
from ..kinds import KINDS
from ..leaks import report
from ..releases import PACKS
from ..responsibility import duties

bp = Blueprint("setup_elements", __name__, url_prefix="/provider/setup")
add(Entry(_l("Setup"), "/provider/setup/", "setup.read", staff=True, order=23, icon="setup", name="setup"))


def kind_of(slug: str) -> ElementKind:
    """Return the kind an address names; 404 for none."""
    kind = KINDS.get(slug)
    if kind is None or not kind.has_pages:
        abort(404)
    return kind


def element_of(slug: str, key: str) -> Element:
    """Return the live element an address names; 404 for none."""
    kind_of(slug)
    seen = Element.visible_to(current_user).where(Element.kind == slug, Element.key == key)
    found = db.session.scalar(seen) if listing.is_key(key) else None
    if found is None:
        abort(404)
    return found


@bp.get("/")
@requires("setup.read")
def index() -> Any:
    """What can be set up, and how much of it there is."""
    session, leaks = db.session(), report.count_open(db.session())
    badge({"setup": leaks})
    return render_template(
        "setup/index.html",
        kinds=KINDS.values(),
        counts=listing.counts(session),
        leaks=leaks,
        pending=pending.number(session),
    )


@bp.get("/<slug>/")
@requires("setup.read")
def listed(slug: str) -> Any:
    """The elements of a kind."""
    kind, session = kind_of(slug), db.session()
    wish = listing.Wish.asked(kind)
    page = paging.page(session, listing.listed(current_user, kind, wish), id=Element.id, keys=wish.order(kind))
    return render_template(
        "setup/elements/list.html", kind=kind, wish=wish, page=page,
        uses=references.counts(session, slug, page.rows) if kind.is_named else {},
        customers=[] if kind.is_general else listing.customers(session, kind, filtering=True),
        csv=listing_url(kind, wish),
    )  # fmt: skip


def listing_url(kind: ElementKind, wish: listing.Wish) -> str:
    """Return the address of the same list as a table."""
    return paging.address().replace(f"/{kind.slug}/", f"/{kind.slug}.csv", 1)


@bp.get("/<slug>.csv")
@requires("setup.read")
def table(slug: str) -> Response:
    """Export all elements of the filter."""
    kind = kind_of(slug)
    return export.answer(slug, *listing.csv_rows(db.session(), current_user._get_current_object(), kind))


@bp.get("/<slug>/<key>")
@requires("setup.read")
def show(slug: str, key: str) -> Any:
    """One element: what it is, to which sites it goes, what it refers to and what refers to it."""
    return page_of(element_of(slug, key))


def page_of(element: Element, refused: Refused | None = None) -> str:
    """Return the page of an element; `refused` says why a deed was not done."""
    session, kind = db.session(), KINDS[element.kind]
    wording, names = Wording(kind.slug), listing.body_names(kind)
    values = {**element.body, "position": element.position}
    told = [(wording.label(name), wording.say(name, values.get(name))) for name in names if not wording.is_lookup(name)]
    pack = session.get(Element, element.pack_id) if element.pack_id else None
    return render_template(
        "setup/elements/show.html", kind=kind, element=element, refused=refused, kinds=KINDS,
        customer=session.get(Customer, element.customer_id) if element.customer_id else None,
        pack=pack, prescribed=packs.prescribed(pack),
        facts=told, secret=wording.label(kind.secret) if kind.secret else "",
        duty=duties.of(session, element) if kind.slug == CONTACT_GROUPS else None,
        reach=listing.reach(session, element), named=listing.named(session, element),
        referrers=[] if kind.slug == PACKS else references.referrers(session, element),
        rules=packs.rules(session, element, limit=packs.MOST_SHOWN) if kind.slug == PACKS else [],
        history=chronicle.latest(session, Event.record_id == element.id, reader=current_user, limit=20),
    )  # fmt: skip
