"""Uses: what a customer's sites report with, and the sites that did."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, func, select

from ..customers.uses import Source, add
from .credentials import Credential
from .usage.samples import ReportingSite


def _credentials(customer_id: str) -> Select[int]:
    return select(func.count(Credential.id)).where(
        Credential.customer_id == customer_id, Credential.revoked_at.is_(None)
    )


def _sites(customer_id: str) -> Select[int]:
    return select(func.count()).where(ReportingSite.customer_id == customer_id)


def register() -> None:
    """Add these sources."""
    url = "/provider/customers/{}/subscriptions/".format
    add(
        Source(_l("Licensing credentials"), "documents.read", _credentials, url, 50),
        Source(_l("Sites that reported usage"), "documents.read", _sites, url, 52),
    )
