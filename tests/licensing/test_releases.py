"""Releases as staff make them: drafts, packages, publishing, marks, withdrawing."""

from __future__ import annotations

import errno
import uuid

import pytest
from sqlalchemy import select
from webtest import Upload

from portal import storage
from portal.accounts.users import User
from portal.database import db
from portal.jobs import work_once
from portal.licensing.releases import Package, Release
from portal.mail import Mail
from portal.storage import File
from tests.factories.releases import deb, fetched, release, shelf, withdraw

SIGNATURE = b"-----BEGIN PGP SIGNATURE-----\n\nabc\n-----END PGP SIGNATURE-----\n"


def draft(as_, number: str = "2.4.0p5", **fields: str):
    """Fill in the form of a new release and return the page of the draft."""
    form = as_("pat").get("/provider/releases/new").forms["release"]
    form["number"] = number
    for name, value in fields.items():
        form[name] = value
    return form.submit(status=302).follow()


def upload(page, *names: str, status: int = 302, **fields: str):
    """Add packages on the page of a draft."""
    form = page.forms["packages"]
    form["files"] = [Upload(name, SIGNATURE if name.endswith((".asc", ".sig")) else name.encode()) for name in names]
    for name, value in fields.items():
        form[name] = value
    answer = form.submit(status=status)
    return answer.follow() if status == 302 else answer


def press(page, ending: str, status: int = 302, **fields: str):
    """Send the page's form to the address that ends so."""
    form = next(form for form in page.forms.values() if form.action.endswith(ending))
    for name, value in fields.items():
        form[name] = value
    return form.submit(status=status)


def rows(page) -> list[str]:
    """Return platform and file of each package on the staff's page."""
    return [row.get_text(" ") for row in page.html.select("table.list tr:not(.group-row) .main")]


def packages(app) -> set[tuple[str, str, str, str]]:
    with app.app_context():
        found = db.session.execute(
            select(File.name, Package.edition, Package.platform, Package.signature_name).join(Package.file)
        ).all()
        db.session.remove()
    return {tuple(row) for row in found}


def stored(app) -> int:
    """Return how many files of packages lie on the disk."""
    with app.app_context():
        kept = [path for path in (app.config["DATA"] / "files").glob("*/*") if path.is_file()]
        known = db.session.scalars(select(File).where(File.purpose == "package")).all()
        assert {file.path for file in known} <= set(kept)
        db.session.remove()
    return len(kept)


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

    monkeypatch.setattr("portal.licensing.parcels.save", watched)
    upload(page, deb("2.4.0p5", "cee"))
    assert len(packages(app)) == 1


def test_a_package_is_corrected_signed_and_removed_while_it_is_a_draft(app, as_):
    page = upload(draft(as_), deb("2.4.0p5", "cee"), deb("2.4.0p5", "cre"))
    change = page.click("Change", index=0)
    form = change.forms["package"]
    form["platform"], form["signature"] = "noble", Upload("key.asc", SIGNATURE)
    form.submit(status=302)
    name = deb("2.4.0p5", "cee")
    assert (name, "cee", "noble", f"{name}.asc") in packages(app)
    form = page.click("Change", index=0).forms["package"]
    form["edition"], form["platform"] = "cre", "jammy"
    assert "already" in form.submit(status=422)
    press(change, "/removal")
    assert {row[0] for row in packages(app)} == {deb("2.4.0p5", "cre")}
    assert stored(app) == 1


def test_a_signature_that_is_none_is_refused(app, as_):
    change = upload(draft(as_), deb("2.4.0p5", "cee")).click("Change")
    for content in (b"", b"x" * 70_000):
        form = change.forms["package"]
        form["signature"] = Upload("key.asc", content)
        assert "no detached signature" in form.submit(status=422).html.select_one("#signature-error").text


def test_the_packages_of_a_published_release_never_change(app, as_):
    page = upload(draft(as_), deb("2.4.0p5", "cee"))
    change = page.click("Change")
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
    assert "Change" not in shown
    assert "packages" not in shown.forms


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


def test_withdrawing_warns_those_who_downloaded_it_and_can_still_sign_in(app, as_):
    ids = shelf(app, "2.4.0")
    for person in ("uma", "bob", "bea", "gus"):
        fetched(app, person, ids["2.4.0", "cre", "jammy"], times=2)
    with app.app_context():
        db.session.scalars(select(User).where(User.username == "bea")).one().disable(by=None)
        db.session.commit()
        before = {mail.id for mail in db.session.scalars(select(Mail))}
        db.session.remove()
    page = as_("pat").get(as_("pat").get("/provider/releases/").html.select_one("table.list .main a")["href"])
    assert "Say why" in press(page, "/withdrawal", 422, warning="  ")
    page = press(page, "/withdrawal", warning="It **deletes** hosts.").follow()
    assert "This release is withdrawn" in page
    work_once(app)
    with app.app_context():
        mails = [mail for mail in db.session.scalars(select(Mail)) if mail.id not in before]
        told = {mail.user_id for mail in mails}
        names = set(db.session.scalars(select(User.username).where(User.id.in_(told))))
        text, subject = mails[0].text, mails[0].subject
        db.session.remove()
    assert len(mails) == 3
    assert names == {"uma", "bob", "gus"}
    assert subject == "Checkmk 2.4.0 was withdrawn"
    assert "It **deletes** hosts." in text
    assert "http://localhost/downloads/" in text
    press(page, "/mark", mark="important")
    assert "/withdrawal" not in as_("pat").get(page.request.path)


def test_thousands_are_told_some_at_a_time(app, monkeypatch):
    ids = shelf(app, "2.4.0")
    for person in ("ada", "alan", "uma", "bob", "gus"):
        fetched(app, person, ids["2.4.0", "cre", "jammy"])
    monkeypatch.setattr("portal.licensing.withdrawal.AT_ONCE", 2)
    withdraw(app, "2.4.0", "Why")
    work_once(app)
    with app.app_context():
        told = db.session.scalars(select(Mail.user_id).where(Mail.template == "release_withdrawn")).all()
        db.session.remove()
    assert len(told) == len(set(told)) == 5


def test_who_has_moved_elsewhere_is_not_told_of_their_former_companys_downloads(app):
    ids = shelf(app, "2.4.0")
    fetched(app, "uma", ids["2.4.0", "cre", "jammy"])
    with app.app_context():
        session = db.session()
        from portal.customers.models import Customer

        session.scalars(select(User).where(User.username == "uma")).one().move(
            session.get_one(Customer, "beta"), by=None
        )
        session.commit()
        db.session.remove()
    withdraw(app, "2.4.0", "Why")
    work_once(app)
    with app.app_context():
        assert not db.session.scalars(select(Mail).where(Mail.template == "release_withdrawn")).all()
        db.session.remove()


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


def test_none_of_another_release(app, as_):
    shelf(app, "2.4.0")
    page = upload(draft(as_), deb("2.4.0p5", "cee"))
    change = page.click("Change").request.path
    with app.app_context():
        other = release("2.9.0", published=False).id
        db.session.commit()
        assert db.session.get(Release, other)
        db.session.remove()
    as_("pat").get(change.replace(page.request.path, f"/provider/releases/{other}"), status=404)
    as_("pat").get(f"/provider/releases/{uuid.uuid4()}", status=404)
