"""The demo's licences: with which order one was bought, acme's credential, and what its three sites have reported."""

from __future__ import annotations

import hashlib
import json
import random
import uuid
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from ..accounts.users import User
from ..customers.subscriptions import Subscription, today
from ..database import at, now
from ..licensing.credentials import Credential
from ..licensing.usage import intake as usage
from .past import on

DAYS = 400
"""How far back the sites' reports go: the most that Checkmk sends."""
SITES = (("central", 0.52, "Debian GNU/Linux 12 (bookworm)"), ("koeln", 0.31, "Debian GNU/Linux 12 (bookworm)"),
         ("leverkusen", 0.17, "Ubuntu 22.04.5 LTS"))  # fmt: skip
"""The name of each site, its part of all services, and where it runs."""
ORDERS = {("acme", "cce"): "S00071"}


def fill(session: Session) -> None:
    """Add what licences have beside their terms; nothing is committed."""
    found = select(Subscription).order_by(Subscription.id)
    licenses = {(one.customer_id, one.edition): one for one in session.scalars(found)}
    for key, number in ORDERS.items():
        licenses[key].order_number = number
    cloud = licenses["acme", "cce"]
    uma = session.scalars(select(User).where(User.username == "uma")).one()
    with at(on(330, "11:00")):
        credential, _password = Credential.generate(session, cloud, label="Old central site", by=uma)
    with at(on(40, "11:30")):
        credential.revoke(session, by=uma)
    with at(now() - timedelta(hours=3)):
        for site, part, platform in SITES:
            usage.keep(session, cloud, _report(site, part, platform), by=uma)


def _report(site: str, part: float, platform: str) -> bytes:
    """Return what a site sends: a sample of each day, the newest first."""
    dice = random.Random(site)
    last = today() - timedelta(days=1)
    known = {
        "instance_id": str(uuid.uuid5(uuid.NAMESPACE_DNS, f"{site}.acme.example")),
        "site_hash": hashlib.sha256(site.encode()).hexdigest(), "version": "2.4.0p7", "edition": "cce",
        "platform": platform, "is_cma": False, "timezone": "CET", "extension_ntop": False,
        "num_hosts_shadow": 0, "num_services_shadow": 0, "num_hosts_excluded": 2, "num_services_excluded": 36,
        "num_synthetic_tests": 0, "num_synthetic_tests_excluded": 0, "num_synthetic_kpis": 0,
        "num_synthetic_kpis_excluded": 0,
    }  # fmt: skip
    return json.dumps({"VERSION": "3.1", "history": [
        {**known, **_counts(part * (_all_services(back) + dice.randint(-25, 25))), "sample_time": moment}
        for back, moment in _midnights(last)
    ]}).encode()  # fmt: skip


def _all_services(back: int) -> float:
    """Return how many services all sites had so many days ago: more with every plant, near the limit, never over it."""
    return 1950 + 850 * (DAYS - back) / DAYS + (60 if back < 150 else 0)


def _counts(services: float) -> dict[str, Any]:
    count = int(services)
    return {
        "num_services": count, "num_hosts": count // 24, "num_services_cloud": count // 9,
        "num_hosts_cloud": count // 200,
    }  # fmt: skip


def _midnights(last: date) -> Iterator[tuple[int, int]]:
    zone = ZoneInfo(current_app.config["TIME_ZONE"])
    for back in range(DAYS):
        day = last - timedelta(days=back)
        yield back, int(datetime.combine(day, time(), zone).timestamp())
