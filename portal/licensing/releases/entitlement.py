"""Entitlement: which editions a company may download: those it subscribes to, and the free one in any case.

A higher edition includes no lower one: each subscription names the edition it is for.
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from ...customers.ownership import Reader
from ...customers.subscriptions import Subscription, today
from .models import FREE

HIGHEST_FIRST = ("cme", "cce", "cee", FREE)
MSP = "cme"
"""The one edition with which other organisations may be monitored."""


def editions_of(session: Session, reader: Reader) -> tuple[str, ...]:
    """Return the editions of the reader's company today, grace included, the highest first and the free one last."""
    running = select(Subscription.edition).where(
        Subscription.seen_by(reader), Subscription.customer_id == reader.customer_id, Subscription.running(today())
    )
    held = {*session.scalars(running.distinct()), FREE}
    return tuple(edition for edition in HIGHEST_FIRST if edition in held)
