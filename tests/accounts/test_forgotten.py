"""Forgotten passwords: one answer for all, one mail for an address."""

import re
from datetime import timedelta

import pytest
import time_machine

from portal.accounts.users import User
from portal.database import db, now
from tests.accounts.links import ADDRESS
from tests.browser import Browser
from tests.post import deliver, links_in, text_of


def ask(app, name, status=200, **more):
    browser = Browser(app)
    form = browser.get("/password/forgot").forms[0]
    form["username"] = name
    return form.submit(status=status, **more)


def test_the_answer_to_a_forgotten_password_is_one_and_the_same(app, statements):
    def blank(page):
        return re.sub(r'name="csrf_token" value="[^"]+"', "", page.text)

    ask(app, "whoever comes first")  # a process reads once what stands above every page
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
