"""Releases as staff make them: drafts, notes, marks, publishing, the list, who took what."""

from __future__ import annotations

import pytest

from tests.factories.releases import deb, fetched, shelf, withdraw
from tests.licensing.helpers import SIGNATURE, draft, packages, press, stored, upload


def test_a_release_is_drafted_filled_and_published(app, as_):
    page = draft(as_, notes="## New\nAll of it")
    assert page.html.h1.text == "Checkmk 2.4.0p5"
    assert "Draft" in page
    assert "/publication" not in page
    page = upload(page, deb("2.4.0p5", "cee"), deb("2.4.0p5", "cee") + ".asc", "check-mk-raw-2.4.0p5-el9-38.x86_64.rpm")
    assert "2 packages added." in page
    assert packages(app) == {
        (deb("2.4.0p5", "cee"), "cee", "jammy", deb("2.4.0p5", "cee") + ".asc"),
        ("check-mk-raw-2.4.0p5-el9-38.x86_64.rpm", "cre", "el9", ""),
    }
    assert "No releases yet" in as_("bob").get("/downloads/")
    page = press(page, "/publication").follow()
    assert "Published" in page
    shown = as_("bob").get("/downloads/")
    assert "Checkmk Enterprise 2.4.0p5" in shown
    id = shown.html.select_one("table.packages .main a")["href"]
    assert as_("bob").get(f"{id}/signature").body == SIGNATURE
    history = as_("pat").get("/provider/history/")
    for sentence in ("drafted the release 2.4.0p5", "published the release 2.4.0p5", f"added {deb('2.4.0p5', 'cee')}"):
        assert f"Pat Lindner (you) {sentence}" in history
    assert "2.4.0p5" not in as_("bea").get("/history/")


@pytest.mark.parametrize("number", ["", "2.4", "2.4.0p", "2.4.0q1", "v2.4.0", "2.4.0p5 ", "2.4.0\u202e", "9" * 30, "²"])
def test_what_is_no_version(as_, number):
    form = as_("pat").get("/provider/releases/new").forms["release"]
    form["number"], form["notes"] = number, "kept"
    if number.strip() == "2.4.0p5":
        form.submit(status=302)
        return
    page = form.submit(status=422)
    assert page.html.select_one("#number-error")
    assert page.html.select_one("#notes").text.strip() == "kept"


def test_a_number_is_used_once(as_):
    draft(as_)
    form = as_("pat").get("/provider/releases/new").forms["release"]
    form["number"] = "2.4.0p5"
    assert "There is a release 2.4.0p5 already." in form.submit(status=422)


def test_a_beta_is_not_stable_whatever_the_form_says(as_):
    form = as_("pat").get("/provider/releases/new").forms["release"]
    form["number"] = "2.5.0b1"
    assert "no stable version by its number" in form.submit(status=422).html.select_one("#stability-error").text
    form["stability"] = "beta"
    assert "Beta" in form.submit(status=302).follow()


def test_a_draft_without_packages_cannot_be_published(as_):
    page = draft(as_)
    token = page.forms["packages"]["csrf_token"].value
    answer = as_("pat").post(f"{page.request.path}/publication", {"csrf_token": token}, status=409)
    assert "Add a package first" in answer


def test_a_draft_is_discarded_with_its_files(app, as_):
    page = upload(draft(as_), deb("2.4.0p5", "cee"), deb("2.4.0p5", "cre"))
    assert "The draft 2.4.0p5 is gone." in press(page, "/removal").follow()
    assert packages(app) == set()
    assert stored(app) == 0
    as_("pat").get(page.request.path, status=404)


def test_notes_change_at_any_time_number_and_stability_only_in_a_draft(as_):
    page = upload(draft(as_), deb("2.4.0p5", "cee"))
    form = page.click("Edit").forms["release"]
    form["number"] = "2.4.0p6"
    form.submit(status=302)
    form["number"] = "2.4.0p5"
    assert "Somebody else changed this meanwhile" in form.submit(status=409)
    form = as_("pat").get(f"{page.request.path}/edit").forms["release"]
    form["number"] = "2.4.0p5"
    form.submit(status=302)
    press(as_("pat").get(page.request.path), "/publication")
    form = as_("pat").get(f"{page.request.path}/edit").forms["release"]
    form["notes"] = "Corrected"
    assert "Corrected" in form.submit(status=302).follow()
    assert "Corrected" in as_("bob").get("/downloads/")
    form = as_("pat").get(f"{page.request.path}/edit").forms["release"]
    form["number"] = "2.4.0p7"
    assert "keeps its number" in form.submit(status="*")


def test_a_mark_stands_beside_the_version(as_):
    page = upload(draft(as_), deb("2.4.0p5", "cee"))
    page = press(page, "/publication").follow()
    page = press(page, "/mark", mark="security").follow()
    assert "Security fixes" in as_("bob").get("/downloads/").html.select_one("details.release summary").text
    page = press(page, "/mark", mark="none").follow()
    assert "Security fixes" not in as_("bob").get("/downloads/")
    token = page.forms["marking"]["csrf_token"].value
    as_("pat").post(f"{page.request.path}/mark", {"csrf_token": token, "mark": "best"}, status=403)


def test_staff_see_who_took_a_release(app, as_):
    ids = shelf(app, "2.4.0")
    page = as_("gil").get(as_("gil").get("/provider/releases/").html.select_one("table.list .main a")["href"])
    assert "Nobody yet." in page
    fetched(app, "uma", ids["2.4.0", "cee", "jammy"], times=30)
    page = as_("gil").get(page.request.path)
    assert "30 downloads so far." in page
    listed = page.click("All of it")
    assert "Acme GmbH" in listed
    assert "Uma Dietrich" in listed
    assert len(listed.click("Next").html.select("tbody tr")) == 5


def test_a_guest_reads_and_changes_nothing(app, as_):
    shelf(app, "2.4.0")
    page = as_("gil").get(as_("gil").get("/provider/releases/").html.select_one("table.list .main a")["href"])
    assert not [form for form in page.forms.values() if "/provider/" in form.action]
    assert "New release" not in as_("gil").get("/provider/releases/")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["2.5.0b1", "2.4.0p10", "2.4.0p9"]),
        ("state=draft", ["2.5.0b1"]),
        ("state=published", ["2.4.0p10"]),
        ("state=withdrawn", ["2.4.0p9"]),
        ("stability=beta", ["2.5.0b1"]),
        ("q=p10", ["2.4.0p10"]),
        ("q=nothing", []),
    ],
)
def test_the_list_and_its_filters(app, as_, query, expected):
    shelf(app, "2.4.0p9", "2.4.0p10")
    shelf(app, "2.5.0b1", published=False)
    withdraw(app, "2.4.0p9", "Why")
    page = as_("pat").get(f"/provider/releases/?{query}")
    assert [link.text for link in page.html.select("table.list .main a")] == expected


def test_staffs_pages_take_a_fixed_number_of_statements(app, as_, statements):
    ids = shelf(app, "2.4.0", "2.4.0p1", platforms=("jammy", "noble"))
    fetched(app, "uma", ids["2.4.0p1", "cee", "jammy"], times=40)
    page = as_("pat").get("/provider/releases/")
    shown = page.html.select_one("table.list .main a")["href"]
    for address, count in (("/provider/releases/", 2), (shown, 6), (f"{shown}/downloads/", 4)):
        statements.clear()
        as_("pat").get(address)
        assert len(statements) == count, address
