from datetime import timedelta
from threading import Barrier, Thread

import pytest
import time_machine

from portal.accounts import throttle
from portal.accounts.users import User
from portal.database import db, now
from portal.errors import TooMany
from tests.browser import Browser
from tests.cast import PASSWORD


@pytest.fixture(autouse=True)
def still():
    """Let time stand still: a slow machine is no reason to be let in again."""
    with time_machine.travel(now(), tick=False) as clock:
        yield clock


def attempt(app, name, password="wrong", address="203.0.113.1", **headers):
    browser = Browser(app)
    form = browser.get("/login").forms["login"]
    form["username"], form["password"] = name, password
    return form.submit(status="*", extra_environ={"REMOTE_ADDR": address}, headers=headers)


def statuses(app, names, **more):
    return [attempt(app, name, **more).status_int for name in names]


@pytest.mark.parametrize("name", ["ada", "nobody", "dot", "nobody@nowhere.example"])
def test_the_eleventh_wrong_password_is_not_looked_at(app, name):
    answers = [attempt(app, name, address=f"203.0.113.{n}").status_int for n in range(11)]
    assert answers == [422] * 10 + [429]
    page = attempt(app, name, PASSWORD, address="203.0.113.99")
    assert page.status_int == 429
    assert page.headers["Retry-After"] == "300"
    assert "Wait five minutes" in page


def test_name_and_address_of_one_account_share_a_budget(app):
    names = ["ada", "ADA", "ada.arnold@acme.example"] * 4
    answers = [attempt(app, name, address=f"203.0.113.{n}").status_int for n, name in enumerate(names)]
    assert answers == [422] * 10 + [429] * 2


def test_one_address_cannot_try_many_names(app):
    assert statuses(app, [f"name{n}" for n in range(11)]) == [422] * 10 + [429]
    assert attempt(app, "ada", PASSWORD).status_int == 429
    assert attempt(app, "ada", PASSWORD, address="203.0.113.2").status_int == 302


def test_a_header_anybody_can_write_is_no_other_address(app):
    answers = [attempt(app, f"name{n}", **{"X-Forwarded-For": f"198.51.100.{n}"}).status_int for n in range(11)]
    assert answers[-1] == 429


def test_an_ipv6_subscriber_is_one_address(app):
    answers = [attempt(app, f"name{n}", address=f"2001:db8:1:2::{n}").status_int for n in range(11)]
    assert answers[-1] == 429
    assert attempt(app, "ada", PASSWORD, address="2001:db8:1:3::1").status_int == 302


def test_all_together_have_a_budget_too(app, monkeypatch):
    monkeypatch.setitem(app.config, "LOGIN_FAILURES_TOTAL", 15)
    answers = [attempt(app, f"name{n}", address=f"203.0.113.{n}").status_int for n in range(16)]
    assert answers == [422] * 15 + [429]


def test_after_five_minutes_one_may_try_again(app, still):
    statuses(app, ["ada"] * 11)
    still.shift(timedelta(minutes=5, seconds=1))
    assert attempt(app, "ada", PASSWORD).status_int == 302


def test_being_refused_does_not_lengthen_the_wait(app, still):
    statuses(app, ["ada"] * 10)
    still.shift(timedelta(minutes=4))
    assert set(statuses(app, ["ada"] * 5)) == {429}
    still.shift(timedelta(minutes=1, seconds=1))
    assert attempt(app, "ada", PASSWORD).status_int == 302


def test_the_right_password_wipes_the_slate_of_its_name_only(app):
    statuses(app, ["ada"] * 9)
    assert attempt(app, "ada", PASSWORD).status_int == 302
    assert attempt(app, "ada").status_int == 422
    assert attempt(app, "uma").status_int == 429
    assert attempt(app, "ada", address="203.0.113.2").status_int == 422


def test_right_passwords_are_not_counted(app):
    assert set(statuses(app, ["ada", "uma", "bob"] * 5, password=PASSWORD)) == {302}


def test_the_present_password_cannot_be_guessed_either(app, as_):
    browser = as_("ada")
    for expected in [422] * 10 + [429]:
        form = browser.get("/profile/password").forms["change"]
        form["old_password"] = "wrong"
        form["new_password"] = form["repeat"] = "otter piano lantern cloud"
        form.submit(status=expected)


def test_tries_at_the_same_moment_stay_within_the_budget(app):
    start, admitted = Barrier(20), []

    def go():
        with app.app_context():
            start.wait()
            try:
                throttle.try_password("ada", "203.0.113.1")
            except TooMany:
                return
            admitted.append(True)
            db.session.remove()

    threads = [Thread(target=go) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(admitted) <= 10


def test_old_tries_are_swept_away(app, still):
    statuses(app, ["ada"] * 3)
    still.shift(timedelta(days=2))
    with app.app_context():
        throttle.forget_old(db.session)
        db.session.commit()
        assert db.session.query(throttle.Failure).count() == 0


def test_the_table_names_nobody(app):
    attempt(app, "ada")
    with app.app_context():
        assert all("ada" not in row.counted_as for row in db.session.query(throttle.Failure))
        assert db.session.query(User).count()
