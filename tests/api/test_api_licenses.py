"""Licences through the API: read by whoever they concern, entered and changed by staff who look after that."""

from __future__ import annotations

import pytest

NEW = {"customer": "beta", "edition": "cce", "services": 7000, "support": "basic", "start": "2026-01-01",
       "end": "2026-12-31"}  # fmt: skip


def test_one_is_entered_changed_and_seen_by_its_customer(by):
    made = by("pat").make("licenses", 201, **NEW, order_number="A-77")
    path = f"licenses/{made.json['id']}"
    assert made.headers["Location"] == f"/api/v1/{path}"
    assert NEW.items() <= by("bob").read(path).json.items()
    assert "A-77" not in by("bea").read(path).text
    changed = by("pat").change(path, services=None, end="2027-12-31").json
    assert (changed["services"], changed["end"], changed["support"]) == (None, "2027-12-31", "basic")
    assert by("pat").read(f"documents/subscriptions/{made.json['id']}").json["ends_on"] == "2027-12-31"
    by("ada").read(path, 404)


@pytest.mark.parametrize(
    ("name", "value"),
    [("customer", "none"), ("customer", "provider"), ("edition", "free"), ("services", 0), ("services", "many"),
     ("support", "gold"), ("start", "01.02.2026"), ("start", "20260101"), ("start", "2026-W01-1"),
     ("start", "2026-02-30"), ("start", None), ("end", "2025-01-01"), ("state", "running")],
)  # fmt: skip
def test_what_does_not_hold_is_said_by_name(by, name, value):
    assert name in by("pat").make("licenses", 422, **{**NEW, name: value}).json["errors"]


def test_nobody_else_enters_any(by):
    by("bea").make("licenses", 403, **NEW)
    by("gil").make("licenses", 403, **NEW)
