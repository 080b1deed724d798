"""What one-time links open, for whom, how long and how often."""

from datetime import timedelta

import pytest
import time_machine

from portal.accounts.tokens import Purpose, Token
from portal.accounts.users import User
from portal.database import db, now
from tests.accounts.links import ADDRESS, NEW, choose, signs_in, tags
from tests.browser import Browser
from tests.cast import PASSWORD
from tests.post import deliver, to


def test_an_invitation_leads_in(app, browser, links):
    path = links.invite()
    page = browser.get(path)
    assert "Welcome, Vic" in page
    assert "Acme GmbH" in page
    assert page.forms["choose"]["username"].value == "vic@acme.example"
    assert choose(browser, path).location == "/"
    assert "Vic" in browser.get("/profile")
    assert tags(app, "vic@acme.example") == {"user.created", "password.chosen", "user.signed_in"}
    assert signs_in(app, "vic@acme.example", NEW)


def test_looking_at_a_link_uses_nothing_up(app, browser, links):
    path = links.invite()
    for _ in range(3):
        browser.get(path)
    choose(browser, path)


@pytest.mark.parametrize("make", ["invite", "reset", "email"])
class TestEveryLink:
    def gone(self, app, path):
        page = Browser(app).get(path, status=410)
        assert "This link does not work any more" in page
        assert page.html.find("a", class_="primary")["href"] in ("/login", "/password/forgot", "/profile")

    def use(self, browser, path):
        if path.startswith("/email/"):
            return browser.get(path).forms[0].submit(status=302)
        return choose(browser, path)

    def test_works_once(self, app, links, make):
        path = getattr(links, make)()
        self.use(Browser(app), path)
        self.gone(app, path)

    def test_works_once_though_two_have_it_open(self, app, links, make):
        path = getattr(links, make)()
        late = Browser(app)
        form = late.get(path).forms[0]
        self.use(Browser(app), path)
        if "password" in form.fields:
            form["password"] = form["repeat"] = "another long enough secret tale"
        assert "This link does not work any more" in form.submit(status=410)

    def test_expires(self, app, links, make):
        path = getattr(links, make)()
        hours = app.config["INVITATION_HOURS" if make == "invite" else "RESET_HOURS"]
        with time_machine.travel(now()) as clock:
            clock.shift(timedelta(hours=hours, minutes=-1))
            Browser(app).get(path)
            clock.shift(timedelta(minutes=2))
            self.gone(app, path)

    def test_is_replaced_by_a_newer_one(self, app, links, make):
        old, new = getattr(links, make)(), getattr(links, make)()
        assert old != new
        self.gone(app, old)
        Browser(app).get(new)

    def test_opens_nothing_else(self, app, links, make):
        path = getattr(links, make)()
        secret = path.rpartition("/")[2]
        for other in {"/invitation/", "/password/reset/", "/email/"} - {path.removesuffix(secret)}:
            self.gone(app, other + secret)

    @pytest.mark.parametrize("spoil", [
        lambda s: s[:-1], lambda s: s[1:], lambda s: s + "A", lambda s: s.swapcase(), lambda s: "A" * 43,
        lambda s: s + "%00", lambda s: s * 200, lambda s: "%F0%9F%94%91",
        lambda s: s[:-1] + ("A" if s[-1] != "A" else "B"),
    ])  # fmt: skip
    def test_is_nothing_when_altered(self, app, links, make, spoil):
        start, _slash, secret = getattr(links, make)().rpartition("/")
        self.gone(app, f"{start}/{spoil(secret)}")

    def test_is_nothing_once_the_person_is_disabled(self, app, links, make):
        path = getattr(links, make)()
        with app.app_context():
            for user in db.session.query(User).filter(User.username_key.in_(["uma", "vic@acme.example"])):
                user.disable(by=None)
            db.session.commit()
        self.gone(app, path)

    def test_is_plain_about_somebody_else_being_signed_in(self, app, as_, links, make):
        path, browser = getattr(links, make)(), as_("ben")
        page = browser.get(path, status=409)
        assert "you are signed in as Ben Ivers" in page
        opened = page.forms[0].submit(status=302)
        assert opened.location == path
        self.use(browser, path)

    def test_is_not_in_the_database(self, app, links, make):
        secret = getattr(links, make)().rpartition("/")[2]
        with app.app_context():
            connection = db.session.connection()
            for table in db.metadata.sorted_tables:
                assert secret not in repr(connection.execute(table.select()).all()), table.name


def test_a_reset_ends_every_session_and_is_told(app, as_, links):
    before = as_("uma")
    path = links.reset()
    browser = Browser(app)
    choose(browser, path)
    browser.get("/profile")
    before.get("/profile", status=302)
    assert not signs_in(app, "uma")
    assert signs_in(app, "uma", NEW)
    assert "Your password was changed" in [message["Subject"] for message in to(deliver(app), ADDRESS["uma"])]
    assert {"password.forgotten", "password.reset"} <= tags(app, "uma")


def test_a_reset_lets_in_whom_the_throttle_keeps_out(app, links):
    for _ in range(10):
        signs_in(app, "uma", "wrong")
    assert not signs_in(app, "uma")
    choose(Browser(app), links.reset())
    assert signs_in(app, "uma", NEW, address="203.0.113.9")


@pytest.mark.parametrize(
    ("password", "repeat", "sentence"),
    [
        ("short", None, "Use at least 15 characters."),
        ("x" * 257, None, "Use at most 256 characters."),
        ("portal-demo-2026", None, "easy to guess"),
        (NEW, NEW + "!", "The two passwords differ."),
        ("", "", "Choose a password."),
    ],
)
def test_a_password_that_does_not_hold_is_said_why_and_the_link_stays(app, browser, links, password, repeat, sentence):
    path = links.invite()
    page = choose(browser, path, password, repeat, status=422)
    assert sentence in page
    assert page.forms["choose"]["password"].value == ""
    choose(browser, path)


def test_a_password_change_makes_mailed_links_worthless(app, as_, links):
    path = links.reset()
    form = as_("uma").get("/profile/password").forms["change"]
    form["old_password"], form["new_password"], form["repeat"] = PASSWORD, NEW, NEW
    form.submit(status=302)
    Browser(app).get(path, status=410)


def test_another_address_makes_mailed_links_worthless(app, links):
    path = links.reset()
    Browser(app).get(links.email()).forms[0].submit(status=302)
    Browser(app).get(path, status=410)


def test_old_links_are_swept_away(app, links):
    links.invite()
    with time_machine.travel(now() + timedelta(days=60)), app.app_context():
        from portal.accounts.sweep import sweep

        sweep(db.session, None)
        db.session.commit()
        assert db.session.query(Token).filter_by(purpose=Purpose.INVITATION).count() == 0
