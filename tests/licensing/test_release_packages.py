"""Packages of a draft: added with their signatures, refused, corrected, and fixed once it is published."""

from __future__ import annotations

import errno
import uuid

import pytest
from webtest import Upload

from portal import storage
from portal.database import db
from portal.licensing.releases.models import Release
from tests.factories.releases import deb, release, shelf
from tests.licensing.helpers import SIGNATURE, draft, packages, press, stored, upload


def test_a_package_without_a_telling_name_is_placed_by_hand(app, as_):
    page = draft(as_)
    assert "does not say edition and platform" in upload(page, "agent.msi", status=422)
    upload(page, "agent.msi", edition="cee", platform="Windows")
    assert packages(app) == {("agent.msi", "cee", "windows", "")}
    assert stored(app) == 1


@pytest.mark.parametrize(
    ("names", "sentence"),
    [
        ((), "Choose at least one package."),
        ((deb("2.4.0p4", "cee"),), "is a package of 2.4.0p4, not of 2.4.0p5."),
        ((deb("2.4.0p5", "cee"), deb("2.4.0p5", "cee")), "the same name"),
        ((deb("2.4.0p5", "cee") + ".asc",), "the file it belongs to is missing"),
        ((deb("2.4.0p5", "cee"), "a b.deb"), "cannot be used. Commands hold it"),
        (("x';rm -rf.deb",), "cannot be used. Commands hold it"),
        (("-O.deb",), "cannot be used. Commands hold it"),
        (("ü.deb",), "cannot be used. Commands hold it"),
        ((deb("2.4.0p5", "cee"), "unknown.deb"), "does not say edition and platform"),
    ],
)
def test_what_is_refused_leaves_nothing(app, as_, names, sentence):
    page = upload(draft(as_), *names, status=422)
    assert sentence in page.html.select_one("#files-error").text
    assert packages(app) == set()
    assert stored(app) == 0


def test_folders_in_a_name_count_for_nothing(app, as_):
    upload(draft(as_), f"../../{deb('2.4.0p5', 'cee')}")
    assert packages(app) == {(deb("2.4.0p5", "cee"), "cee", "jammy", "")}


def test_one_package_for_each_edition_and_platform(app, as_):
    page = upload(draft(as_), deb("2.4.0p5", "cee"))
    again = upload(page, "other.deb", status=422, edition="cee", platform="jammy")
    assert "There is a package of Checkmk Enterprise for jammy already." in again
    assert stored(app) == 1


@pytest.mark.parametrize("platform", ["../x", "a b", "<b>", "x" * 41, "é"])
def test_a_platform_is_a_code(app, as_, platform):
    upload(draft(as_), "agent.msi", status=422, edition="cee", platform=platform)
    assert packages(app) == set()


def test_a_package_over_the_limit_is_refused(app, as_, monkeypatch):
    monkeypatch.setitem(app.config, "RELEASE_LIMIT", 10)
    page = upload(draft(as_), deb("2.4.0p5", "cee"), status=422)
    assert "larger than" in page.html.select_one("#files-error").text
    assert stored(app) == 0


def test_packages_may_be_larger_than_any_other_form_for_those_who_publish(app, as_, monkeypatch):
    monkeypatch.setitem(app.config, "MAX_CONTENT_LENGTH", 1_000_000)
    page = draft(as_)
    token = page.forms["packages"]["csrf_token"].value
    address = page.forms["packages"].action
    large = [("files", deb("2.4.0p5", "cee"), b"x" * 3_000_000)]
    as_("pat").post(address, {"csrf_token": token, "edition": ""}, upload_files=large, status=302)
    token = as_("ada").get("/profile").html.find("input", attrs={"name": "csrf_token"})["value"]
    as_("ada").post(address, {"csrf_token": token}, upload_files=large, status=413)


def test_a_full_disk_says_so(app, as_, monkeypatch):
    def full(*_args, **_kwargs):
        raise OSError(errno.ENOSPC, "No space left on device")

    page = draft(as_)
    monkeypatch.setattr(storage.os, "fsync", full)
    assert "no room to keep files" in upload(page, deb("2.4.0p5", "cee"), status=507)
    monkeypatch.undo()
    assert stored(app) == 0


def test_while_a_package_is_copied_others_may_write(app, as_, monkeypatch):
    page, save = draft(as_), storage.save

    def watched(*arguments, **more):
        with app.app_context(), db.engine.begin() as connection:  # waits for ever where the database is held
            connection.execute(db.text("UPDATE releases SET mark = ''"))
        return save(*arguments, **more)

    monkeypatch.setattr("portal.licensing.releases.parcels.save", watched)
    upload(page, deb("2.4.0p5", "cee"))
    assert len(packages(app)) == 1


def test_a_package_is_corrected_signed_and_removed_while_it_is_a_draft(app, as_):
    page = upload(draft(as_), deb("2.4.0p5", "cee"), deb("2.4.0p5", "cre"))
    change = page.click("Change<", index=0)
    form = change.forms["package"]
    form["platform"], form["signature"] = "noble", Upload("key.asc", SIGNATURE)
    form.submit(status=302)
    name = deb("2.4.0p5", "cee")
    assert (name, "cee", "noble", f"{name}.asc") in packages(app)
    form = page.click("Change<", index=0).forms["package"]
    form["edition"], form["platform"] = "cre", "jammy"
    assert "already" in form.submit(status=422)
    press(change, "/removal")
    assert {row[0] for row in packages(app)} == {deb("2.4.0p5", "cre")}
    assert stored(app) == 1


def test_a_signature_that_is_none_is_refused(app, as_):
    change = upload(draft(as_), deb("2.4.0p5", "cee")).click("Change<")
    for content in (b"", b"x" * 70_000):
        form = change.forms["package"]
        form["signature"] = Upload("key.asc", content)
        assert "no detached signature" in form.submit(status=422).html.select_one("#signature-error").text


def test_the_packages_of_a_published_release_never_change(app, as_):
    page = upload(draft(as_), deb("2.4.0p5", "cee"))
    change = page.click("Change<")
    press(page, "/publication")
    before = packages(app)
    upload(page, deb("2.4.0p5", "cre"), status=409)
    form = change.forms["package"]
    form["platform"] = "noble"
    form.submit(status=409)
    press(change, "/removal", 409)
    press(page, "/removal", 409)
    press(page, "/publication", 409)
    assert packages(app) == before
    assert stored(app) == 1
    shown = as_("pat").get(page.request.path)
    assert "Change<" not in shown
    assert "packages" not in shown.forms


def test_none_of_another_release(app, as_):
    shelf(app, "2.4.0")
    page = upload(draft(as_), deb("2.4.0p5", "cee"))
    change = page.click("Change<").request.path
    with app.app_context():
        other = release("2.9.0", published=False).id
        db.session.commit()
        assert db.session.get(Release, other)
        db.session.remove()
    as_("pat").get(change.replace(page.request.path, f"/provider/releases/{other}"), status=404)
    as_("pat").get(f"/provider/releases/{uuid.uuid4()}", status=404)
