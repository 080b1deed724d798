"""A customer's people in the hands of staff: everything but making a super user, and all of it on record."""

from __future__ import annotations

import pytest

from tests import post as mailbox
from tests.browser import Browser
from tests.people.helpers import id_of, look, make
from tests.provider.helpers import make_colleague, make_role, post, send

PEOPLE = "/provider/customers/acme/people/"


def person(app, username, customer="acme"):
    return f"/provider/customers/{customer}/people/{id_of(app, username)}"


def test_the_list_shows_everybody_and_filters(as_, statements):
    page = as_("pat").get(PEOPLE)
    assert len(page.html.select("tbody tr")) == 6
    assert [a.text for a in as_("pat").get(f"{PEOPLE}?role=admin&q=al").html.select(".main a")] == ["Alan Becker"]
    assert "Nobody found" in as_("pat").get(f"{PEOPLE}?state=invited")
    statements.clear()
    as_("pat").get(PEOPLE)
    assert len(statements) == 4


def test_rights_of_every_role_are_edited_on_record(app, as_):
    for username in ("ada", "alan", "ugo"):
        page = send(as_("pat"), f"{person(app, username)}/edit", "person", 302, rights=["download_license"])
        assert page.follow().html.h1.text
        assert look(app, username)["rights"] == {"download_license"}
    history = as_("pat").get("/provider/customers/acme/history/")
    assert "took the right Request Support from Ada Arnold" in history
    assert "Pat Lindner (provider)" in as_("ada").get("/history/")


def test_staff_give_roles_but_never_super_user(app, as_):
    form = as_("pat").get(f"{person(app, 'ugo')}/edit").forms["person"]
    assert [option[0] for option in form["role"].options] == ["admin", "user"]
    send(as_("pat"), f"{person(app, 'ugo')}/edit", "person", 302, role="admin")
    assert look(app, "ugo")["role"] == "admin"
    assert "role" not in as_("pat").get(f"{person(app, 'ada')}/edit").forms["person"].fields
    version = as_("pat").get(f"{person(app, 'uma')}/edit").forms["person"]["version"].value
    post(
        as_("pat"), f"{person(app, 'uma')}/edit", 403, name="Uma Dietrich", email="uma.dietrich@acme.example",
        role="super_user", version=version,
    )  # fmt: skip


def test_the_super_user_is_disabled_but_stays_and_is_never_deleted_or_moved(app, as_):
    ada, browser = person(app, "ada"), as_("ada")
    post(as_("pat"), f"{ada}/disablement", 302)
    assert "/login" in browser.get("/", status=302).location
    assert (look(app, "ada")["role"], look(app, "ada")["state"]) == ("super_user", "disabled")
    page = as_("pat").get(ada)
    assert "Delete Ada" not in page
    assert "move" not in page.forms
    post(as_("pat"), f"{ada}/deletion", 403)
    post(as_("pat"), f"{ada}/move", 403, customer="beta")
    post(as_("pat"), f"{ada}/enablement", 302)
    assert look(app, "ada")["state"] == "active"


def test_a_person_moves_as_a_user_without_rights(app, as_):
    alan = as_("alan")
    page = send(as_("pat"), person(app, "alan"), "move", 302, customer="beta").follow()
    assert "Alan Becker belongs to Beta AG now." in page
    assert look(app, "alan") | {"email": ""} == {
        "name": "Alan Becker", "email": "", "role": "user", "state": "active", "rights": set(), "customer": "beta",
    }  # fmt: skip
    assert "/login" in alan.get("/", status=302).location
    for customer in ("acme", "beta"):
        assert "moved Alan Becker" in as_("pat").get(f"/provider/customers/{customer}/history/")


@pytest.mark.parametrize("target", ["nobody", "provider", "acme", ""])
def test_a_person_moves_only_to_another_customer(app, as_, target):
    page = send(as_("pat"), person(app, "uma"), "move", 422, customer=target)
    assert page.html.select_one("#customer-error")
    assert look(app, "uma")["customer"] == "acme"


def test_an_address_that_is_taken_there_stops_the_move(app, as_):
    make(app, "uma2", customer="beta", name="Uma Second")
    with app.app_context():
        from sqlalchemy import update

        from portal.accounts.users import User
        from portal.database import db

        address = {"email": "uma.dietrich@acme.example", "email_key": "uma.dietrich@acme.example"}
        db.session.execute(update(User).where(User.username == "uma2").values(**address))
        db.session.commit()
        db.session.remove()
    assert "Somebody there already has" in send(as_("pat"), person(app, "uma"), "move", 422, customer="beta")


def test_staff_invite_resend_and_cancel(app, as_):
    page = send(
        as_("pat"), f"{PEOPLE}new", "person", 302, name="Nina Faber", email="nina@acme.example", role="user",
        rights=["request_support"],
    ).follow()  # fmt: skip
    assert "expires in" in page.html.select_one("#invitation").text
    nina = person(app, "nina@acme.example")
    first = mailbox.links_in(mailbox.to(mailbox.deliver(app), "nina@acme.example")[0])[0]
    post(as_("pat"), f"{nina}/invitation", 302)
    Browser(app).get(first, status=410)
    post(as_("pat"), f"{nina}/invitation/cancellation", 302)
    as_("pat").get(nina, status=404)


def test_deleting_leaves_the_name_in_history(app, as_):
    post(as_("pat"), f"{person(app, 'ugo')}/deletion", 302)
    assert "Ugo Evans" not in as_("pat").get(PEOPLE).html.select_one("table").text
    assert "deleted Ugo Evans" in as_("pat").get("/provider/customers/acme/history/")


def test_a_taken_address_is_told_beside_its_field(as_):
    page = send(
        as_("pat"), f"{PEOPLE}new", "person", 422, name="Uma Two", email="UMA.dietrich@acme.example", role="user"
    )
    assert "already has this e-mail address" in page.html.select_one("#email-error").text
    assert page.forms["person"]["name"].value == "Uma Two"


def test_support_is_neither_offered_nor_lost_where_it_sleeps(app, as_):
    form = as_("pat").get(f"{person(app, 'gus', 'gamma')}/edit").forms["person"]
    assert [box._value for box in form.fields["rights"]] == ["download_license"]
    form.submit(status=302)
    assert look(app, "gus")["rights"] == {"download_license", "request_support"}
    assert "Yes, asleep" in as_("pat").get(person(app, "gus", "gamma"))


def test_the_second_of_two_editors_sees_both_versions(app, as_):
    address = f"{person(app, 'uma')}/edit"
    late = Browser(app).sign_in("pat").get(address).forms["person"]
    send(as_("pat"), address, "person", 302, rights=[])
    late["name"] = "Uma Drechsler"
    page = late.submit(status=409)
    assert "Somebody else changed this meanwhile" in page
    assert look(app, "uma")["name"] == "Uma Dietrich"


def test_a_person_is_found_only_under_their_own_customer(app, as_):
    bob = id_of(app, "bob")
    as_("pat").get(f"{PEOPLE}{bob}", status=404)
    post(as_("pat"), f"{PEOPLE}{bob}/disablement", 404)
    as_("pat").get(f"{PEOPLE}{id_of(app, 'pat')}", status=404)


def test_who_decides_super_users_may_resend_their_invitation_and_nothing_else(app, as_):
    make_role(app, "decider", "guest", customers__super_user=True)
    make_colleague(app, "dee", "decider")
    from tests.provider.helpers import make_customer

    make_customer(app, "delta")
    send(as_("dee"), "/provider/customers/delta/invitation", "invitation", 302, name="Dora", email="dora@delta.example")
    post(as_("dee"), f"{person(app, 'dora@delta.example', 'delta')}/invitation", 302)
    post(as_("dee"), f"{person(app, 'uma')}/disablement", 403)
    as_("dee").get(f"{PEOPLE}new", status=403)
