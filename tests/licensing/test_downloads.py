"""Downloads: what each company finds there, what it gets, and what stands on record of it."""

from __future__ import annotations

import hashlib
import subprocess
import uuid
from datetime import timedelta

import pytest
from sqlalchemy import update

from portal.customers.subscriptions import Edition, Subscription, today
from portal.database import db
from tests.factories.releases import content, deb, fetched, record_of, release, shelf, withdraw
from tests.people.helpers import form_at

MSP = "Monitoring that of other organisations requires the MSP edition"


def versions(page) -> list[str]:
    return [title.text for title in page.html.select("details.release h2")]


def best(page) -> str:
    return page.html.select_one(".best h2").text


def names(page) -> set[str]:
    """Return the names of all packages the page offers."""
    return {row.select_one(".second").text for row in page.html.select("table.packages .main")}


def editions(page) -> set[str]:
    return {title.text for title in page.html.select("details.release h3")}


def subscribe(app, customer: str, edition: Edition) -> None:
    with app.app_context():
        Subscription.enter(
            db.session(), customer_id=customer, edition=edition, services=None, support=None,
            starts_on=today() - timedelta(days=10), ends_on=today() + timedelta(days=300), by=None,
        )  # fmt: skip
        db.session.commit()
        db.session.remove()


def end(app, customer: str, days_ago: int) -> None:
    with app.app_context():
        last = today() - timedelta(days=days_ago)
        db.session.execute(
            update(Subscription)
            .where(Subscription.customer_id == customer)
            .values(starts_on=last - timedelta(days=300), ends_on=last)
        )
        db.session.commit()
        db.session.remove()


@pytest.mark.parametrize(
    ("person", "expected"),
    [
        ("uma", {"Checkmk Cloud", "Checkmk Enterprise", "Checkmk Raw"}),
        ("bob", {"Checkmk Enterprise", "Checkmk Raw"}),
        ("gus", {"Checkmk Raw"}),
    ],
)
def test_a_company_gets_the_editions_it_subscribes_to_and_the_free_one(app, as_, person, expected):
    ids = shelf(app, "2.4.0")
    page = as_(person).get("/downloads/")
    assert editions(page) == expected
    codes = {"Checkmk Cloud": "cce", "Checkmk Enterprise": "cee", "Checkmk MSP": "cme", "Checkmk Raw": "cre"}
    for name, code in codes.items():
        id = ids["2.4.0", code, "jammy"]
        status = 200 if name in expected else 404
        for address in ("", "/sha256", "/signature"):
            as_(person).get(f"/downloads/{id}{address}", status=status)
        assert (f"/downloads/{id}" in page) is (name in expected)


def test_only_gus_is_told_that_no_subscription_runs(app, as_):
    shelf(app, "2.4.0")
    assert "No subscription of Gamma Ltd is running" in as_("gus").get("/downloads/")
    assert "No subscription of" not in as_("bob").get("/downloads/")


def test_an_edition_stays_through_the_days_of_grace_and_no_longer(app, as_):
    id = shelf(app, "2.4.0")["2.4.0", "cee", "jammy"]
    end(app, "beta", 14)
    as_("bob").get(f"/downloads/{id}")
    end(app, "beta", 15)
    as_("bob").get(f"/downloads/{id}", status=404)
    assert editions(as_("bob").get("/downloads/")) == {"Checkmk Raw"}


def test_a_subscription_that_has_not_begun_opens_nothing(app, as_):
    id = shelf(app, "2.4.0")["2.4.0", "cee", "jammy"]
    with app.app_context():
        db.session.execute(
            update(Subscription).values(starts_on=today() + timedelta(days=1), ends_on=today() + timedelta(days=99))
        )
        db.session.commit()
        db.session.remove()
    as_("bob").get(f"/downloads/{id}", status=404)


def test_without_the_right_there_are_no_downloads(app, as_):
    id = shelf(app, "2.4.0")["2.4.0", "cre", "jammy"]
    for person in ("ugo", "abe", "ben", "pat"):
        for address in ("", "history/", id, f"{id}/sha256", f"{id}/signature"):
            as_(person).get(f"/downloads/{address}", status=404)
        assert "/downloads/" not in as_(person).get("/", status="*").maybe_follow()


def test_all_but_the_managed_services_edition_say_what_they_are_not_for(app, as_):
    subscribe(app, "acme", Edition.MSP)
    shelf(app, "2.4.0")
    page = as_("uma").get("/downloads/?version=2.4")
    said = {part.h3.text: MSP in part.text for part in page.html.select("details.release .edition")}
    assert said == {"Checkmk MSP": False, "Checkmk Cloud": True, "Checkmk Enterprise": True, "Checkmk Raw": True}
    assert MSP not in as_("uma").get("/downloads/").html.select_one(".best").text
    assert MSP in as_("bob").get("/downloads/").html.select_one(".best").text


def test_the_file_comes_as_it_was_published(app, as_):
    name = deb("2.4.0", "cee")
    id = shelf(app, "2.4.0")["2.4.0", "cee", "jammy"]
    answer = as_("bob").get(f"/downloads/{id}")
    assert answer.body == content(name)
    assert answer.headers["Content-Disposition"] == f"attachment; filename={name}"
    assert answer.content_type == "application/octet-stream"
    assert hashlib.sha256(answer.body).hexdigest() in as_("bob").get("/downloads/")
    assert as_("bob").get(f"/downloads/{id}/signature").body == b"signed"


def test_the_checksum_file_is_one_that_sha256sum_reads(app, as_, tmp_path):
    id = shelf(app, "2.4.0")["2.4.0", "cee", "jammy"]
    answer = as_("bob").get(f"/downloads/{id}/sha256")
    assert answer.headers["Content-Disposition"].endswith(".deb.sha256")
    (tmp_path / "sums").write_bytes(answer.body)
    (tmp_path / deb("2.4.0", "cee")).write_bytes(as_("bob").get(f"/downloads/{id}").body)
    subprocess.run(["sha256sum", "-c", "sums"], cwd=tmp_path, check=True, capture_output=True)
    (tmp_path / deb("2.4.0", "cee")).write_bytes(b"something else")
    assert subprocess.run(["sha256sum", "-c", "sums"], cwd=tmp_path, capture_output=True).returncode == 1


def test_a_package_without_a_signature_offers_none(app, as_):
    id = shelf(app, "2.4.0", signature=None)["2.4.0", "cee", "jammy"]
    assert "/signature" not in as_("bob").get("/downloads/")
    as_("bob").get(f"/downloads/{id}/signature", status=404)


def test_what_does_not_exist_and_what_is_a_draft_are_the_same(app, as_):
    id = shelf(app, "2.4.0", published=False)["2.4.0", "cre", "jammy"]
    for address in (id, str(uuid.uuid4()), "none", f"{id}/x", "../portal.db"):
        as_("bob").get(f"/downloads/{address}", status=404)
    assert "No releases yet" in as_("bob").get("/downloads/")


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


def test_every_download_is_on_record_once(app, as_):
    id = shelf(app, "2.4.0")["2.4.0", "cee", "jammy"]
    name = deb("2.4.0", "cee")
    as_("bob").head(f"/downloads/{id}")
    assert record_of(app) == []
    first = as_("bob").get(f"/downloads/{id}")
    rest = as_("bob").get(f"/downloads/{id}", headers={"Range": "bytes=1000-"}, status=206)
    assert first.body[1000:] == rest.body
    as_("bob").get(f"/downloads/{id}", headers={"If-None-Match": first.headers["ETag"]}, status=304)
    as_("bob").get(f"/downloads/{id}", headers={"Range": "bytes=99999-"}, status=416)
    assert record_of(app) == [("bob", name, "browser")]
    as_("bob").get(f"/downloads/{id}")
    assert record_of(app) == [("bob", name, "browser")] * 2
    as_("bea").get(f"/downloads/{id}", headers={"Range": "bytes=1000-"}, status=206)
    assert record_of(app)[-1] == ("bea", name, "browser")


def test_a_part_the_next_day_is_another_download(app, as_, monkeypatch):
    id = shelf(app, "2.4.0")["2.4.0", "cee", "jammy"]
    as_("bob").get(f"/downloads/{id}")
    monkeypatch.setattr("portal.licensing.fetched.SAME_WITHIN", timedelta(0))
    as_("bob").get(f"/downloads/{id}", headers={"Range": "bytes=1000-"}, status=206)
    assert len(record_of(app)) == 2


def test_a_front_server_that_sends_the_rest_makes_no_second_download(app, as_, monkeypatch):
    monkeypatch.setitem(app.config, "SEND_FILES", "X-Accel-Redirect:/files")
    id = shelf(app, "2.4.0", size=2_000_000)["2.4.0", "cee", "jammy"]
    for headers in ({}, {"Range": "bytes=1000-"}):
        assert as_("bob").get(f"/downloads/{id}", headers=headers).headers["X-Accel-Redirect"].startswith("/files/")
    assert len(record_of(app)) == 1


def test_the_company_sees_who_took_what_and_others_do_not(app, as_):
    ids = shelf(app, "2.4.0")
    assert "Nothing downloaded yet" in as_("ada").get("/downloads/history/")
    as_("uma").get(f"/downloads/{ids['2.4.0', 'cee', 'jammy']}")
    row = as_("ada").get("/downloads/history/").html.select_one("table.list tbody tr").text
    for word in ("Uma Dietrich", "Checkmk Enterprise 2.4.0", "Ubuntu 22.04", "127.0.0.1", "In the browser"):
        assert word in row
    assert "Uma Dietrich (you)" in as_("uma").get("/downloads/history/")
    assert "Nothing downloaded yet" in as_("bea").get("/downloads/history/")


def test_the_record_has_pages(app, as_):
    ids = shelf(app, "2.4.0")
    fetched(app, "uma", ids["2.4.0", "cee", "jammy"], times=30)
    page = as_("ada").get("/downloads/history/")
    assert len(page.html.select("table.list tbody tr")) == 25
    assert len(page.click("Next").html.select("table.list tbody tr")) == 5


def test_whoever_took_a_withdrawn_release_is_warned_until_they_have_read_it(app, as_):
    ids = shelf(app, "2.4.0", "2.4.0p1")
    id = ids["2.4.0p1", "cee", "jammy"]
    as_("uma").get(f"/downloads/{id}")
    withdraw(app, "2.4.0p1", "It **deletes** hosts. Go back to 2.4.0.")
    as_("uma").get(f"/downloads/{id}", status=404)
    as_("uma").get(f"/downloads/{id}/signature", status=404)
    assert "2.4.0p1" not in versions(as_("uma").get("/downloads/"))
    page = as_("uma").get("/downloads/")
    warning = page.html.select_one(".message.bad")
    assert "Checkmk 2.4.0p1 was withdrawn" in warning.text
    assert warning.strong.text == "deletes"
    assert "was withdrawn" not in as_("ada").get("/downloads/")
    assert "Withdrawn" in as_("ada").get("/downloads/history/").html.select_one("table.list").text
    form = form_at(page, warning.form["action"])
    as_("ada").post(form.action, {"csrf_token": form["csrf_token"].value}, status=400)
    form.submit(status=302)
    assert "was withdrawn" not in as_("uma").get("/downloads/")


def test_a_warning_that_is_not_there_cannot_be_dismissed(app, as_):
    id = shelf(app, "2.4.0")["2.4.0", "cee", "jammy"]
    as_("uma").get(f"/downloads/{id}")
    token = as_("uma").get("/downloads/").html.find("input", attrs={"name": "csrf_token"})["value"]
    for release_id in (uuid.uuid4(), _release_id(app)):
        as_("uma").post(f"/downloads/warnings/{release_id}/dismissal", {"csrf_token": token}, status=404)


def _release_id(app) -> uuid.UUID:
    with app.app_context():
        made = release("2.9.0")
        db.session.commit()
        id = made.id
        db.session.remove()
    return id


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


def test_the_file_takes_a_fixed_number_of_statements(app, as_, statements):
    id = shelf(app, "2.4.0")["2.4.0", "cee", "jammy"]
    as_("uma").get(f"/downloads/{id}")
    statements.clear()
    as_("uma").get(f"/downloads/{id}")
    assert len(statements) == 4, "who it is, the package, their editions, the record"
