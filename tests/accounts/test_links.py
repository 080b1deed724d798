"""What one-time links open, for whom, how long and how often."""

import re
from datetime import timedelta

import pytest
import time_machine

from portal.access.rights import PortalRole
from portal.accounts import letters
from portal.accounts.tokens import Purpose, Token
from portal.accounts.users import User
from portal.audit.models import Event
from portal.database import db, now
from tests.browser import Browser
from tests.cast import PASSWORD
from tests.post import deliver, links_in, text_of, to

NEW = "otter piano lantern cloud"
ADDRESS = {"ada": "ada.arnold@acme.example", "uma": "uma.dietrich@acme.example", "vic": "vic@acme.example"}


@pytest.fixture
def links(app):
    """Give a way to have a link sent; returns its path: `links.invite("vic")`, `links.reset("uma")`, …"""

    class Links:
        def invite(self, name="vic"):
            with app.app_context():
                user = db.session.query(User).filter_by(email_key=f"{name}@acme.example").one_or_none()
                if user is None:
                    user = User.create(
                        db.session, name=name.title(), email=f"{name}@acme.example", customer_id="acme",
                        portal_role=PortalRole.USER, by=None,
                    )  # fmt: skip
                letters.invite(db.session, user, by="Ada Arnold")
                db.session.commit()
            return links_in(deliver(app)[-1])[0]

        def reset(self, name="uma"):
            form = Browser(app).get("/password/forgot").forms[0]
            form["username"] = name
            form.submit()
            return links_in(deliver(app)[-1])[0]

        def email(self, name="uma", address="uma@new.example"):
            with app.app_context():
                user = db.session.query(User).filter_by(username_key=name).one()
                letters.verify_email(db.session, user, address)
                db.session.commit()
            return links_in(to(deliver(app), address)[-1])[0]

    return Links()


def choose(browser, path, password=NEW, repeat=None, *, status=302):
    form = browser.get(path).forms["choose"]
    form["password"], form["repeat"] = password, password if repeat is None else repeat
    return form.submit(status=status)


def signs_in(app, name, password=PASSWORD, address="203.0.113.1"):
    form = Browser(app).get("/login").forms["login"]
    form["username"], form["password"] = name, password
    return form.submit(status="*", extra_environ={"REMOTE_ADDR": address}).status_int == 302


def tags(app, name):
    with app.app_context():
        user = db.session.query(User).filter_by(username_key=name).one()
        return {event.tag for event in db.session.query(Event).filter_by(subject_id=user.id)}


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


def ask(app, name, status=200, **more):
    browser = Browser(app)
    form = browser.get("/password/forgot").forms[0]
    form["username"] = name
    return form.submit(status=status, **more)


def test_the_answer_to_a_forgotten_password_is_one_and_the_same(app, statements):
    def blank(page):
        return re.sub(r'name="csrf_token" value="[^"]+"', "", page.text)

    pages, sent = [], []
    for name in ("uma", "nobody", "dot", ADDRESS["ada"], "x" * 9000, "a\0b"):
        statements.clear()
        pages.append(blank(ask(app, name)))
        sent.append([re.sub(r"\s+", " ", statement) for statement in statements])
    assert len(set(pages)) == 1
    assert all(one == sent[0] for one in sent)
    assert [message["To"].addresses[0].addr_spec for message in deliver(app)] == [ADDRESS["uma"], ADDRESS["ada"]]


def test_one_mail_lists_every_account_of_an_address(app):
    with app.app_context():
        for name in ("bea", "ben"):
            user = db.session.query(User).filter_by(username_key=name).one()
            user.customer_id = "beta"
        ben = db.session.query(User).filter_by(username_key="gus").one()
        ben.email, ben.email_key = "bob.jensen@beta.example", "bob.jensen@beta.example"
        db.session.commit()
    ask(app, "Bob.Jensen@beta.example")
    (message,) = deliver(app)
    assert "bob (Bob Jensen, Beta AG):" in text_of(message)
    assert "gus (Gus Keller, Gamma Ltd):" in text_of(message)
    first, second = links_in(message)
    assert Browser(app).get(first).forms["choose"]["username"].value == "bob"
    assert Browser(app).get(second).forms["choose"]["username"].value == "gus"


@pytest.mark.parametrize("name", ["dot", "nobody", "vic@acme.example"])
def test_who_cannot_have_forgotten_anything_gets_no_mail(app, links, name):
    links.invite()
    before = len(deliver(app))
    ask(app, name)
    assert len(deliver(app)) == before


def test_nobody_gets_more_than_five_such_mails_a_day(app):
    for number in range(8):
        ask(app, "uma", extra_environ={"REMOTE_ADDR": f"203.0.113.{number}"})
    assert len(deliver(app)) == 5
    with time_machine.travel(now() + timedelta(days=1, minutes=1)):
        ask(app, "uma")
        assert len(deliver(app)) == 6


def test_from_one_address_not_everybody_can_be_bothered(app):
    for number in range(30):
        ask(app, f"somebody{number}")
    page = ask(app, "uma", status=429)
    assert page.headers["Retry-After"] == "86400"
    assert "Too many mails" in page
    ask(app, "uma", extra_environ={"REMOTE_ADDR": "203.0.113.1"})


def test_links_name_the_configured_address_whatever_the_request_says(app):
    browser = Browser(app)
    form = browser.get("/password/forgot").forms[0]
    form["username"] = "uma"
    form.submit(extra_environ={"HTTP_X_FORWARDED_HOST": "evil.example"})
    (message,) = deliver(app)
    assert "evil" not in message.as_string()
    assert links_in(message)


def test_mail_is_in_the_readers_language(app):
    with app.app_context():
        db.session.query(User).filter_by(username_key="uma").one().language = "de"
        db.session.commit()
    ask(app, "uma")
    (message,) = deliver(app)
    html = message.get_body(("html",)).get_content()
    assert '<html lang="de">' in html


def test_a_new_address_counts_once_confirmed(app, as_, links):
    browser = as_("uma")
    form = browser.get("/profile").forms["profile"]
    form["email"] = "uma@new.example"
    page = form.submit(status=302).follow()
    assert "Open the link we sent to uma@new.example" in page
    assert "waits for you to open the link" in page
    assert browser.get("/profile").forms["profile"]["email"].value == ADDRESS["uma"]
    messages = deliver(app)
    (old,) = to(messages, ADDRESS["uma"])
    assert "Another e-mail address was asked for" in old["Subject"]
    assert links_in(old) == []
    (new,) = to(messages, "uma@new.example")
    (path,) = links_in(new)
    confirming = Browser(app).get(path)
    assert "uma@new.example" in confirming
    assert browser.get("/profile").forms["profile"]["email"].value == ADDRESS["uma"]
    confirming.forms[0].submit(status=302)
    assert browser.get("/profile").forms["profile"]["email"].value == "uma@new.example"
    assert "waits" not in browser.get("/profile")


def test_a_change_of_address_can_be_taken_back(app, as_, links):
    path = links.email("uma")
    browser = as_("uma")
    page = browser.get("/profile")
    cancelled = next(f for f in page.forms.values() if f.action == "/profile/email/cancellation").submit(status=302)
    assert "Your e-mail address stays" in cancelled.follow()
    Browser(app).get(path, status=410)


def test_an_address_somebody_else_got_first_is_refused_kindly(app, links):
    path = links.email("uma", "shared@acme.example")
    with app.app_context():
        ugo = db.session.query(User).filter_by(username_key="ugo").one()
        ugo.email = ugo.email_key = "shared@acme.example"
        db.session.commit()
    page = Browser(app).get(path).forms[0].submit(status=409)
    assert "Somebody here already has this e-mail address." in page


def test_somebody_elses_change_is_confirmed_at_the_new_and_announced_at_the_old_address(app, as_):
    browser = as_("uma")
    with app.app_context():
        ada = db.session.query(User).filter_by(username_key="ada").one()
        uma = db.session.query(User).filter_by(username_key="uma").one()
        ada.verbs = frozenset()
        assert letters.ask_email(db.session, uma, "uma@new.example", by=ada)
        db.session.commit()
    browser.get("/profile", status=302)
    messages = deliver(app)
    assert "Ada Arnold asked that mail for your account goes to uma@new.example" in text_of(
        to(messages, ADDRESS["uma"])[0]
    )
    (path,) = links_in(to(messages, "uma@new.example")[0])
    Browser(app).get(path).forms[0].submit(status=302)
    with app.app_context():
        assert db.session.query(User).filter_by(username_key="uma").one().email == "uma@new.example"


def test_old_links_are_swept_away(app, links):
    links.invite()
    with time_machine.travel(now() + timedelta(days=60)), app.app_context():
        from portal.accounts.sweep import sweep

        sweep(db.session, None)
        db.session.commit()
        assert db.session.query(Token).filter_by(purpose=Purpose.INVITATION).count() == 0
