"""The demo cast: made by the same verbs that pages use (DESIGN.md, section 4)."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..access.rights import PortalRole, Right
from ..accounts import passwords
from ..accounts.founding import found
from ..accounts.users import User
from ..customers.models import PROVIDER, Customer
from ..customers.subscriptions import Edition, Subscription, SupportTier, today
from ..database import at, now
from ..support.impact import Impact
from ..support.tickets import Ticket
from .past import forget_mail, on

PASSWORD = passwords.DEMO
BOTH = (Right.DOWNLOAD_LICENSE, Right.REQUEST_SUPPORT)
DOWNLOAD = (Right.DOWNLOAD_LICENSE,)
SUPER_USER, ADMIN, USER = PortalRole.SUPER_USER, PortalRole.ADMIN, PortalRole.USER

PEOPLE = (
    ("acme", "ada", "Ada Arnold", SUPER_USER, BOTH),
    ("acme", "alan", "Alan Becker", ADMIN, BOTH),
    ("acme", "abe", "Abe Castillo", ADMIN, ()),
    ("acme", "uma", "Uma Dietrich", USER, BOTH),
    ("acme", "ugo", "Ugo Evans", USER, ()),
    ("acme", "dot", "Dot Gray", USER, ()),
    ("beta", "bea", "Bea Hansen", SUPER_USER, DOWNLOAD),
    ("beta", "ben", "Ben Ivers", ADMIN, ()),
    ("beta", "bob", "Bob Jensen", USER, DOWNLOAD),
    ("gamma", "gus", "Gus Keller", SUPER_USER, BOTH),
)
STAFF = (("pat", "Pat Lindner", "admin"), ("gil", "Gil Moreau", "guest"))
CUSTOMERS = (
    ("acme", "Acme GmbH", {"street": "Hafenstraße 12", "zip": "20457", "city": "Hamburg", "country": "DE",
                           "vat": "DE811907980", "email": "office@acme.example", "phone": "+49 40 555 0112",
                           "website": "https://acme.example"}),
    ("beta", "Beta AG", {"street": "Bahnhofplatz 3", "zip": "8001", "city": "Zürich", "country": "CH",
                         "email": "info@beta.example", "phone": "+41 44 555 0160"}),
    ("gamma", "Gamma Ltd", {"street": "7 Quay Street", "zip": "BS1 4DB", "city": "Bristol", "country": "GB",
                            "email": "hello@gamma.example"}),
)  # fmt: skip


def make(session: Session) -> None:
    """Add the customers, people and subscriptions of the demo; nothing is committed."""
    found(session)
    for id, name, data in CUSTOMERS:
        Customer.create(session, id=id, name=name, by=None, **data)
    _subscribe(session)
    known = passwords.hash_password(PASSWORD)
    for days, (customer, username, name, role, rights) in enumerate(PEOPLE, 1):
        user = User.create(
            session, name=name, email=_email(name, customer), customer_id=customer, portal_role=role,
            rights=rights, username=username, by=None,
        )  # fmt: skip
        user.password_hash, user.password_is_demo = known, True
        user.last_sign_in_at = now() - timedelta(days=days, hours=days)  # a super user who has signed in stays one
        if username == "dot":
            user.disable(by=None)
    for username, name, permitted in STAFF:
        user = User.create(
            session, name=name, email=_email(name, PROVIDER), customer_id=PROVIDER, roles=[permitted],
            username=username, by=None,
        )  # fmt: skip
        user.password_hash, user.password_is_demo = known, True
    _ask_for_gamma(session)
    forget_mail(session)


def _ask_for_gamma(session: Session) -> None:
    """Open, answer and close gamma's one ticket, while its subscription still ran."""
    gus, pat = (session.scalars(select(User).where(User.username == name)).one() for name in ("gus", "pat"))
    with at(on(210, "10:12")):
        ticket = Ticket.open_(
            session, customer_id="gamma", subject="Graphs are empty after the update", by=gus,
            description=(
                "Since we updated to 2.3.0p12 the graphs of all hosts show no data newer than the update. Services are "
                "checked and up to date. `cmk-validate-plugins` finds nothing."
            ),
            impact=Impact.LIMITED, environment="production", edition="cce", product_version="2.3.0p12", site="bristol",
            seen_by_whom="company",
        )  # fmt: skip
    with at(on(210, "13:40")):
        ticket.answer(
            session,
            "Thank you, that helps. Please check whether the disk that holds the site's graphs is full, and send us "
            "the end of `~/var/log/rrdcached.log`.",
            by=pat,
        )
    with at(on(209, "14:05")):
        ticket.answer(session, "The disk was at 100 %. We gave it 50 GB more; graphs are drawn again.", by=gus)
    with at(on(209, "15:20")):
        ticket.answer(
            session,
            "Good. What was not written in between is lost; everything from now on is kept. A rule for the file "
            "systems of the monitoring server itself would have told you in time.",
            state="solved", by=pat,
        )  # fmt: skip
    with at(on(202, "04:00")):
        ticket.close(session, by=None)


def _email(name: str, customer: str) -> str:
    return f"{name.lower().replace(' ', '.')}@{customer}.example"


def _subscribe(session: Session) -> None:
    day = today()
    terms = (
        ("acme", Edition.CLOUD, 3000, SupportTier.ADVANCED, day - timedelta(days=341), day + timedelta(days=24)),
        ("acme", Edition.ENTERPRISE, 7000, None, day - timedelta(days=120), day + timedelta(days=245)),
        ("beta", Edition.ENTERPRISE, 12000, None, day - timedelta(days=90), day + timedelta(days=275)),
        ("gamma", Edition.CLOUD, 3000, SupportTier.BASIC, day - timedelta(days=500), day - timedelta(days=135)),
    )
    for customer, edition, services, support, first, last in terms:
        Subscription.enter(
            session, customer_id=customer, edition=edition, services=services, support=support,
            starts_on=first, ends_on=last, by=None,
        )  # fmt: skip
