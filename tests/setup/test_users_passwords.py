"""Site passwords: bcrypt for the sites, never the portal's own, chosen by oneself or by staff, told by mail."""

from __future__ import annotations

import bcrypt
import pytest

from portal.setup.users import passwords
from tests import post as mailbox
from tests.cast import PASSWORD
from tests.people.helpers import id_of, look
from tests.provider.helpers import send
from tests.setup.people import changes, connect, make_global, profile, published

OWN = "/profile/site-password"
GOOD = "quiet lantern over nine rivers"


@pytest.fixture(autouse=True)
def cheap(monkeypatch):
    monkeypatch.setattr(passwords, "ROUNDS", 4)


@pytest.fixture
def site(app):
    connect(app, "acme_north", "acme")


def _staff_page(app, username):
    return f"/provider/setup/users/{id_of(app, username)}/site-password"


def _choose(browser, status, old=PASSWORD, new=GOOD, repeat=None):
    fields = {"old_password": old, "password": new, "repeat": new if repeat is None else repeat}
    return send(browser, OWN, "site-password", status, **fields)


def _error(page, field="password"):
    return page.html.find(id=f"{field}-error").text


def _mails(app, username):
    return [mail["subject"] for mail in mailbox.to(mailbox.deliver(app), look(app, username)["email"])]


def test_a_site_password_is_bcrypt_and_not_the_portals_hash(app, as_, site):
    page = _choose(as_("ada"), 302).follow()
    assert "Your site password is set." in page
    found = profile(app, "acme", "ada")
    assert found["site_password"].startswith("$2y$04$")
    assert bcrypt.checkpw(GOOD.encode(), found["site_password"].encode())
    assert "argon2" not in str(found)
    assert found.keys() == {
        "id", "username", "name", "email", "language", "time_zone", "is_disabled", "roles", "contact_groups",
        "site_password",
    }  # fmt: skip
    assert found["roles"] == ["user"]
    assert found["site_password"] not in as_("pat").get(f"/provider/setup/users/{id_of(app, 'ada')}")
    assert "Your site password was set" in _mails(app, "ada")
    assert "(you) set their own site password" in as_("ada").get("/history/")


def test_changing_and_removing_ask_for_the_password_of_the_portal(app, as_, site):
    assert "not your password of the portal" in _error(_choose(as_("ada"), 422, old="wrong"), "old_password")
    assert "site_password" not in profile(app, "acme", "ada")
    _choose(as_("ada"), 302)
    first = profile(app, "acme", "ada")["site_password"]
    _choose(as_("ada"), 302, new="another lantern beside seven lakes")
    assert profile(app, "acme", "ada")["site_password"] != first
    page = send(as_("ada"), OWN, "removal", 422, **{"removal-old_password": "wrong"})
    assert "not your password of the portal" in _error(page, "removal-old_password")
    assert "site_password" in profile(app, "acme", "ada")
    page = send(as_("ada"), OWN, "removal", 302, **{"removal-old_password": PASSWORD}).follow()
    assert "You have none." in page
    assert "site_password" not in profile(app, "acme", "ada")
    assert "Your site password was removed" in _mails(app, "ada")


@pytest.mark.parametrize(
    ("new", "sentence"),
    [
        ("x" * 8, "at least 15 characters"),
        ("lantern " * 9 + "x", "at most 72 bytes"),
        ("länternä över nïne rïvers änd äll thät îs bëyönd thëm tö thë sëä", "at most 72 bytes"),
        ("quiet lantern\0over nine rivers", "cannot be typed everywhere"),
        ("password password password", "easy to guess"),
        (PASSWORD, ""),
    ],
)
def test_a_password_that_does_not_hold_is_refused_with_a_sentence(app, as_, site, new, sentence):
    assert sentence in _error(_choose(as_("ada"), 422, new=new))
    assert "site_password" not in profile(app, "acme", "ada")


def test_72_bytes_are_enough_and_two_that_differ_are_not_taken(app, as_, site):
    longest = "seven lanterns beside a quiet river, nine boats upon it and a bell there"
    assert len(longest.encode()) == 72
    _choose(as_("ada"), 422, repeat="quiet lantern over nine river")
    _choose(as_("ada"), 302, new=longest)
    assert bcrypt.checkpw(longest.encode(), profile(app, "acme", "ada")["site_password"].encode())


def test_the_password_of_the_portal_is_refused_for_sites(app, as_, site):
    own = "seven quiet boats upon a river"
    fields = {"old_password": PASSWORD, "new_password": own, "repeat": own}
    send(as_("ada"), "/profile/password", "change", 302, **fields)
    assert "which sites must not know" in _error(_choose(as_("ada"), 422, old=own, new=own))


def test_wrong_guesses_are_counted_as_at_the_door(app, as_, site):
    for _turn in range(10):
        _choose(as_("ada"), 422, old="wrong")
    _choose(as_("ada"), 429, old="wrong")


def test_the_page_is_there_only_for_who_has_a_site(app, as_):
    for username in ("ada", "bob", "pat", "gil"):
        as_(username).get(OWN, status=404)
    assert "Site password" not in as_("ada").get("/profile/security")
    connect(app, "acme_north", "acme")
    assert as_("ada").get("/profile").html.find("a", href=OWN)
    assert as_("ada").get("/profile/security").html.find("a", href=OWN)
    assert "acme_north" in as_("ugo").get(OWN)
    for username in ("bob", "pat", "gil"):
        as_(username).get(OWN, status=404)


def test_staff_set_and_remove_one_and_the_person_is_told(app, as_):
    page = send(as_("pat"), _staff_page(app, "ada"), "password-form", 302, password=GOOD, repeat=GOOD).follow()
    assert "Pat Lindner (you) set the site password of Ada" in page
    assert bcrypt.checkpw(GOOD.encode(), profile(app, "acme", "ada")["site_password"].encode())
    page.forms[[key for key, form in page.forms.items() if "removal" in form.action][0]].submit(status=302)
    assert "site_password" not in profile(app, "acme", "ada")
    subjects = _mails(app, "ada")
    assert subjects == ["Your site password was set", "Your site password was removed"]
    page = send(as_("pat"), _staff_page(app, "ada"), "password-form", 422, password="short", repeat="short")
    assert "at least 15 characters" in _error(page)


def test_staff_set_none_for_themselves_here(app, as_):
    as_("pat").get(_staff_page(app, "pat"), status=403)
    assert "stands in your profile" in as_("pat").get(f"/provider/setup/users/{id_of(app, 'pat')}")


def test_a_change_is_published_at_once_and_no_pending_change_holds_it(app, as_, site, monkeypatch):
    published(app, monkeypatch)
    _choose(as_("ada"), 302)
    assert published(app, monkeypatch) == ["acme"]
    (change,) = changes(app)
    assert change.data == {"site_password": None}


def test_a_global_user_is_warned_and_has_none_by_default(app, as_, site):
    send(as_("pat"), _staff_page(app, "gil"), "password-form", 302, password=GOOD, repeat=GOOD)
    make_global(app, "gil")
    assert "site_password" not in profile(app, None, "gil")
    make_global(app, "pat")
    assert "opens the sites of all customers" in as_("pat").get(OWN)
