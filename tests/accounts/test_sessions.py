from datetime import timedelta

import pytest
import time_machine

from portal.accounts.browsers import browser_name
from portal.accounts.session_rows import SessionRow, forget_old
from portal.database import db, now
from tests.browser import Browser

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/17.5 Mobile/15E148 Safari/604.1"
)


def browser_of(app, name, user_agent, address="203.0.113.7"):
    browser = Browser(app)
    browser.extra_environ |= {"HTTP_USER_AGENT": user_agent, "REMOTE_ADDR": address}
    return browser.sign_in(name)


def rows(page):
    return page.html.find("table").tbody.find_all("tr")


def ending(page, name):
    row = next(row for row in rows(page) if name in row.text)
    return page.forms[page.html.find_all("form").index(row.form)]


def test_one_sees_where_one_is_signed_in(app):
    browser_of(app, "uma", FIREFOX)
    browser_of(app, "ada", PHONE, "198.51.100.4")
    browser = browser_of(app, "ada", FIREFOX)
    here, there = rows(browser.get("/profile/sessions"))
    assert "Firefox on Linux" in here.text
    assert "This one" in here.text
    assert "203.0.113.7" in here.text
    assert "Safari on iPhone" in there.text
    assert "198.51.100.4" in there.text
    assert "This one" not in there.text


def test_one_ends_another_session(app):
    phone, browser = browser_of(app, "ada", PHONE), browser_of(app, "ada", FIREFOX)
    page = ending(browser.get("/profile/sessions"), "iPhone").submit(status=302).follow()
    assert "That browser is signed out." in page
    assert len(rows(page)) == 1
    phone.get("/profile", status=302)
    browser.get("/profile")


def test_ending_this_session_signs_out(app):
    browser = browser_of(app, "ada", FIREFOX)
    assert ending(browser.get("/profile/sessions"), "Firefox").submit(status=302).location == "/login"
    browser.get("/profile", status=302)


def test_one_ends_all_others(app):
    others = [browser_of(app, "ada", PHONE) for _ in range(3)]
    stranger, browser = browser_of(app, "uma", PHONE), browser_of(app, "ada", FIREFOX)
    page = browser.get("/profile/sessions")
    next(form for form in page.forms.values() if form.action == "/profile/sessions/ending").submit(status=302)
    for other in others:
        other.get("/profile", status=302)
    stranger.get("/profile")
    assert "Sign out all others" not in browser.get("/profile/sessions")


def test_nobody_ends_the_sessions_of_others(app):
    uma, ada = browser_of(app, "uma", PHONE), browser_of(app, "ada", FIREFOX)
    action = ending(uma.get("/profile/sessions"), "iPhone").action
    token = ada.get("/profile").forms["profile"]["csrf_token"].value
    ada.post(action, {"csrf_token": token}, status=404)
    ada.post("/profile/sessions/nothing/ending", {"csrf_token": token}, status=404)
    uma.get("/profile")


def test_the_page_gives_no_token_away(app):
    browser = browser_of(app, "ada", FIREFOX)
    page = browser.get("/profile/sessions").text
    with app.app_context():
        (row,) = db.session.query(SessionRow)
    assert row.token_hash not in page
    assert len(row.token_hash) == 64


def test_a_session_that_is_over_is_not_listed_and_swept_away(app):
    with time_machine.travel(now()) as clock:
        browser_of(app, "ada", PHONE)
        clock.shift(timedelta(hours=13))
        browser = browser_of(app, "ada", FIREFOX)
        assert len(rows(browser.get("/profile/sessions"))) == 1
        with app.app_context():
            forget_old(db.session)
            db.session.commit()
            assert db.session.query(SessionRow).count() == 1


def test_the_list_costs_two_statements(app, statements):
    browser = browser_of(app, "ada", FIREFOX)
    statements.clear()
    browser.get("/profile/sessions")
    assert len(statements) == 2


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        (FIREFOX, "Firefox on Linux"), (PHONE, "Safari on iPhone"), ("curl/8.1", "curl"), ("", "Unknown browser"),
        ("<script>", "Unknown browser"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 "
         "Safari/537.36 Edg/126.0.0.0", "Edge on Windows"),
    ],
)  # fmt: skip
def test_browsers_have_names(app, user_agent, name):
    with app.test_request_context():
        assert browser_name(user_agent) == name
