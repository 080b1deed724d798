"""Plans: in which contact set a host stands, and in which each of its services. Hosts that have the same share one.

A plan is never edited, and a host is given another in the same transaction in which its rows are moved. So plans tell
where the rows of services are without reading them, whenever a recomputation was cut off.
"""

from __future__ import annotations

import uuid

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from ...database import Base, Identified


class ContactPlan(Identified, Base):
    """The sets of some hosts and of their services; `services`: by description, where it is not `service_set_id`."""

    __tablename__ = "contact_plans"

    host_set_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("contact_sets.id"))
    service_set_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("contact_sets.id"))
    services: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)


class DeliveredContacts(Base):
    """What was last said of a site's hosts and their contact groups, as a digest: another one is a pending change."""

    __tablename__ = "contact_deliveries"

    site_id: Mapped[str] = mapped_column(String(64), ForeignKey("sites.id", ondelete="CASCADE"), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64))
