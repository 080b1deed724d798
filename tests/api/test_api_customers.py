"""Customers through the API, beside what holds for all collections."""

from __future__ import annotations


def test_one_is_archived_and_brought_back(by):
    uma = by("uma")
    assert by("pat").make("customers/acme/archival").json == {"id": "acme", "state": "archived"}
    uma.read("account", 401)
    assert "acme" in [one["id"] for one in by("pat").read("customers?state=archived").json["items"]]
    by("pat").change("customers/acme", 409, city="Ulm")
    assert by("pat").make("customers/acme/restoration").json == {"id": "acme", "state": "active"}
    uma.read("account")


def test_the_provider_stays_and_nobody_else_archives(by):
    assert "provider" in by("pat").make("customers/provider/archival", 409).json["detail"]
    by("ada").make("customers/acme/archival", 403)
    by("gil").make("customers/acme/archival", 403)
    by("ada").read("customers/acme")
