"""The first super user: invited by mail or appointed, as long as nobody has ever signed in as such."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from portal.accounts.users import User
from portal.database import db
from tests import post as mailbox
from tests.browser import Browser
from tests.people.helpers import id_of, look, make
from tests.provider.helpers import make_customer, post, send

INVITATION = "/provider/customers/delta/invitation"


@pytest.fixture
def ada_is_new(app):
    """Ada, who was never there yet."""
    with app.app_context():
        db.session.execute(update(User).where(User.username == "ada").values(last_sign_in_at=None))
        db.session.commit()
        db.session.remove()


@pytest.fixture
def delta(app):
    make_customer(app, "delta", "Delta Oy")


def test_the_invitation_offers_all_rights_ticked_and_reaches_the_person(app, as_, delta):
    form = as_("pat").get(INVITATION).forms["invitation"]
    assert [box.checked for box in form.fields["rights"]] == [True]
    form["name"], form["email"] = "Dora Delta", "dora@delta.example"
    page = form.submit(status=302).follow()
    assert "Dora Delta" in page
    assert "Invited" in page
    message = mailbox.to(mailbox.deliver(app), "dora@delta.example")[0]
    Browser(app).get(mailbox.links_in(message)[0])
    assert look(app, "dora@delta.example")["rights"] == {"download_license"}


def test_support_is_offered_where_a_subscription_includes_it(as_, ada_is_new):
    rights = as_("pat").get("/provider/customers/acme/invitation", status=200)
    assert "Ada Arnold is the super user but has never signed in" in rights
    values = {box._value for box in rights.forms["invitation"].fields["rights"]}
    assert values == {"download_license", "request_support"}


def test_a_right_that_is_not_offered_is_forged(as_, delta):
    post(as_("pat"), INVITATION, 403, name="Dora", email="dora@delta.example", rights="request_support")


@pytest.mark.parametrize(
    ("fields", "field", "sentence"),
    [
        ({"name": ""}, "name", "A person needs a name."),
        ({"email": ""}, "email", "An invitation needs an e-mail address."),
        ({"email": "dora at delta"}, "email", "no e-mail address"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(as_, delta, fields, field, sentence):
    page = send(as_("pat"), INVITATION, "invitation", 422, **{"name": "Dora", "email": "dora@delta.example", **fields})
    assert sentence in page.html.select_one(f"#{field}-error").text


def test_once_the_super_user_has_signed_in_only_a_request_changes_it(as_):
    page = as_("pat").get("/provider/customers/acme/invitation")
    assert "Only a request changes that now" in page
    assert "invitation" not in page.forms
    post(as_("pat"), "/provider/customers/acme/invitation", 409, name="Eve", email="eve@acme.example")


def test_staff_appoint_an_active_person_and_the_one_who_never_signed_in_steps_back(app, as_, ada_is_new):
    uma = id_of(app, "uma")
    send(as_("pat"), "/provider/customers/acme/invitation", "appointment", 302, nominee=uma)
    assert look(app, "uma")["role"] == "super_user"
    assert look(app, "ada")["role"] == "user"
    assert look(app, "uma")["rights"] == {"download_license", "request_support"}


@pytest.mark.parametrize("who", ["dot", "bob", "nobody", "invited", ""])
def test_only_an_active_person_of_that_company_can_be_appointed(app, as_, ada_is_new, who):
    make(app, "invited", invited=True)
    nominee = who if who in ("nobody", "") else id_of(app, who)
    page = send(as_("pat"), "/provider/customers/acme/invitation", "appointment", 422, nominee=nominee)
    assert page.html.select_one("#nominee-error")
    assert look(app, "ada")["role"] == "super_user"


def test_a_cancelled_invitation_frees_the_place(app, as_, delta):
    send(as_("pat"), INVITATION, "invitation", 302, name="Dora Delta", email="dora@delta.example")
    dora = id_of(app, "dora@delta.example")
    post(as_("pat"), f"/provider/customers/delta/people/{dora}/invitation/cancellation", 302)
    assert "Invite its super user" in as_("pat").get("/provider/customers/delta")
    send(as_("pat"), INVITATION, "invitation", 302, name="Dirk Delta", email="dirk@delta.example")
    assert look(app, "dirk@delta.example")["role"] == "super_user"
