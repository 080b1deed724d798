"""Machine accounts: how their programs say who they are, and what becomes of their secrets."""

from __future__ import annotations

import stat

import pytest

from portal.accounts import machines, passwords
from portal.accounts.machines import MachineSecret
from portal.database import db, now
from portal.errors import Refused
from tests.browser import Browser
from tests.programs import SECRET, Program, basic, change, machine

ACCOUNT = "/api/v1/account"


@pytest.mark.parametrize("form", [lambda name, secret: f"Bearer {name} {secret}", basic])
def test_both_headers_say_who_it_is(app, form):
    """Seed, section 8: an automation user has a role, and receives a secret instead of a password."""
    machine(app)
    answer = Program(app, form("automation", SECRET)).get(ACCOUNT)
    assert (answer.json["username"], answer.json["is_machine"]) == ("automation", True)
    assert "general.act" in answer.json["permissions"]
    assert not answer.headers.getall("Set-Cookie")


@pytest.mark.parametrize("secret", ["open the gate", "Tür & Tor, 10 €"])
@pytest.mark.parametrize("form", [lambda name, secret: f"Bearer {name} {secret}", basic])
def test_a_chosen_secret_is_sent_as_it_is(app, form, secret):
    machine(app, "gerät", secret=secret)
    header = form("gerät", secret).encode().decode("latin-1")  # as WSGI hands on what a program sends
    assert Program(app, header).get(ACCOUNT).json["username"] == "gerät"


def test_it_may_do_what_its_role_says(app):
    machine(app, roles=("guest",))
    permissions = Program(app, f"Bearer automation {SECRET}").get(ACCOUNT).json["permissions"]
    assert "general.see_all" in permissions
    assert "general.act" not in permissions


@pytest.mark.parametrize(
    "header",
    [
        "", "Bearer", "Bearer automation", f"Bearer automation  {SECRET[:-1]}", f"Bearer nobody {SECRET}",
        f"Bearer {SECRET}", basic("automation", ""), basic("automation", "x" * 1000), "Basic %%%", "Digest x=y",
        basic("automation", SECRET[:-1]), f"Bearer automation {SECRET}\x80", basic("pat", "portal-demo-2026"),
    ],
)  # fmt: skip
def test_whatever_does_not_open_is_a_problem(app, header):
    machine(app)
    answer = Program(app, header).get(ACCOUNT, status=401)
    assert answer.content_type == "application/problem+json"
    assert answer.headers["WWW-Authenticate"].startswith("Basic")
    assert "secret" in answer.json["detail"]


def test_a_cookie_counts_for_nothing(app):
    assert Browser(app).sign_in("pat").get(ACCOUNT, status=401).json["status"] == 401


def test_it_cannot_sign_in_on_pages(app):
    """Seed, section 8: these users are intended exclusively for remote control and don't permit normal GUI logins."""
    machine(app)
    change(app, "automation", lambda user: passwords.set_password(user, "a password it never had"))
    for given in (SECRET, "a password it never had"):
        form = Browser(app).get("/login").forms["login"]
        form["username"], form["password"] = "automation", given
        form.submit(status=422)


def test_its_header_opens_no_page(app):
    machine(app)
    assert "/login" in Program(app, f"Bearer automation {SECRET}").get("/monitoring/", status=302).location


@pytest.mark.parametrize("act", [lambda user: user.disable(by=None), lambda user: user.delete(by=None)])
def test_the_next_request_of_a_disabled_account_fails(app, act):
    machine(app)
    program = Program(app, f"Bearer automation {SECRET}")
    program.get(ACCOUNT)
    change(app, "automation", act)
    program.get(ACCOUNT, status=401)


def test_wrong_secrets_never_lock_the_account_but_silence_the_address(app):
    machine(app)
    for _try in range(app.config["LOGIN_FAILURES"]):
        Program(app, "Bearer automation wrong").get(ACCOUNT, status=401)
    locked = Program(app, f"Bearer automation {SECRET}").get(ACCOUNT, status=429)
    assert int(locked.headers["Retry-After"]) > 0
    elsewhere = Program(app, f"Bearer automation {SECRET}")
    elsewhere.extra_environ["REMOTE_ADDR"] = "192.0.2.77"
    elsewhere.get(ACCOUNT)


def test_a_new_secret_ends_the_old_one(app):
    machine(app)
    new = change(app, "automation", lambda user: machines.set_secret(db.session(), user, by=None))
    assert len(new) >= 20
    Program(app, f"Bearer automation {SECRET}").get(ACCOUNT, status=401)
    Program(app, f"Bearer automation {new}").get(ACCOUNT)


def test_no_secret_is_kept_in_clear(app):
    machine(app)
    generated = machine(app, "other", secret=None)
    with app.app_context():
        chosen, made = sorted(db.session.scalars(db.select(MachineSecret.hash)), key=len, reverse=True)
    assert chosen.startswith("$argon2id$")
    assert len(made) == 64
    assert generated not in made


def test_by_choice_it_lies_in_a_file_for_scripts(app):
    """Seed, section 8: the script can be written without containing the secret."""
    shown = machine(app, "a/b ../ü", secret=None, as_file=True)
    (file,) = (app.config["DATA"] / "automation").iterdir()
    assert file.read_text() == f"{shown}\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    change(app, "a/b ../ü", lambda user: machines.set_secret(db.session(), user, by=None))
    assert not file.exists()


def test_the_file_goes_with_the_account_and_comes_with_the_commit(app):
    machine(app, as_file=True)
    folder = app.config["DATA"] / "automation"
    with app.app_context():
        user = db.session.query(machines.User).filter_by(username_key="automation").one()
        machines.set_secret(db.session(), user, by=None, as_file=True)
        db.session.rollback()
        db.session.remove()
    assert (folder / "automation.secret").read_text().strip() == SECRET
    change(app, "automation", lambda user: user.delete(by=None))
    assert not list(folder.iterdir())


@pytest.mark.parametrize("secret", ["ninechars", "", "x" * 300, "with\na line break", " blank at its end "])
def test_a_secret_that_does_not_hold_is_refused(app, secret):
    with pytest.raises(Refused):
        machine(app, secret=secret)


def test_its_last_use_is_on_record(app):
    machine(app)
    Program(app, f"Bearer automation {SECRET}").get(ACCOUNT)
    with app.app_context():
        used = db.session.scalars(db.select(MachineSecret.last_used_at)).one()
    assert (now() - used).total_seconds() < 60
