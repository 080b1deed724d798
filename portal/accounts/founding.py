"""Founding: what every portal has from its first start: the provider as a customer, and the built-in roles."""

from __future__ import annotations

from sqlalchemy.orm import Session

from ..access.roles import BUILT_IN, Role
from ..customers.models import PROVIDER, Customer


def found(session: Session, *, provider_name: str = "Provider") -> None:
    """Add what is missing of the provider and the built-in roles; commits nothing."""
    if session.get(Customer, PROVIDER) is None:
        Customer.create(session, id=PROVIDER, name=provider_name, by=None)
    for id, alias in BUILT_IN.items():
        if session.get(Role, id) is None:
            session.add(Role(id=id, alias=alias))
    session.flush()
