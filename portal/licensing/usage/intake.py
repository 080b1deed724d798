"""Usage: a report kept under a subscription, as a whole or not at all, however often and by whomever it comes.

Samples are merged by site and moment. Where two of one moment differ, the higher one stays: the order in which reports
arrive then makes no difference, and what is on record cannot be talked down.

A site is known by its instance ID. Protocols before 1.5 may leave it out; such samples belong to the customer's site
with the same hash, else to one that stands in for it and takes the instance ID once the site reports with one. Samples
of 1.0 without a hash too belong to one site per customer that has no name.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import bindparam, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ...audit.models import record
from ...customers.subscriptions import Subscription
from ...database import now
from ...errors import Refused
from ..credentials import Credential, why_none
from . import excess, reports
from .reports import COLUMNS, Reported
from .samples import ReportingSite, Sample

MOST_SITES = 500
"""Of one company: far beyond any, and what a licence's page can still list."""


@dataclass(frozen=True)
class Kept:
    """What became of a report's `samples`: `new` ones told something, `known` ones nothing that was not on record."""

    samples: int
    new: int

    @property
    def known(self) -> int:
        """Return how many samples were on record already, or twice in the report."""
        return self.samples - self.new


def keep(session: Session, subscription: Subscription, raw: bytes, *, by: Any) -> Kept:
    """Keep a report (rot47 or plain JSON) under the subscription; `by` is a person, or the `Credential` it came with.

    Raises `Refused` (field "report") when it is no report, holds a site of another company, or the subscription does
    not run; then nothing of it is kept.
    """
    if reason := why_none(subscription):
        raise Refused(f"{reason} " + _("Usage can be reported only while it runs."), field="report")
    reported = reports.parse(raw)
    with session.begin_nested():
        new = _merge(session, subscription, _sites(session, subscription.customer_id, reported))
        kept = Kept(samples=len(reported), new=new)
        if kept.new or not isinstance(by, Credential):
            _record(session, subscription, kept, by)
    if kept.new:
        excess.look(session, subscription)
    return kept


def _record(session: Session, subscription: Subscription, kept: Kept, by: Any) -> None:
    through = by if isinstance(by, Credential) else None
    event = record(
        session, "usage.reported", by=None if through else by, customer_id=subscription.customer_id,
        subscription=str(subscription.id), title=subscription.title, label=through.label if through else "",
        samples=kept.samples, new=kept.new,
    )  # fmt: skip
    if through:
        event.address = through.last_used_from


def _sites(session: Session, customer_id: str, reported: Sequence[Reported]) -> list[tuple[uuid.UUID, Reported]]:
    """Return every sample with the key of its site; sites not heard of before are added.

    The rows are locked, so that two reports of one site follow each other.
    """
    hashes = {sample.site_hash for sample in reported if sample.site_hash}
    ids = {sample.instance_id for sample in reported if sample.instance_id}
    ids |= {ReportingSite.stand_in(customer_id, sample.site_hash) for sample in reported}
    known = list(
        session.scalars(
            select(ReportingSite)
            .where(
                ReportingSite.customer_id == customer_id,
                or_(ReportingSite.instance_id.in_(ids), ReportingSite.site_hash.in_(hashes)),
            )
            .order_by(ReportingSite.id)
            .with_for_update()
        )
    )
    before = len(known)
    found: dict[tuple[uuid.UUID | None, str], ReportingSite] = {}
    for sample in sorted(reported, key=lambda sample: sample.instance_id is None):
        named = sample.instance_id, sample.site_hash
        if named not in found:
            site = found[named] = _site(session, customer_id, sample, known)
            if site not in known:
                known.append(site)
    if len(known) > before:
        owned = select(func.count()).select_from(ReportingSite).where(ReportingSite.customer_id == customer_id)
        if (session.scalar(owned) or 0) > MOST_SITES:
            raise Refused(
                _("No more than %(number)s sites can report for a company. Nothing was kept.", number=MOST_SITES),
                field="report",
            )
    return [(found[sample.instance_id, sample.site_hash].id, sample) for sample in reported]


def _site(session: Session, customer_id: str, sample: Reported, known: list[ReportingSite]) -> ReportingSite:
    by_id = {site.instance_id: site for site in known}
    stand_in = ReportingSite.stand_in(customer_id, sample.site_hash)
    if sample.instance_id is None:
        same_hash = (site for site in known if sample.site_hash and site.site_hash == sample.site_hash)
        site = next(same_hash, None) or by_id.get(stand_in)
        return site or _claim(session, customer_id, sample, stand_in)
    if site := by_id.get(sample.instance_id):
        return site
    return _claim(session, customer_id, sample, sample.instance_id, by_id.get(stand_in) if sample.site_hash else None)


def _claim(
    session: Session, customer_id: str, sample: Reported, instance_id: uuid.UUID, site: ReportingSite | None = None
) -> ReportingSite:
    """Give the instance to the customer, as a new site or as the one that stood in for it; the database has the say."""
    try:
        with session.begin_nested():
            site = site or ReportingSite(customer_id=customer_id)
            site.instance_id, site.site_hash = instance_id, sample.site_hash
            session.add(site)
    except IntegrityError:
        own = select(ReportingSite).where(ReportingSite.instance_id == instance_id)
        other = session.scalar(own.where(ReportingSite.customer_id == customer_id).with_for_update())
        if other is None:
            raise Refused(
                _("Sample %(number)d, instance_id: this site reports for another company. Nothing was kept.",
                  number=sample.number),
                field="report",
            ) from None  # fmt: skip
        return other
    return site


def _merge(session: Session, subscription: Subscription, reported: list[tuple[uuid.UUID, Reported]]) -> int:
    """Write what is new or higher than what is on record; return how many samples that were."""
    best: dict[tuple[Any, ...], Reported] = {}
    for site_id, sample in reported:
        key = site_id, sample.sampled_at
        if key not in best or _weight(best[key]) < _weight(sample):
            best[key] = sample
    if not best:
        return 0
    moments = [moment for _site_id, moment in best]
    columns = (Sample.site_id, Sample.sampled_at, *(getattr(Sample, name) for name in _WEIGHED))
    present = {
        (row.site_id, row.sampled_at): tuple(row)[2:]
        for row in session.execute(
            select(*columns).where(
                Sample.subscription_id == subscription.id, Sample.customer_id == subscription.customer_id,
                Sample.site_id.in_({site_id for site_id, _moment in best}),
                Sample.sampled_at.between(min(moments), max(moments)),
            )
        )
    }  # fmt: skip
    zone, at = ZoneInfo(current_app.config["TIME_ZONE"]), now()
    new, higher = [], []
    for key, sample in best.items():
        values = {**dict(zip(_WEIGHED, _weight(sample), strict=True)), "reported_at": at}
        if key not in present:
            day = sample.sampled_at.astimezone(zone).date()
            new.append({"site_id": key[0], "sampled_at": key[1], "day": day, **_owner(subscription), **values})
        elif present[key] < _weight(sample):
            higher.append({"b_site": key[0], "b_moment": key[1], **values})
    if new:
        session.execute(insert(Sample.__table__), new)  # type: ignore[arg-type]
    if higher:
        table = Sample.__table__
        session.connection().execute(
            update(table).where(  # type: ignore[arg-type]
                table.c.subscription_id == subscription.id, table.c.site_id == bindparam("b_site"),
                table.c.sampled_at == bindparam("b_moment"),
            ),
            higher,
        )  # fmt: skip
    return len(new) + len(higher)


_WEIGHED = (*COLUMNS, "version", "edition", "platform")


def _weight(sample: Reported) -> tuple[Any, ...]:
    """Return what is kept of a sample, in the order in which two of one moment are compared."""
    return (*sample.counts, sample.version, sample.edition, sample.platform)


def _owner(subscription: Subscription) -> dict[str, Any]:
    return {"subscription_id": subscription.id, "customer_id": subscription.customer_id}
