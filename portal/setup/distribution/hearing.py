"""Hearing: deeds elsewhere that touch what sites get, in the same transaction."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from ...audit.followers import follow
from ...audit.models import Event
from ...customers.sites import Site
from ..changes import note
from ..users import publishing
from .users_only import publish_users


def _renamed(session: Session, event: Event) -> None:
    """A customer's sites are told its name."""
    if pair := event.data.get("changed", {}).get("name"):
        note(
            session, f"customer:{event.customer_id}", kind="customers", key=str(event.customer_id), title=pair[1],
            act="changed", by=_actor(event), data={"name": pair},
        )  # fmt: skip


def _moved(session: Session, event: Event) -> None:
    """What was set and trusted for one customer is not the next one's: who holds the CA could listen in (seed, 5.5)."""
    site = session.get_one(Site, event.data["site"])
    if event.customer_id == event.data["target"]:
        site.settings, site.trusted_cas = {}, []


def _actor(event: Event) -> Any:
    return publishing.Actor(event.actor_id)


publishing.register(publish_users)
follow(("customer.changed",), _renamed)
follow(("site.moved",), _moved)
