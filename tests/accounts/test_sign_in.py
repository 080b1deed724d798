"""Signing in: with what, to where, and what everybody else is told."""

import re

import pytest

from portal.accounts import passwords
from portal.accounts.users import User
from portal.database import db
from portal.web.paths import local_path
from tests.accounts.sign_in import WRONG, attempt
from tests.browser import Browser
from tests.cast import PASSWORD


@pytest.mark.parametrize("name", ["ada", "ADA", "  Ada ", "ada.arnold@acme.example", "Ada.Arnold@ACME.example"])
def test_one_signs_in_with_name_or_address(browser, name):
    assert attempt(browser, name, status=302).location == "/"
    assert "Ada Arnold" in browser.get("/profile")


def test_a_name_comes_before_an_address(app, browser):
    with app.app_context():
        bob = db.session.query(User).filter_by(username_key="bob").one()
        bob.email = bob.email_key = "ada"
        db.session.commit()
    attempt(browser, "ada", status=302)
    assert "Ada Arnold" in browser.get("/profile")


def test_an_address_of_two_accounts_is_nobodys_name(app, browser):
    with app.app_context():
        bob = db.session.query(User).filter_by(username_key="bob").one()
        bob.email = bob.email_key = "ada.arnold@acme.example"
        db.session.commit()
    attempt(browser, "ada.arnold@acme.example")
    attempt(browser, "bob", status=302)


def blank(response):
    """Return a page without what differs in every answer: its token and what was typed."""
    text = re.sub(r'name="csrf_token"[^>]*value="[^"]+"', "", response.text)
    return re.sub(r'(id="username"[^>]*)value="[^"]*"', r"\1", text)


@pytest.mark.parametrize(
    ("name", "password"),
    [("ada", "wrong"), ("nobody", "wrong"), ("nobody", PASSWORD), ("dot", PASSWORD), ("dot", "wrong"),
     ("dot.gray@acme.example", PASSWORD), ("a@b.example", "x"), ("x" * 5000, "wrong"), ("ada\0", "wrong"),
     ("ada", "x" * 1_000_000), ("' or 1=1 --", "x"), ("\u202eada", "x")],
)  # fmt: skip
def test_every_refusal_reads_the_same(app, name, password):
    expected = attempt(Browser(app), "ada", "something else")
    got = attempt(Browser(app), name, password)
    assert blank(got) == blank(expected)
    assert WRONG in got
    assert got.forms["login"]["password"].value == ""
    assert {*got.headers} == {*expected.headers}


def test_unknown_known_and_disabled_names_cost_one_hash_and_the_same_statements(app, monkeypatch, statements):
    hashed = []
    verify = passwords.HASHER.verify
    monkeypatch.setattr(
        passwords, "HASHER",
        type("Counting", (), {"verify": lambda _self, *args: hashed.append(args) or verify(*args),
                              "hash": passwords.HASHER.hash, "check_needs_rehash": lambda _self, _hash: False})(),
    )  # fmt: skip
    seen = []
    for name in ("ada", "nobody", "dot", "ada.arnold@acme.example"):
        browser = Browser(app)
        page = browser.get("/login").forms["login"]
        page["username"], page["password"] = name, "wrong"
        statements.clear()
        hashed.clear()
        page.submit(status=422)
        assert len(hashed) == 1, name
        seen.append([re.sub(r"\s+", " ", statement) for statement in statements])
    assert seen[1:] == seen[:-1]


def test_an_enormous_password_is_not_hashed(app, browser, monkeypatch):
    monkeypatch.setattr(passwords, "HASHER", None)
    passwords._nobody[:] = passwords._nobody or ["known"]
    attempt(browser, "ada", "x" * 1_000_000)


def test_empty_fields_are_asked_for(browser):
    page = attempt(browser, "", "")
    assert "Enter your username." in page
    assert "Enter your password." in page


LOCAL = ["/users/", "/profile", "/documents/invoices/?q=a&state=open", "/users/?q=%C3%BC", "/invitation/abc"]
ELSEWHERE = [
    "//evil.example", "//evil.example/users/", "/\\evil.example", "\\\\evil.example", "/\t/evil.example",
    "/\n/evil.example", "https://evil.example/", "https:evil.example", "http:///evil.example", "javascript:alert(1)",
    "///evil.example", "/%2F%2Fevil.example", "/%5Cevil.example", "/users/%0d%0aSet-Cookie:x=1", "users/",
    "@evil.example",
    "/@evil.example", "//localhost@evil.example/", "http://localhost/users/", "/nowhere", "/logout", "/login",
    "/static/portal.css", "/profile/sessions/ending", "/users /", "", "/" + "x" * 3000, "/\x00", "\u2215users/",
    "/;//evil.example", "/..//evil.example", "/.//evil.example",
]  # fmt: skip


@pytest.mark.parametrize("asked", LOCAL)
def test_one_returns_to_the_page_one_asked_for(app, asked):
    assert attempt(Browser(app), "ada", next=asked, status=302).location == asked


@pytest.mark.parametrize("asked", ELSEWHERE)
def test_one_is_sent_nowhere_else(app, asked):
    browser = Browser(app)
    assert attempt(browser, "ada", next=asked, status=302).location == "/"
    assert browser.get("/login", {"next": asked}, status=302).location == "/"


def test_a_path_must_be_one_our_router_knows(app):
    with app.test_request_context():
        assert local_path("/users/") == "/users/"
        assert local_path("/users") == "/users"
        assert local_path("/users/0/disablement") == "/"
        assert local_path(None) == "/"


def test_a_stranger_is_asked_who_it_is_and_brought_back(browser):
    asked = browser.get("/profile/sessions?x=1", status=302)
    form = asked.follow().forms["login"]
    form["username"], form["password"] = "ada", PASSWORD
    assert form.submit(status=302).location == "/profile/sessions?x=1"


def test_the_session_is_a_new_one(app, browser):
    page = browser.get("/login")
    before = browser.cookies["portal"]
    form = page.forms["login"]
    form["username"], form["password"] = "ada", PASSWORD
    form.submit(status=302)
    assert browser.cookies["portal"] != before
    planted = Browser(app)
    planted.set_cookie("portal", before)
    planted.get("/profile", status=302)


def test_signing_in_as_another_ends_the_first_session(app, as_):
    browser = as_("ada")
    first = browser.cookies["portal"]
    page = Browser(app)
    page.set_cookie("portal", first)
    token = browser.get("/profile").forms["profile"]["csrf_token"].value
    browser.post("/login", {"username": "uma", "password": PASSWORD, "csrf_token": token}, status=302)
    assert "Uma Dietrich" in browser.get("/profile")
    page.get("/profile", status=302)


def test_the_demo_says_so_until_nobody_has_its_password(app, browser):
    page = browser.get("/login")
    assert "This is a demo" in page
    assert "<code>ada</code>" in page
    assert "<code>dot</code>" not in page
    with app.app_context():
        db.session.query(User).update({"password_is_demo": False})
        db.session.commit()
    assert "demo" not in browser.get("/login").html.main.text


def test_the_door_speaks_the_browsers_language(browser):
    assert browser.get("/login", headers={"Accept-Language": "de"}).html.html["lang"] == "de"
    assert browser.get("/login", headers={"Accept-Language": "fr, en;q=0.5"}).html.html["lang"] == "en"


def test_a_form_without_its_token_signs_nobody_in(app, browser):
    browser.post("/login", {"username": "ada", "password": PASSWORD}, status=400)
    other = Browser(app).get("/login").forms["login"]["csrf_token"].value
    browser.post("/login", {"username": "ada", "password": PASSWORD, "csrf_token": other}, status=400)
    browser.get("/profile", status=302)
