"""Withdrawn releases: who is warned, by mail and on the page, and until when."""

from __future__ import annotations

import uuid

from sqlalchemy import select

from portal.accounts.users import User
from portal.customers.models import Customer
from portal.database import db
from portal.jobs import work_once
from portal.mail import Mail
from tests.factories.releases import fetched, release, shelf, withdraw
from tests.licensing.helpers import press, versions
from tests.people.helpers import form_at


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
    monkeypatch.setattr("portal.licensing.releases.withdrawal.AT_ONCE", 2)
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
    assert "You downloaded Checkmk 2.4.0p1, which was withdrawn" in warning.text
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
