import pytest

from portal.accounts.users import User
from portal.audit.models import Event
from portal.database import db
from tests.browser import Browser
from tests.cast import PASSWORD
from tests.post import deliver, to
from tests.provider.helpers import make_colleague, make_role

NEW = "otter piano lantern cloud"


def change(browser, old=PASSWORD, new=NEW, repeat=None, *, status=302):
    form = browser.get("/profile/password").forms["change"]
    form["old_password"], form["new_password"], form["repeat"] = old, new, new if repeat is None else repeat
    return form.submit(status=status)


def person(app, username):
    with app.app_context():
        return db.session.query(User).filter_by(username_key=username).one()


def test_one_changes_name_language_and_time_zone(app, as_):
    browser = as_("uma")
    form = browser.get("/profile").forms["profile"]
    form["name"], form["language"], form["time_zone"] = "  Uma   Öz ", "de", "America/New_York"
    page = form.submit(status=302).follow()
    assert page.html.html["lang"] == "de"
    uma = person(app, "uma")
    assert (uma.name, uma.language, uma.time_zone) == ("Uma Öz", "de", "America/New_York")
    with app.app_context():
        events = {event.tag for event in db.session.query(Event).filter_by(subject_id=uma.id)}
    assert {"user.renamed", "user.profile_changed"} <= events


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("name", " ", "Enter your name."), ("name", "x" * 201, "200"), ("name", "Uma\u202eevil", "cannot be shown"),
        ("email", "nobody", "no e-mail address"), ("email", "", "Enter your e-mail address."),
        ("email", "a@b.example\r\nBcc: c@d.example", "no e-mail address"),
        ("email", "ADA.Arnold@acme.example", "Somebody here already has this e-mail address."),
    ],
)  # fmt: skip
def test_what_does_not_hold_is_said_and_the_rest_kept(app, as_, field, value, sentence):
    form = as_("uma").get("/profile").forms["profile"]
    form["language"] = "de"
    form[field] = value
    page = form.submit(status=422, headers={"Accept-Language": "en"})
    assert sentence in page.html.main.text
    assert page.forms["profile"]["language"].value == "de"
    assert person(app, "uma").language == ""


@pytest.mark.parametrize("field", ["language", "time_zone"])
def test_a_choice_that_was_not_offered_is_forged(as_, field):
    form = as_("uma").get("/profile").forms["profile"]
    form[field].force_value("xx")
    form.submit(status=403)


def test_more_than_the_profile_cannot_be_changed_there(app, as_):
    browser = as_("uma")
    form = browser.get("/profile").forms["profile"]
    more = {"portal_role": "super_user", "role": "admin", "customer_id": "beta", "username": "root", "rights": "x"}
    browser.post("/profile", {**dict(form.submit_fields()), **more}, status=302)
    uma = person(app, "uma")
    assert (uma.portal_role, uma.customer_id, uma.username) == ("user", "acme", "uma")


def test_a_guest_has_no_profile_beyond_signing_in_and_out(as_):
    browser = as_("gil")
    token = browser.get("/logout").forms[0]["csrf_token"].value
    for path in ("/profile", "/profile/security", "/profile/password", "/profile/sessions"):
        browser.get(path, status=404)
    for path in ("/profile", "/profile/password", "/profile/sessions/ending", "/profile/email/cancellation"):
        browser.post(path, {"csrf_token": token, "name": "x"}, status=404)
    page = browser.get("/logout")
    page.forms[0].submit(status=302)


def test_a_new_password_ends_all_other_sessions_and_renews_this_one(app, as_):
    browser, other = as_("ada"), Browser(app).sign_in("ada")
    stolen = Browser(app)
    stolen.set_cookie("portal", browser.cookies["portal"])
    stolen.get("/profile")
    assert "Your password is changed." in change(browser).follow()
    browser.get("/profile")
    other.get("/profile", status=302)
    stolen.get("/profile", status=302)
    assert [m["Subject"] for m in to(deliver(app), "ada.arnold@acme.example")] == ["Your password was changed"]


@pytest.mark.parametrize(
    ("old", "new", "repeat", "sentence"),
    [
        ("wrong", NEW, NEW, "This is not your present password."),
        (PASSWORD, PASSWORD, PASSWORD, "Choose another one."),
        (PASSWORD, "short", "short", "Use at least 15 characters."),
        (PASSWORD, "Acme-GmbH-Hamburg-26", "Acme-GmbH-Hamburg-26", "easy to guess"),
        (PASSWORD, NEW, "something else", "The two passwords differ."),
        ("", "", "", "Enter your present password."),
        ("x" * 500_000, NEW, NEW, "This is not your present password."),
    ],
)
def test_a_change_that_does_not_hold_changes_nothing(app, as_, old, new, repeat, sentence):
    browser = as_("ada")
    page = change(browser, old, new, repeat, status=422)
    assert sentence in page
    assert NEW not in page
    Browser(app).sign_in("ada")


def test_the_demos_password_is_pointed_out_until_it_is_changed(as_):
    browser = as_("ada")
    assert "password of the demo" in browser.get("/profile")
    change(browser)
    assert "password of the demo" not in browser.get("/profile")
    assert "just now" in browser.get("/profile/security")


def test_who_may_not_change_a_password_is_not_led_to_it(app, as_):
    make_role(app, "still", "user", general__change_password=False)
    make_colleague(app, "sam", "still")
    with app.app_context():
        db.session.query(User).filter_by(username_key="sam").one().password_is_demo = True
        db.session.commit()
    for path in ("/profile", "/profile/security"):
        assert "/profile/password" not in as_("sam").get(path)
    as_("sam").get("/profile/password", status=404)


@pytest.mark.parametrize(("who", "named"), [("ada", "h p i"), ("uma", "h"), ("pat", "h c")])
def test_only_shortcuts_to_ones_own_pages_are_named(as_, who, named):
    keys = [key.text for key in as_(who).get("/profile").html.select("#shortcuts-hint kbd")]
    assert " ".join(key for key in keys if key not in "/g") == named


def test_security_tells_how_many_browsers_are_signed_in(app, as_):
    browser = as_("ada")
    assert "One browser is signed in: this one." in browser.get("/profile/security")
    Browser(app).sign_in("ada")
    assert "2 browsers are signed in" in browser.get("/profile/security")
