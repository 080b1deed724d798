"""Sites: who reports under a subscription, what each counted last, and whether it has fallen silent."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from ...customers.ownership import Reader
from ...customers.subscriptions import Subscription
from .samples import ReportingSite, Sample

STALE_DAYS, BLOCKED_DAYS, GONE_DAYS = 3, 5, 30
"""Checkmk warns whoever activates changes after three days without a report and refuses it after five; a site that is
silent for thirty has been taken out of service."""

WHAT = (
    ("hosts", _l("Hosts")),
    ("services", _l("Services")),
    ("synthetic_tests", _l("Synthetic tests")),
    ("synthetic_kpis", _l("Synthetic KPIs")),
)


@dataclass(frozen=True)
class Site:
    """A site with its last sample; `instance_id` is None for one whose reports name none."""

    instance_id: uuid.UUID | None
    site_hash: str
    sampled_at: datetime
    day: date
    version: str
    edition: str
    platform: str
    counts: Any

    def silent(self, today: date) -> int:
        """Return how many days ago the last sample was taken."""
        return max((today - self.day).days, 0)

    def said(self, today: date) -> tuple[str, str]:
        """Return how the site stands on a day, and the tone in which to say it."""
        days = self.silent(today)
        if days > GONE_DAYS:
            return str(_("Reports no longer")), "neutral"
        if days >= STALE_DAYS:
            tone = "bad" if days >= BLOCKED_DAYS else "warn"
            return str(ngettext("Silent for %(num)d day", "Silent for %(num)d days", days)), tone
        return str(_("Reports")), "good"


def of(session: Session, subscription: Subscription, reader: Reader) -> list[Site]:
    """Return the sites that have reported under the subscription, the one with the most services first."""
    own = Sample.seen_by(reader), Sample.subscription_id == subscription.id
    last = (
        select(Sample.site_id, func.max(Sample.sampled_at).label("at"))
        .where(*own)
        .group_by(Sample.site_id)
        .subquery()
    )  # fmt: skip
    rows = session.execute(
        select(ReportingSite.instance_id, ReportingSite.site_hash, *Sample.__table__.columns)
        .select_from(Sample)
        .join(last, and_(Sample.site_id == last.c.site_id, Sample.sampled_at == last.c.at))
        .join(ReportingSite, ReportingSite.id == Sample.site_id)
        .where(*own)
        .order_by(Sample.services.desc(), Sample.site_id)
    )
    return [_site(subscription, row) for row in rows]


def _site(subscription: Subscription, row: Any) -> Site:
    stand_in = ReportingSite.stand_in(subscription.customer_id, row.site_hash)
    return Site(
        None if row.instance_id == stand_in else row.instance_id, row.site_hash, row.sampled_at, row.day, row.version,
        row.edition, row.platform, row,
    )  # fmt: skip


def breakdown(sites: Sequence[Site], today: date) -> list[tuple[Any, int, int, int | None, int | None]]:
    """Return label, licensable, excluded, shadow and cloud of what all sites in service counted last.

    None stands where Checkmk does not count it; a line of synthetic monitoring only where there is any.
    """
    present = [site.counts for site in sites if site.silent(today) <= GONE_DAYS]

    def total(column: str) -> int | None:
        return sum(getattr(counts, column) for counts in present) if column in Sample.__table__.columns else None

    lines = []
    for name, label in WHAT:
        licensable, excluded = total(name) or 0, total(f"{name}_excluded") or 0
        if licensable or excluded or not name.startswith("synthetic"):
            lines.append((label, licensable, excluded, total(f"{name}_shadow"), total(f"{name}_cloud")))
    return lines
