"""Publishing: what must not wait for an activation goes to the sites by a job, written with the deed it tells of.

A person acts within their own company's rows; what a site gets is read by the portal, which sees all of them.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from ...jobs import enqueue, handler
from ...leases import Job
from . import reach

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
    """Have the users of a customer's sites (None: of all sites), if there are any, published by a job.

    Once for all that a transaction does. A site that is made meanwhile gets its users with its first activation.
    """
    with session.no_autoflush:
        if not reach.has_any(session, customer_id):
            return
    payload: dict[str, Any] = {"customer": customer_id, "by": str(by.id) if getattr(by, "id", None) else None}
    if not any(isinstance(job, Job) and job.kind == KIND and job.payload == payload for job in session.new):
        enqueue(session, KIND, customer_id=customer_id, **payload)


@handler(KIND)
def _publish(session: Session, job: Job) -> None:
    by = job.payload["by"]
    for publish in _publishers:
        publish(session, job.payload["customer"], by=Actor(uuid.UUID(by) if by else None))
