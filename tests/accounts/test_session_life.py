"""How long a session lives, and what ends it."""

from datetime import timedelta

import time_machine

from portal.accounts.users import User
from portal.database import db, now
from tests.accounts.sign_in import WRONG, attempt
from tests.browser import Browser


def cookie_of(response):
    (line,) = [value for name, value in response.headers.items() if name == "Set-Cookie"]
    return line


def test_the_cookie_is_for_the_server_alone(app):
    line = cookie_of(attempt(Browser(app), "ada", status=302))
    assert line.startswith("portal=")
    assert "HttpOnly" in line
    assert "SameSite=Lax" in line
    assert "Path=/" in line
    assert "Domain" not in line
    assert "Secure" not in line
    assert "Expires" not in line


def test_behind_https_the_cookie_is_bound_to_the_host(tmp_path):
    from portal import config

    settings = config.load({"DATA": tmp_path, "BASE_URL": "https://portal.example"})
    assert settings["SESSION_COOKIE_NAME"] == "__Host-portal"
    assert settings["SESSION_COOKIE_SECURE"] is True


def test_remember_me_outlives_the_browser_and_ends_after_thirty_days(app):
    browser = Browser(app)
    with time_machine.travel(now()) as clock:
        assert "Expires" in cookie_of(attempt(browser, "ada", remember=True, status=302))
        clock.shift(timedelta(days=29, hours=23))
        browser.get("/profile")
        clock.shift(timedelta(hours=2))
        browser.get("/profile", status=302)


def test_a_customers_session_ends_after_twelve_hours(app, as_):
    with time_machine.travel(now()) as clock:
        browser = as_("ada")
        clock.shift(timedelta(hours=11, minutes=59))
        browser.get("/profile")
        clock.shift(timedelta(minutes=2))
        browser.get("/profile", status=302)


def test_staff_are_signed_out_after_half_an_hour_of_silence(app, as_):
    with time_machine.travel(now()) as clock:
        browser = as_("pat")
        clock.shift(timedelta(minutes=29))
        browser.get("/profile")
        clock.shift(timedelta(minutes=29))
        browser.get("/profile")
        clock.shift(timedelta(minutes=31))
        browser.get("/profile", status=302)


def test_staff_are_signed_out_after_twelve_hours_however_busy_and_are_never_remembered(app):
    browser = Browser(app)
    with time_machine.travel(now()) as clock:
        assert "Expires" not in cookie_of(attempt(browser, "pat", remember=True, status=302))
        for _ in range(28):
            clock.shift(timedelta(minutes=25))
            browser.get("/profile")
        clock.shift(timedelta(minutes=25))
        browser.get("/profile", status=302)


def test_a_change_long_after_the_last_click_is_not_held_up(app, as_):
    with time_machine.travel(now()) as clock:
        browser = as_("ada")
        form = browser.get("/profile").forms["profile"]
        clock.shift(timedelta(minutes=20))
        form["name"] = "Ada Lovelace"
        form.submit(status=302)
        assert "Ada Lovelace" in browser.get("/profile")


def test_signing_out_takes_a_button_and_ends_every_copy_of_the_cookie(app, as_):
    browser = as_("ada")
    copy = Browser(app)
    copy.set_cookie("portal", browser.cookies["portal"])
    page = browser.get("/logout")
    copy.get("/profile")
    assert "You are signed in as Ada Arnold." in page
    assert "You are signed out." in page.form.submit(status=302).follow()
    browser.get("/profile", status=302)
    copy.get("/profile", status=302)
    browser.get("/logout", status=302)


def test_a_disabled_person_is_out_at_the_next_click(app, as_):
    browser = as_("uma")
    with app.app_context():
        db.session.query(User).filter_by(username_key="uma").one().disable(by=None)
        db.session.commit()
    browser.get("/profile", status=302)


def test_staff_without_the_permission_to_use_the_portal_stay_outside(app, as_):
    from portal.access.roles import Role, RoleAnswer

    browser = as_("gil")
    with app.app_context():
        role = db.session.get_one(Role, "guest")
        role.answers.append(RoleAnswer(permission="general.use", granted=False))
        role.alias = "Nobody’s guest"
        db.session.commit()
    browser.get("/provider/", status=302)
    assert WRONG in attempt(Browser(app), "gil")


def test_the_people_of_an_archived_company_stay_outside(app):
    with app.app_context():
        db.session.query(User).filter_by(username_key="gus").one().customer.archive(db.session, by=None)
        db.session.commit()
    assert WRONG in attempt(Browser(app), "gus")
