"""Signing in with a directory's password, and what a directory that lies can do to the portal: nothing."""

from __future__ import annotations

import time

import pytest
from sqlalchemy import func, select

from portal.accounts.sessions import reader_of
from portal.accounts.users import User, UserState
from portal.customers.models import Customer
from portal.database import db
from portal.errors import Refused
from portal.mail import Mail
from portal.setup import elements
from portal.setup.directories import server
from portal.setup.directories.server import Server
from tests.factories.directory import BASE
from tests.factories.elements import as_pat

LENA = f"cn=Lena Linden,ou=people,{BASE}"
RIGHT = "lenas password"


def sign_in(browser, username, password):
    page = browser.get("/login")
    form = page.forms[0]
    form["username"], form["password"] = username, password
    return form.submit(expect_errors=True)


class TestSigningIn:
    def test_the_directorys_password_opens_the_portal(self, company, browser):
        company.connect()
        company.read()
        assert sign_in(browser, "lena", RIGHT).status_int == 302
        assert "Lena Linden" in browser.get("/profile").text

    def test_by_the_address_too(self, company, browser):
        company.connect()
        company.read()
        assert sign_in(browser, "lena@directory.example", RIGHT).status_int == 302

    def test_whoever_was_never_read_comes_in_at_once(self, company, browser):
        company.connect()
        assert sign_in(browser, "lena", RIGHT).status_int == 302
        assert company.user("lena").customer_id == "acme"

    @pytest.mark.parametrize(
        ("username", "password"),
        [
            ("lena", "wrong"), ("lena", " "), ("*", RIGHT), ("lena)(uid=*", RIGHT), ("*)(uid=lena", RIGHT),
            ("len*", RIGHT), (LENA, RIGHT), ("nobody", RIGHT),
        ],
    )  # fmt: skip
    def test_nothing_else_does(self, company, browser, username, password):
        company.connect()
        company.read()
        assert sign_in(browser, username, password).status_int == 422

    def test_an_entry_whose_name_is_a_local_account_opens_that_account_never(self, company, slapd, browser):
        slapd.person("ada", "Ada From Elsewhere")
        company.connect()
        company.read()
        assert sign_in(browser, "ada", "adas password").status_int == 422

    def test_who_was_disabled_here_stays_out(self, company, browser):
        company.connect()
        company.read()
        with company.app.test_request_context():
            db.session.scalar(select(User).where(User.username == "lena")).disable(by=None)
            db.session.commit()
        assert sign_in(browser, "lena", RIGHT).status_int == 422

    def test_a_disabled_connection_lets_nobody_in(self, company, browser):
        company.connect()
        company.read()
        company.change(in_portal=False)
        assert sign_in(browser, "lena", RIGHT).status_int == 422

    def test_a_dead_directory_locks_no_local_account_out_and_says_so_to_its_own(self, company, slapd, browser, as_):
        company.connect()
        company.read()
        slapd.stop()
        for _try in range(12):  # more than wrong passwords may be tried: none of them counts
            page = sign_in(browser, "lena", RIGHT)
        assert page.status_int == 422
        assert "the directory that knows does not answer now" in page.text
        assert as_("ada").get("/").status_int == 200
        slapd.start()

    def test_the_mail_of_a_forgotten_password_is_not_sent_for_one_the_portal_does_not_keep(self, company, browser):
        company.connect()
        company.read()
        form = browser.get("/password/forgot").forms[0]
        form[next(name for name in form.fields if name and name != "csrf_token")] = "lena"
        form.submit()
        with company.app.test_request_context():
            assert db.session.scalar(select(func.count(Mail.id)).where(Mail.recipient == "lena@directory.example")) == 0


class TestEvilDirectories:
    """Whoever runs a customer's directory may lie in it; it concerns nobody but that customer's own people."""

    def test_whoever_moved_away_is_no_longer_let_in_by_the_customer_they_left(self, company, browser):
        company.connect()
        company.read()
        with as_pat(company.app) as (session, pat):
            lena = session.scalar(select(User).where(User.username == "lena"))
            with pytest.raises(Refused, match="The directory"):
                lena.move(session.get(Customer, "beta"), by=reader_of(session, pat.id))
            session.rollback()
            element = elements.find(session, "ldap-connections", "office")
            elements.release(session, element, "beta", by=pat)
            session.commit()
        assert sign_in(browser, "lena", RIGHT).status_int == 422
        run = company.read()
        assert (run.created, run.disabled, run.odd) == (0, 3, 3)
        assert "another customer" in run.examples[0][1]
        assert company.user("lena").state == UserState.DISABLED

    def test_a_password_typed_with_an_address_of_ours_never_reaches_a_directory(self, company, browser, monkeypatch):
        """An entry may claim anybody's address, as its username too."""
        company.slapd.person("pat.lindner@provider.example", "Mallory", mail="pat.lindner@provider.example")
        company.connect()
        company.read()
        tried = []
        monkeypatch.setattr(Server, "is_right", lambda _self, dn, password: tried.append(password) and False)
        assert sign_in(browser, "pat.lindner@provider.example", "pats other password").status_int == 422
        with company.app.test_request_context():
            db.session.scalar(select(User).where(User.username == "gil")).disable(by=None)
            db.session.commit()
        assert sign_in(browser, "gil", "portal-demo-2026").status_int == 422
        assert not any(tried)
        assert sign_in(browser, "pat.lindner@provider.example", "portal-demo-2026").status_int == 302

    def test_a_name_hides_nothing_of_the_line_it_stands_in(self, company):
        company.slapd.person("eve", "Eve \u202eAdministrator\u0007")
        company.connect()
        company.read()
        assert company.user("eve").name == "Eve Administrator"

    def test_one_that_never_comes_to_an_end_is_left(self, company, monkeypatch):
        company.connect(role_groups=[f"cn=all,{BASE} -> guest"])
        endless = iter(range(100_000))

        def members(_name, _count):
            time.sleep(0.01)
            return f"member;range={next(endless)}-*"

        monkeypatch.setattr(server, "_following", members)
        monkeypatch.setattr(server, "READING_SECONDS", 0.5)
        company.slapd.group("all", LENA)
        company.change(role_groups=[f"cn=all,ou=groups,{BASE} -> guest"])
        monkeypatch.setattr(Server, "people", lambda self: self.named("lena"))
        monkeypatch.setattr(server, "_entries", lambda _found: [("cn=x", {"uid": [b"x"], "entryUUID": [b"1"]})])
        started = time.monotonic()
        assert company.read().reason == "The directory does not answer in time."
        assert time.monotonic() - started < 5
