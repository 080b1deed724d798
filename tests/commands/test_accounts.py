import pytest

from portal.access.roles import Role
from portal.accounts.tokens import Token
from portal.accounts.users import User
from portal.commands import accounts
from portal.customers.models import Customer
from portal.database import db
from tests.browser import Browser
from tests.post import deliver, links_in, text_of

NEW = "otter piano lantern cloud"


@pytest.fixture
def run(app, monkeypatch):
    """Run a command as an operator; returns its result."""
    monkeypatch.setattr(accounts, "WAIT", 0.0)
    return lambda *words, input="": app.test_cli_runner().invoke(args=words, input=input)


@pytest.fixture
def empty(app):
    """A portal on which nothing was done yet but the migrations."""
    with app.app_context():
        for table in reversed(db.metadata.sorted_tables):
            if table.name == "customers":
                continue
            db.session.execute(table.delete())
        db.session.query(Customer).delete()
        db.session.commit()
    return app


def test_a_password_is_set_and_the_account_opened(app, run):
    result = run("set-password", "Dot", input="otter piano lantern cloud\nmore\n")
    assert (result.exit_code, result.output) == (0, "dot can sign in now\n")
    Browser(app).sign_in("dot", NEW)


def test_only_the_length_counts_for_operators(app, run):
    assert run("set-password", "ada", input="portal-demo-2026\n").exit_code == 0
    browser = Browser(app).sign_in("ada")
    assert "password of the demo" in browser.get("/profile")


def test_setting_a_password_ends_sessions_and_links(app, as_, run):
    browser = as_("uma")
    form = Browser(app).get("/password/forgot").forms[0]
    form["username"] = "uma"
    form.submit()
    (link,) = links_in(deliver(app)[0])
    run("set-password", "uma", input=NEW)
    browser.get("/profile", status=302)
    Browser(app).get(link, status=410)


@pytest.mark.parametrize(
    ("name", "password", "says"),
    [("nobody", NEW, "there is no account 'nobody'"), ("ada", "short", "at least 15"), ("ada", "", "at least 15")],
)
def test_what_cannot_be_set_is_said(run, name, password, says):
    result = run("set-password", name, input=password + "\n")
    assert result.exit_code == 1
    assert says in result.output


def test_the_first_person_of_an_empty_portal_is_invited(empty, run):
    result = run("staff", "invite", "root@provider.example", "--name", "Rosa Root", "--role", "admin")
    assert result.exit_code == 0, result.output
    assert "Rosa Root is invited as admin." in result.output
    assert "waits for the worker" in result.output
    (message,) = deliver(empty)
    (link,) = links_in(message)
    assert link.rpartition("/")[2] not in result.output
    assert "has invited you" in text_of(message)
    browser = Browser(empty)
    form = browser.get(link).forms["choose"]
    form["password"] = form["repeat"] = NEW
    form.submit(status=302)
    assert "Rosa Root" in browser.get("/profile")
    with empty.app_context():
        rosa = db.session.query(User).one()
        assert (rosa.customer_id, rosa.portal_role, rosa.role_ids) == ("provider", None, {"admin"})
        assert {role.id for role in db.session.query(Role)} == {"admin", "user", "guest"}


def test_inviting_once_more_sends_a_new_link(app, run):
    for _ in range(2):
        assert run("staff", "invite", "kim@provider.example", "--name", "Kim", "--role", "guest").exit_code == 0
    with app.app_context():
        assert db.session.query(User).filter_by(email_key="kim@provider.example").count() == 1
        assert db.session.query(Token).count() == 1


@pytest.mark.parametrize(
    ("email", "role", "says"),
    [
        ("pat.lindner@provider.example", "admin", "Pat Lindner is on the staff already."),
        ("kim@provider.example", "boss", "there is no such role; there are admin, guest, user"),
        ("nobody", "admin", "not one that mail can be sent to"),
    ],
)
def test_an_invitation_that_cannot_be_is_said(app, run, email, role, says):
    result = run("staff", "invite", email, "--name", "Kim", "--role", role)
    assert result.exit_code == 1
    assert says in result.output
    assert deliver(app) == []
