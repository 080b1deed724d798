"""Sites as the API sees them: what they send and ask, and what they are told."""

from __future__ import annotations

import json
from typing import Any

from flask import Flask
from sqlalchemy import func, select

from portal.database import db, now
from portal.licensing.usage.samples import Sample
from tests.browser import Browser
from tests.factories import usage
from tests.factories.licensing import Held

USAGE, VERIFICATION = "/api/v1/licensing/usage", "/api/v1/licensing/verification"


def site(app: Flask) -> Browser:
    """A program: it keeps no cookies and sends no forms."""
    return Browser(app)


def send(app: Flask, one: Held, body: bytes, status: int = 200, **headers: str) -> Any:
    headers = {"Content-Type": "application/json", **one.header, **headers}
    return site(app).post(USAGE, body, headers, status=status)


def ask(app: Flask, headers: dict[str, str], status: int = 200, query: str = "") -> Any:
    return site(app).get(VERIFICATION + query, headers=headers, status=status)


def a_report(days: int = 3, **more: Any) -> bytes:
    return usage.report(usage.history(now().date(), [100] * days), **more)


def problem(answer: Any) -> str:
    """Return the sentence of a problem; it is JSON and says its own status, whatever went wrong."""
    assert answer.content_type == "application/problem+json"
    said = json.loads(answer.body)
    assert said["status"] == answer.status_int
    return str(said.get("detail", ""))


def samples(app: Flask) -> int:
    with app.app_context():
        count = db.session.scalar(select(func.count()).select_from(Sample)) or 0
        db.session.remove()
    return count
