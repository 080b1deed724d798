"""The company's own page."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize("actor", ["ada", "alan"])
def test_it_shows_what_the_provider_knows_and_what_was_bought(app, as_, actor):
    page = as_(actor).get("/company")
    for text in ("Acme GmbH", "Hafenstraße 12", "20457 Hamburg", "Germany", "DE811907980", "Ada Arnold"):
        assert text in page
    rows = [" ".join(row.get_text(" ").split()) for row in page.html.select("table.list tbody tr")]
    assert len(rows) == 2
    assert any("Checkmk Cloud Ends soon 3,000 Advanced" in row for row in rows)
    assert "Beta" not in page


@pytest.mark.parametrize("actor", ["uma", "pat"])
def test_others_have_no_such_page(as_, actor):
    as_(actor).get("/company", status=404)


@pytest.mark.parametrize(
    ("contact", "shown"),
    [
        ("help@vendor.example", 'href="mailto:help@vendor.example"'),
        ("+49 30 1234", "+49 30 1234"),
        ("", "your contact there"),
    ],
)
def test_it_says_whom_to_turn_to(app, as_, monkeypatch, contact, shown):
    monkeypatch.setitem(app.config, "SUPPORT_CONTACT", contact)
    assert shown in as_("ada").get("/company")


def test_a_lapsed_subscription_says_so(as_):
    assert "Ended" in as_("gus").get("/company").html.select_one("table.list").text
