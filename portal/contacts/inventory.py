"""Inventory: which hosts and services the sites have, and their state when last asked, as rows of the portal's own.

A job keeps it. Long lists are served from it, with its age; what is shown live is asked of the sites.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import (
    JSON,
    BigInteger,
    ColumnElement,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    SmallInteger,
    String,
    Text,
    and_,
    false,
    or_,
)
from sqlalchemy.orm import Mapped, mapped_column

from ..customers.ownership import Owned, Reader
from ..database import Base, Identified, Key, UtcDateTime
from . import visibility


class Monitored(Owned):
    """A row that is somebody's responsibility: who is a contact for it sees it, or who sees all."""

    @classmethod
    def seen_by(cls, reader: Reader) -> ColumnElement[bool]:
        """Return the condition under which `reader` sees it: in their door, on their sites, as a contact."""
        return and_(cls.opens_to(reader), visibility.of(cls, reader))

    @classmethod
    def opens_to(cls, reader: Reader) -> ColumnElement[bool]:
        """Return the condition of their door alone: for counting what somebody does not see."""
        return super().seen_by(reader)


class Host(Identified, Monitored, Base):
    """A host of a site. `state` as Livestatus says it: 0 up, 1 down, 2 unreachable; pending until it was checked."""

    __tablename__ = "inventory_hosts"
    __table_args__ = (
        ForeignKeyConstraint(
            ["site_id", "customer_id"], ["sites.id", "sites.customer_id"], onupdate="CASCADE", ondelete="CASCADE",
            name="fk_inventory_hosts_site",
        ),
        Index("ux_inventory_hosts_site_id", "site_id", "name", unique=True),
        Index("ix_inventory_hosts_name_key", "name_key", "id"),
        Index("ix_inventory_hosts_customer_id", "customer_id", "name_key", "id"),
        Index("ix_inventory_hosts_contact_set_id", "contact_set_id", "name_key", "id"),
        Index("ix_inventory_hosts_of_site", "site_id", "contact_set_id"),
        Index("ix_inventory_hosts_contact_plan_id", "contact_plan_id"),
    )  # fmt: skip

    read_by_customer: ClassVar[str] = "monitoring.own"
    read_by_staff: ClassVar[str] = "monitoring.read"

    site_id: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(255))
    name_key: Mapped[str] = mapped_column(Key)
    alias: Mapped[str] = mapped_column(String(255), default="")
    address: Mapped[str] = mapped_column(String(255), default="")
    folder: Mapped[str] = mapped_column(String(255), default="")
    state: Mapped[int] = mapped_column(SmallInteger, default=0)
    is_pending: Mapped[bool] = mapped_column(default=False)
    is_acknowledged: Mapped[bool] = mapped_column(default=False)
    in_downtime: Mapped[bool] = mapped_column(default=False)
    output: Mapped[str] = mapped_column(Text, default="")
    changed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Since when the state is what it is, as the site says."""
    services: Mapped[list[int]] = mapped_column(JSON, default=list)
    """How many services are ok, warn, crit, unknown, pending."""
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """`groups`, `contacts`, `contact_groups`, `labels`, `tags`, as far as the site's core knows them."""
    digest: Mapped[int] = mapped_column(BigInteger, default=0)
    """Another number whenever the row has to be written anew."""
    contact_set_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("contact_sets.id"))
    """Which contact groups are responsible; None: nobody has computed it yet."""
    contact_plan_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("contact_plans.id"))
    """In which sets it and its services stand."""
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When it was written last; it is as its site said at the end of the site's sweep."""


class Service(Identified, Monitored, Base):
    """A service of a host. `state`: 0 ok, 1 warn, 2 crit, 3 unknown; pending until it was checked."""

    __tablename__ = "inventory_services"
    __table_args__ = (
        ForeignKeyConstraint(
            ["site_id", "customer_id"], ["sites.id", "sites.customer_id"], onupdate="CASCADE", ondelete="CASCADE",
            name="fk_inventory_services_site",
        ),
        Index("ux_inventory_services_site_id", "site_id", "host_name", "description", unique=True),
        Index("ix_inventory_services_name_key", "name_key", "id"),
        Index("ix_inventory_services_description", "description", "customer_id"),
        Index("ix_inventory_services_customer_id", "customer_id", "name_key", "id"),
        Index("ix_inventory_services_contact_set_id", "contact_set_id", "name_key", "id"),
    )  # fmt: skip

    read_by_customer: ClassVar[str] = "monitoring.own"
    read_by_staff: ClassVar[str] = "monitoring.read"

    site_id: Mapped[str] = mapped_column(String(64))
    host_name: Mapped[str] = mapped_column(String(255))
    description: Mapped[str] = mapped_column(String(255))
    name_key: Mapped[str] = mapped_column(Key)
    """Host name and description, folded."""
    state: Mapped[int] = mapped_column(SmallInteger, default=0)
    is_pending: Mapped[bool] = mapped_column(default=False)
    is_acknowledged: Mapped[bool] = mapped_column(default=False)
    in_downtime: Mapped[bool] = mapped_column(default=False)
    output: Mapped[str] = mapped_column(Text, default="")
    changed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    digest: Mapped[int] = mapped_column(BigInteger, default=0)
    contact_set_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("contact_sets.id"))
    """Which contact groups are responsible for it and which for its host; None: nobody has computed it yet."""
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Sweep(Owned, Base):
    """When a site's inventory was last read whole, and why it could not be, if it could not."""

    __tablename__ = "inventory_sweeps"
    __table_args__ = (
        ForeignKeyConstraint(
            ["site_id", "customer_id"], ["sites.id", "sites.customer_id"], onupdate="CASCADE", ondelete="CASCADE",
            name="fk_inventory_sweeps_site",
        ),
    )  # fmt: skip

    read_by_customer: ClassVar[str] = "monitoring.own"
    read_by_staff: ClassVar[str] = "monitoring.read"

    site_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    failed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(String(300), default="")
    hosts: Mapped[int] = mapped_column(default=0)
    services: Mapped[int] = mapped_column(default=0)
    problems: Mapped[int] = mapped_column(default=0)
    """How many hosts and services are not in order and neither acknowledged nor in a downtime."""
    host_problems: Mapped[int] = mapped_column(default=0)
    """How many of the problems are hosts."""

    @classmethod
    def seen_by(cls, reader: Reader) -> ColumnElement[bool]:
        """Return the condition under which `reader` may know how the reading of a site went."""
        return and_(super().seen_by(reader), visibility.on_sites(cls.site_id, reader))


def at(site_id: Any, host: Any, places: Iterable[tuple[str, str]]) -> ColumnElement[bool]:
    """Return the condition that a row is of one of some hosts, each a site's ID and a name.

    Site by site: SQLite looks for pairs by reading all rows there are.
    """
    of_sites: defaultdict[str, list[str]] = defaultdict(list)
    for site, name in sorted(set(places)):
        of_sites[site].append(name)
    return or_(false(), *(and_(site_id == site, host.in_(names)) for site, names in of_sites.items()))
