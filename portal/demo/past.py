"""The demo's past: moments at which somebody was at work, and deeds that mail nobody about them today."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask import current_app
from sqlalchemy import delete
from sqlalchemy.orm import Session

from ..customers.subscriptions import today
from ..leases import Job
from ..mail import Mail

WRITES = ("mail.send", "licensing.warn", "licensing.tell_news")
"""Jobs that write or send mail."""


def on(days: int, clock: str = "10:00") -> datetime:
    """Return a moment so many days ago in the provider's time zone, moved back to a Friday from a weekend.

    Days apart can so become one: what comes later in a story takes a later clock too.
    """
    day = today() - timedelta(days=days)
    day -= timedelta(days=max(day.weekday() - 4, 0))
    return datetime.combine(day, time.fromisoformat(clock), ZoneInfo(current_app.config["TIME_ZONE"]))


def forget_mail(session: Session) -> None:
    """Delete what the deeds so far have mailed: it told of days long gone, and nobody in the demo waits for it."""
    session.flush()
    session.execute(delete(Job).where(Job.kind.in_(WRITES)))
    session.execute(delete(Mail))
