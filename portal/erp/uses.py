"""Uses: the record of a customer in the ERP, from which the next import would make it anew."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, func, select

from ..customers.models import Customer
from ..customers.uses import Source, add


def _record(customer_id: str) -> Select[int]:
    return select(func.count(Customer.id)).where(Customer.id == customer_id, Customer.source.is_not(None))


def register() -> None:
    """Add this source."""
    add(Source(_l("Records in the ERP"), "documents.read", _record, lambda _customer_id: "/provider/imports/", 60))
