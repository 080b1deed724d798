"""The demo: an invented vendor and its customers, of an ERP export and of deeds, with dates relative to today."""

from __future__ import annotations

from pathlib import Path

from flask import Flask
from sqlalchemy import select

from ..customers.models import Customer
from ..customers.sites import Site
from ..customers.subscriptions import today
from ..database import db
from ..erp.importer.identity import identify
from ..erp.imports import import_from
from ..erp.models import RunState
from ..erp.source import Folder
from ..errors import Refused
from ..licensing.releases.models import Release
from ..setup.distribution.activation import Activation
from . import cast, desk, elements, meters, shelf, sites
from .dates import Shifted
from .past import forget_mail

EXPORT = Path(__file__).parent / "export"
SETTINGS = {
    "BANK_BIC": "COBADEFF",
    "BANK_HOLDER": "Nordwind Monitoring GmbH",
    "BANK_IBAN": "DE89370400440532013000",
    "BANK_NAME": "Musterbank",
    "SITE_NETWORKS": "10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 fc00::/7 public loopback",
    "DIRECTORY_NETWORKS": "10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 fc00::/7 public loopback",
    "SITE_SOCKETS": "/",
    "SUPPORT_CONTACT": "service@nordwind.example",
}
"""What the invented vendor's settings are, unless the environment says otherwise; the account is nobody's.

Sites may be on this very machine: the demo's own are, and whoever looks at it may try a core of theirs.
"""

PARTNERS = {"acme": 10, "beta": 20, "gamma": 30}
"""Which partners of the export the cast's customers are."""


def fill(app: Flask) -> None:
    """Make the cast, import the demo's documents for it, and what has happened since; commits.

    Raises Refused when the import fails. Killed half-way, it is finished by calling it again: a second import doubles
    nothing, and the rest is made at once or not at all.
    """
    with app.app_context():
        session, source = db.session(), Shifted(Folder(EXPORT), today())
        if all(session.get(Customer, id) is None for id in PARTNERS):
            cast.make(session)
            origin = identify(session, source)
            for id, partner in PARTNERS.items():
                customer = session.get_one(Customer, id)
                customer.source, customer.source_model, customer.source_id = origin.id, "res.partner", str(partner)
        session.commit()
        run = import_from(source.name, opened=lambda: source)
        if run.state != RunState.FINISHED:
            raise Refused(run.error)
        if session.scalar(select(Release.id).limit(1)) is None:
            for part in (shelf, meters, desk):
                part.fill(session)
            forget_mail(session)
            session.commit()
        if session.scalar(select(Site.id).limit(1)) is None:
            sites.fill(session)
            elements.fill(session)
            session.commit()
        if session.scalar(select(Activation.id).limit(1)) is None:
            elements.activate(session)
