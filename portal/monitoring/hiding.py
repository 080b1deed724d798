"""Hiding: customers a person leaves out of what they see of monitoring; for themselves alone, like a filter kept."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from sqlalchemy import ForeignKey, String, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from ..database import Base


class HiddenCustomer(Base):
    """A customer whose sites a person does not want to see."""

    __tablename__ = "hidden_customers"

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    customer_id: Mapped[str] = mapped_column(
        String(64), ForeignKey("customers.id", ondelete="CASCADE"), primary_key=True
    )


def hide(session: Session, customer_ids: Iterable[str], *, by: uuid.UUID) -> None:
    """Leave customers out of what somebody sees, once each."""
    kept = set(session.scalars(select(HiddenCustomer.customer_id).where(HiddenCustomer.user_id == by)))
    session.add_all(HiddenCustomer(user_id=by, customer_id=id) for id in set(customer_ids) - kept)


def show(session: Session, customer_ids: Iterable[str], *, by: uuid.UUID) -> None:
    """Let somebody see customers again."""
    session.execute(
        delete(HiddenCustomer).where(HiddenCustomer.user_id == by, HiddenCustomer.customer_id.in_(list(customer_ids)))
    )
