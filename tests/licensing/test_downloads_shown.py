"""Downloads: what is recommended to whom, and in which order and how narrowed the rest stands."""

from __future__ import annotations

import pytest

from tests.factories.releases import deb, fetched, shelf, withdraw
from tests.licensing.helpers import best, names, versions


def test_the_latest_stable_release_is_recommended_for_the_platform_taken_last(app, as_):
    ids = shelf(app, "2.3.0p40", "2.4.0p9", "2.4.0p10", "2.5.0b1", platforms=("jammy", "bookworm", "noble"))
    page = as_("bob").get("/downloads/")
    assert best(page) == "Checkmk Enterprise 2.4.0p10"
    assert [link.span.text for link in page.html.select(".best .platforms a")] == [
        "Debian 12", "Ubuntu 24.04", "Ubuntu 22.04",
    ]  # fmt: skip
    as_("bob").get(f"/downloads/{ids['2.3.0p40', 'cee', 'noble']}")
    page = as_("bob").get("/downloads/")
    button = page.html.select_one(".best .take a")
    assert button["href"] == f"/downloads/{ids['2.4.0p10', 'cee', 'noble']}"
    assert deb("2.4.0p10", "cee", "noble") in button.text
    assert "3 kB" in button.text


def test_a_colleagues_platform_counts_until_one_has_taken_something_oneself(app, as_):
    ids = shelf(app, "2.4.0", platforms=("jammy", "noble"))
    fetched(app, "ada", ids["2.4.0", "cce", "noble"])
    assert "Ubuntu 24.04 as last time" in as_("uma").get("/downloads/")
    fetched(app, "uma", ids["2.4.0", "cce", "jammy"])
    fetched(app, "ada", ids["2.4.0", "cce", "noble"])
    assert "Ubuntu 22.04 as last time" in as_("uma").get("/downloads/")
    assert "as last time" not in as_("bob").get("/downloads/")


def test_of_several_editions_the_one_taken_last_is_recommended_else_the_highest_never_the_free_one(app, as_):
    ids = shelf(app, "2.4.0")
    assert best(as_("uma").get("/downloads/")) == "Checkmk Cloud 2.4.0"
    fetched(app, "uma", ids["2.4.0", "cee", "jammy"])
    assert best(as_("uma").get("/downloads/")) == "Checkmk Enterprise 2.4.0"
    fetched(app, "uma", ids["2.4.0", "cre", "jammy"])
    assert best(as_("uma").get("/downloads/")) == "Checkmk Cloud 2.4.0"
    assert best(as_("gus").get("/downloads/")) == "Checkmk Raw 2.4.0"


def test_a_platform_that_is_no_longer_built_is_said_to_be_missing(app, as_):
    old = shelf(app, "2.3.0", platforms=("focal",))
    shelf(app, "2.4.0", platforms=("jammy",))
    fetched(app, "bob", old["2.3.0", "cee", "focal"])
    assert "no package of it for Ubuntu 20.04" in as_("bob").get("/downloads/").html.select_one(".best").text


def test_betas_releases_at_their_end_and_withdrawn_ones_are_not_recommended(app, as_):
    shelf(app, "2.3.0p1")
    shelf(app, "2.4.0", mark="end_of_life")
    shelf(app, "2.4.0p1", "2.5.0b1")
    withdraw(app, "2.4.0p1", "It breaks")
    assert best(as_("bob").get("/downloads/")) == "Checkmk Enterprise 2.3.0p1"
    assert versions(as_("bob").get("/downloads/")) == ["2.5.0b1", "2.4.0", "2.3.0p1"]


def test_the_newest_version_stands_first_as_people_count(app, as_):
    shelf(app, "2.4.0p9", "2.4.0", "2.5.0i1", "2.4.0p10", "2.4.0b2", "2.10.0", "2.4.0b10")
    assert versions(as_("bob").get("/downloads/")) == [
        "2.10.0", "2.5.0i1", "2.4.0p10", "2.4.0p9", "2.4.0", "2.4.0b10", "2.4.0b2",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("version=2.4", ["2.4.0p1", "2.4.0b1"]),
        ("stability=beta", ["2.4.0b1"]),
        ("platform=noble", ["2.3.0"]),
        ("q=2.4.0P1", ["2.4.0p1"]),
        ("q=leap+second", ["2.3.0"]),
        ("edition=cme", ["2.4.0p1", "2.4.0b1", "2.3.0"]),
        ("q=%25", []),
    ],
)
def test_filters_and_search(app, as_, query, expected):
    shelf(app, "2.3.0", platforms=("noble",), notes="Mends the *Leap second*")
    shelf(app, "2.4.0b1", "2.4.0p1")
    assert versions(as_("bob").get(f"/downloads/?{query}")) == expected


def test_a_filter_for_edition_and_platform_shows_only_such_packages(app, as_):
    shelf(app, "2.4.0", platforms=("jammy", "noble"))
    page = as_("bob").get("/downloads/?edition=cee&platform=noble")
    assert names(page) == {deb("2.4.0", "cee", "noble")}
    options = [option["value"] for option in page.html.select("select[name=edition] option")]
    assert options == ["", "cee", "cre"]


def test_notes_are_shown_as_text_and_never_run(app, as_):
    shelf(app, "2.4.0", notes="# New\n**bold** <script>alert(1)</script> [x](javascript:alert(2))")
    notes = as_("bob").get("/downloads/").html.select_one(".notes")
    assert notes.strong.text == "bold"
    assert notes.script is None
    assert "javascript:" not in [link.get("href") for link in notes.select("a")]


def test_the_page_takes_a_fixed_number_of_statements(app, as_, statements):
    shelf(app, "2.4.0", "2.4.0p1")
    counts = []
    as_("uma").get("/downloads/")
    for number in range(2, 12):
        if number in (2, 11):
            statements.clear()
            as_("uma").get("/downloads/")
            counts.append(len(statements))
        shelf(app, f"2.4.0p{number}", platforms=("jammy", "noble", "bookworm"))
    assert counts[0] == 9
    assert counts[1] == 10, "one more for the total, where the list has more than one page"
