"""Samples: what the sites of a subscription have reported, one row per site and moment, however often it came."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import BigInteger, Date, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from ...customers.ownership import Owned
from ...database import Base, Identified, UtcDateTime, now

STAND_INS = uuid.UUID("5b0c9f5e-8f0c-4d37-9a52-0b6d1c1f6a11")


class ReportingSite(Identified, Owned, Base):
    """A site that has reported: its instance belongs to the customer who reported it first, and to nobody else.

    Reports of old protocols name no instance: then `stand_in` makes an ID of the customer and the site's hash, until
    the site reports with its own (see `usage`).
    """

    __tablename__ = "reporting_sites"
    __table_args__ = (
        Index("ux_reporting_sites_instance_id", "instance_id", unique=True),
        Index("ix_reporting_sites_customer_id", "customer_id"),
    )

    read_by_customer: ClassVar[str] = "licenses.read"
    read_by_staff: ClassVar[str] = "documents.read"

    instance_id: Mapped[uuid.UUID] = mapped_column()
    site_hash: Mapped[str] = mapped_column(String(64), default="")
    first_reported_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    @staticmethod
    def stand_in(customer_id: str, site_hash: str) -> uuid.UUID:
        """Return the instance ID of a site that named only its hash: another one for every customer."""
        return uuid.uuid5(STAND_INS, f"{customer_id} {site_hash}")


class Sample(Owned, Base):
    """One site's counts at one moment, under one subscription; `day` is the day they count for."""

    __tablename__ = "usage_samples"
    __table_args__ = (
        Index("ix_usage_samples_subscription_id_day", "subscription_id", "day"),
        Index("ix_usage_samples_subscription_id_reported_at", "subscription_id", "reported_at"),
    )

    read_by_customer: ClassVar[str] = "licenses.read"
    read_by_staff: ClassVar[str] = "documents.read"

    subscription_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("subscriptions.id"), primary_key=True)
    site_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("reporting_sites.id"), primary_key=True)
    sampled_at: Mapped[datetime] = mapped_column(UtcDateTime, primary_key=True)
    day: Mapped[date] = mapped_column(Date)
    version: Mapped[str] = mapped_column(String(40), default="")
    edition: Mapped[str] = mapped_column(String(20), default="")
    platform: Mapped[str] = mapped_column(String(50), default="")
    hosts: Mapped[int] = mapped_column(BigInteger)
    hosts_excluded: Mapped[int] = mapped_column(BigInteger, default=0)
    hosts_shadow: Mapped[int] = mapped_column(BigInteger, default=0)
    hosts_cloud: Mapped[int] = mapped_column(BigInteger, default=0)
    services: Mapped[int] = mapped_column(BigInteger)
    services_excluded: Mapped[int] = mapped_column(BigInteger, default=0)
    services_shadow: Mapped[int] = mapped_column(BigInteger, default=0)
    services_cloud: Mapped[int] = mapped_column(BigInteger, default=0)
    synthetic_tests: Mapped[int] = mapped_column(BigInteger, default=0)
    synthetic_tests_excluded: Mapped[int] = mapped_column(BigInteger, default=0)
    synthetic_kpis: Mapped[int] = mapped_column(BigInteger, default=0)
    synthetic_kpis_excluded: Mapped[int] = mapped_column(BigInteger, default=0)
    reported_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
