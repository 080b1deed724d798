"""Time periods: whether one is open at a moment, in the provider's time zone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def is_open(body: Mapping[str, Any], at: datetime, zone: str) -> bool:
    """Tell whether a period is open: on its exceptional dates by their times, else by those of the weekday."""
    local = at.astimezone(ZoneInfo(zone))
    date, time = local.date().isoformat(), f"{local:%H:%M}"
    ranges = next(
        (day["ranges"] for day in body.get("exceptions") or () if day["date"] == date),
        body.get(WEEKDAYS[local.weekday()]) or (),
    )
    return any(start <= time < end for start, end in ranges)
