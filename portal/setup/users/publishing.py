"""Publishing: what must not wait for an activation goes to the sites by a job, written with the deed it tells of.

A person acts within their own company's rows; what a site gets is read by the portal, which sees all of them.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any, NamedTuple

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from ...customers.sites import Site
from ...jobs import enqueue, handler
from ...leases import Job

KIND = "setup.users"
Publish = Callable[..., Any]
_publishers: list[Publish] = []


class Actor(NamedTuple):
    """Who acted, as a job knows them."""

    id: uuid.UUID | None


def register(publish: Publish) -> Publish:
    """Have `publish(session, customer_id | None, by=)` called for what must not wait; None: all sites."""
    if publish not in _publishers:
        _publishers.append(publish)
    return publish


def ask(session: Session, customer_id: str | None, *, by: Any) -> None:
    """Have the users of a customer's sites (None: of all sites) published, once for all a transaction does."""
    payload: dict[str, Any] = {"customer": customer_id, "by": str(by.id) if getattr(by, "id", None) else None}
    if not any(isinstance(job, Job) and job.kind == KIND and job.payload == payload for job in session.new):
        enqueue(session, KIND, customer_id=customer_id, **payload)


@handler(KIND)
def _publish(session: Session, job: Job) -> None:
    customer_id, by = job.payload["customer"], job.payload["by"]
    sites = select(Site.id).where(Site.archived_at.is_(None))
    if customer_id is not None:
        sites = sites.where(Site.customer_id == customer_id)
    if session.scalar(select(exists(sites))):
        for publish in _publishers:
            publish(session, customer_id, by=Actor(uuid.UUID(by) if by else None))
