"""The form of a user at its edges: guests, disabled ones, custom attributes at odds, secrets in files."""

from __future__ import annotations

from sqlalchemy import select

from portal.accounts import machines
from portal.accounts.users import User
from portal.database import db
from tests import post as mailbox
from tests.browser import Browser
from tests.people.helpers import id_of
from tests.provider.helpers import post, send

LIST, NEW = "/provider/access/users/", "/provider/access/users/new"


def edit_of(app, username):
    return f"{LIST}{id_of(app, username)}/edit"


def add(as_, status=302, **fields):
    fields = {"username": "nina", "name": "Nina Noor", "authentication": "none", **fields}
    return send(as_("pat"), NEW, "account", status, **fields)


def test_a_customers_guest_is_not_told_to_change_a_password_either(app, as_):
    values = {"customer": "acme", "portal_role": "user", "roles": ["guest"], "email": "nina@acme.example"}
    told = add(as_, 422, **values, must_change_password=True)
    assert "The roles do not let this person change a password." in told


def test_who_is_made_disabled_is_not_invited_whatever_is_chosen(app, as_):
    """Issue: a user can be created disabled and without a password, then nobody is invited."""
    page = add(as_, is_disabled=True, authentication="invitation", email="nina@provider.example").follow()
    assert "Nobody is invited as long as the account is disabled." in page
    assert mailbox.deliver(app) == []
    post(as_("pat"), f"{LIST}{id_of(app, 'nina')}/enablement", 302)
    post(as_("pat"), f"{LIST}{id_of(app, 'nina')}/invitation", 302)
    assert [mail["To"] for mail in mailbox.deliver(app)]


def test_both_versions_of_a_custom_attribute_are_told_too(app, as_):
    send(as_("pat"), "/provider/access/attributes/new", "attribute", 302, id="room", title="Room", topic="identity")
    page = edit_of(app, "gil")
    late = Browser(app).sign_in("pat").get(page).forms["account"]
    send(as_("pat"), page, "account", 302, attribute_room="4.17")
    late["attribute_room"] = "5.01"
    told = " ".join(late.submit(status=409).html.select_one(".compare").get_text(" ").split())
    assert "Room Differs 5.01 4.17" in told


def test_a_secret_in_a_file_stays_there_with_the_next_one_and_its_page_says_where(app, as_):
    """Section 8: a script on this machine reads the secret directly from the file system."""
    add(as_, 200, authentication="secret", as_file=True)
    assert "automation/nina.secret" in as_("pat").get(f"{LIST}{id_of(app, 'nina')}")
    send(as_("pat"), edit_of(app, "nina"), "account", 200, secret="another good one")
    with app.app_context():
        file = machines.path_of(db.session.scalar(select(User).where(User.username == "nina")))
        db.session.remove()
    assert file.read_text() == "another good one\n"
