"""The page on which people make tokens for their programs."""

from __future__ import annotations

from datetime import timedelta

from portal.accounts.access_tokens import AccessToken
from portal.database import db, now
from tests.programs import Program

PAGE = "/profile/tokens"


def make(browser, name="Nightly report", days=30, status=200):
    form = browser.get(PAGE).forms["token"]
    form["name"], form["ends_on"] = name, (now() + timedelta(days=days)).date().isoformat()
    return form.submit(status=status)


def secret_on(page):
    return page.html.output.text


def test_a_token_is_shown_once_and_works_as_its_maker(app, as_):
    ada = as_("ada")
    secret = secret_on(make(ada))
    assert ada.get(PAGE).html.output is None
    assert secret not in ada.get(PAGE).text
    assert Program(app, f"Bearer {secret}").get("/api/v1/account").json["username"] == "ada"
    row = ada.get(PAGE).html.table.text
    assert "Nightly report" in row
    assert "Works" in row
    with app.app_context():
        assert secret not in db.session.scalars(db.select(AccessToken.digest)).one()


def test_a_revoked_one_opens_nothing_any_more(app, as_):
    program = Program(app, f"Bearer {secret_on(make(as_('uma')))}")
    program.get("/api/v1/account")
    page = as_("uma").get(PAGE)
    next(form for form in page.forms.values() if "revocation" in form.action).submit(status=302)
    program.get("/api/v1/account", status=401)
    assert "Revoked" in as_("uma").get(PAGE).html.table.text


def test_what_does_not_hold_is_said_beside_it(as_):
    assert "between today and a year from now" in make(as_("ada"), days=400, status=422).text
    assert "Say what it is for" in make(as_("ada"), name="", status=422).text


def test_nobody_revokes_somebody_elses(app, as_):
    make(as_("uma"))
    with app.app_context():
        id = db.session.scalars(db.select(AccessToken.id)).one()
    form = as_("ada").get(PAGE).forms["token"]
    as_("ada").post(f"{PAGE}/{id}/revocation", {"csrf_token": form["csrf_token"].value}, status=404)


def test_the_profile_leads_there(as_):
    assert as_("uma").get("/profile").click("Access tokens")
    as_("gil").get(PAGE, status=404)
