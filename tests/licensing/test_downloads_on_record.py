"""Downloads: what stands on record of each, and who reads it."""

from __future__ import annotations

from datetime import timedelta

from tests.factories.releases import deb, fetched, record_of, shelf


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
    monkeypatch.setattr("portal.licensing.releases.fetched.SAME_WITHIN", timedelta(0))
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


def test_the_file_takes_a_fixed_number_of_statements(app, as_, statements):
    id = shelf(app, "2.4.0")["2.4.0", "cee", "jammy"]
    as_("uma").get(f"/downloads/{id}")
    statements.clear()
    as_("uma").get(f"/downloads/{id}")
    assert len(statements) == 4, "who it is, the package, their editions, the record"
