"""Licence usage reports as Checkmk writes them, for tests: any protocol version, rot47 or plain."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

BERLIN = ZoneInfo("Europe/Berlin")
VERSIONS = ("1.0", "1.1", "1.2", "1.3", "1.4", "1.5", "2.0", "2.1", "3.0", "3.1")
SITE = uuid.UUID("4b66f726-c4fc-454b-80a6-4917d1b386ce")


def midnight(day: date) -> int:
    """Return the time of a sample of that day: its midnight where the site is."""
    return int(datetime(day.year, day.month, day.day, tzinfo=BERLIN).timestamp())


def sample(
    day: date,
    services: int = 100,
    *,
    instance: uuid.UUID | None = SITE,
    site: str = "main",
    protocol: str = "3.1",
    **values: Any,
) -> dict[str, Any]:
    """Return a sample with the keys its protocol version has; `values` replace or add some."""
    found: dict[str, Any] = {
        "version": "2.4.0p9", "edition": "cee", "platform": "Debian GNU/Linux 12 (bookworm)", "is_cma": False,
        "sample_time": midnight(day), "timezone": "CET", "num_hosts": services // 10, "num_services": services,
        "site_hash": hashlib.sha256(site.encode()).hexdigest(),
    }  # fmt: skip
    if protocol >= "1.1":
        found |= {"num_hosts_excluded": 0, "num_services_excluded": 0}
    if protocol in ("1.4", "1.5"):
        found |= {"num_shadow_hosts": 0}
    if protocol >= "1.5":
        found |= {"instance_id": str(instance)}
    if protocol >= "2.0":
        found |= {"num_hosts_cloud": 0, "num_hosts_shadow": 0, "num_services_cloud": 0, "num_services_shadow": 0}
        found |= {"extension_ntop": False}
    else:
        found |= {"extensions": {"ntop": False}}
    if protocol >= "3.0":
        found |= {"num_synthetic_tests": 0, "num_synthetic_tests_excluded": 0}
    if protocol >= "3.1":
        found |= {"num_synthetic_kpis": 0, "num_synthetic_kpis_excluded": 0}
    return found | values


def report(samples: Iterable[dict[str, Any]], *, version: str = "3.1", rotated: bool = True) -> bytes:
    """Return a report of the samples, the newest first, as Checkmk would send it."""
    history = sorted(samples, key=lambda sample: -sample["sample_time"])
    text = json.dumps({"VERSION": version, "history": history})
    return (rot47(text) if rotated else text).encode()


def history(last: date, counts: Iterable[int], **values: Any) -> list[dict[str, Any]]:
    """Return a site's samples of consecutive days, the last one on `last`."""
    counts = list(counts)
    first = last - timedelta(days=len(counts) - 1)
    return [sample(first + timedelta(days=number), count, **values) for number, count in enumerate(counts)]


def rot47(text: str) -> str:
    """Return text rotated by 47, written down apart from the portal's own."""
    return "".join(chr(33 + ((ord(c) + 14) % 94)) if 33 <= ord(c) <= 126 else c for c in text)
