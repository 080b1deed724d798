"""Invitations: created by mail, listed while they wait, sent again, taken back; one or many."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from portal.access.rights import PortalRole
from portal.accounts.tokens import Token
from portal.accounts.users import User
from portal.database import db, now
from portal.mail import Mail
from portal.seals import unseal
from tests.people.helpers import forge, form_at, id_of, look, make, row_of

NINA = {"name": "Nina Faber", "email": "nina.faber@acme.example", "role": "user"}


def invite(browser, **changes):
    form = form_at(browser.get("/users/new"))
    for field, value in {**NINA, **changes}.items():
        form[field] = value
    return form


def mails(app, template: str) -> list[str]:
    with app.app_context():
        found = list(db.session.scalars(select(Mail.recipient).where(Mail.template == template).order_by(Mail.id)))
        db.session.remove()
    return found


def links(app) -> list[str]:
    """Return the addresses of the invitation mails, as they are sent."""
    with app.app_context():
        sealed = db.session.scalars(select(Mail.sealed).where(Mail.template == "invitation").order_by(Mail.id)).all()
        found = [re.search(r"/invitation/[\w-]+", unseal(text))[0] for text in sealed]
        db.session.remove()
    return found


def test_an_invitation_goes_out_waits_in_the_list_and_opens_an_account(app, as_, browser):
    form = invite(as_("alan"))
    form.set("rights", True, index=1)
    page = form.submit(status=302).follow()
    assert "The invitation to Nina Faber is on its way." in page
    assert "Alan Becker (you) added Nina Faber as User with Request Support" in page
    assert mails(app, "invitation") == ["nina.faber@acme.example"]
    row = row_of(as_("ada").get("/users/?state=invited"), "Nina Faber")
    assert "Invited expires in 5 days" in row
    assert "Resend" in row
    assert "Cancel" in row
    door = browser.get(links(app)[0])
    assert door.status_int in (200, 302)


def test_who_was_invited_is_active_after_choosing_a_password(app, as_, browser):
    invite(as_("ada")).submit(status=302)
    page = browser.get(links(app)[0])
    form = next(form for form in page.forms.values() if "password" in form.fields)
    form["password"] = "seven green kettles sing"
    for again in ("password_again", "repeat", "confirmation"):
        if again in form.fields:
            form[again] = "seven green kettles sing"
    form.submit(status=302)
    assert look(app, "nina.faber@acme.example")["state"] == "active"
    assert "Invited" not in row_of(as_("ada").get("/users/"), "Nina Faber")


def test_a_resent_invitation_makes_the_first_link_worthless(app, as_):
    page = invite(as_("ada")).submit(status=302).follow()
    id = id_of(app, "nina.faber@acme.example")
    form_at(page, f"/users/{id}/invitation").submit(status=302)
    with app.app_context():
        assert len(db.session.scalars(select(Token).where(Token.used_at.is_(None))).all()) == 1
        db.session.remove()
    assert len(set(links(app))) == 2


def test_an_expired_invitation_says_so_and_can_be_sent_again(app, as_):
    invite(as_("ada")).submit(status=302)
    with app.app_context():
        db.session.execute(update(Token).values(expires_at=now() - timedelta(hours=1)))
        db.session.commit()
        db.session.remove()
    page = as_("ada").get("/users/")
    assert "Invited expired" in row_of(page, "Nina Faber")
    form = form_at(page, f"/users/{id_of(app, 'nina.faber@acme.example')}/invitation")
    assert "on its way" in form.submit(status=302).follow()
    assert "expires in 5 days" in row_of(as_("ada").get("/users/"), "Nina Faber")


def test_a_cancelled_invitation_is_gone_and_the_address_free(app, as_, browser):
    page = invite(as_("ada")).submit(status=302).follow()
    id = id_of(app, "nina.faber@acme.example")
    assert "The link stops working" in page
    form_at(page, f"/users/{id}/invitation/cancellation").submit(status=302)
    as_("ada").get("/users/")
    assert "Nobody found" in as_("ada").get("/users/?q=nina")
    assert "Ada Arnold (you) cancelled the invitation of Nina Faber" in as_("ada").get("/history/")
    assert as_("ada").get(f"/users/{id}", status=404)
    with app.app_context():
        assert not db.session.scalars(select(Token).where(Token.used_at.is_(None))).all()
        db.session.remove()
    invite(as_("ada")).submit(status=302)


def test_only_whoever_may_create_the_role_resends_and_cancels(app, as_):
    make(app, "nat", role=PortalRole.ADMIN, invited=True)
    id = id_of(app, "nat")
    page = as_("alan").get(f"/users/{id}")
    for deed in ("invitation", "invitation/cancellation"):
        assert f"/users/{id}/{deed}" not in page
        forge(as_("alan"), f"/users/{id}/{deed}", 403)
    forge(as_("ada"), f"/users/{id}/invitation", 302)
    forge(as_("ada"), f"/users/{id}/invitation/cancellation", 302)


def test_who_accepted_cannot_be_invited_again(app, as_):
    for deed in ("invitation", "invitation/cancellation"):
        assert "accepted the invitation already" in forge(as_("ada"), f"/users/{id_of(app, 'uma')}/{deed}", 409)


def test_an_address_that_a_colleague_has_is_refused_with_the_input_kept(app, as_):
    page = invite(as_("ada"), email="UMA.Dietrich@acme.example").submit(status=422)
    assert "Somebody here already has this e-mail address." in page
    assert page.html.select_one("#name")["value"] == "Nina Faber"
    assert mails(app, "invitation") == []


def test_the_same_address_at_another_company_is_another_account(app, as_):
    invite(as_("ada"), email="bob.jensen@beta.example").submit(status=302)
    invite(as_("bea")).submit(status=302)
    invite(as_("ada")).submit(status=302)
    with app.app_context():
        found = set(db.session.scalars(select(User.username).where(User.email == NINA["email"])))
        db.session.remove()
    assert found == {"nina.faber@acme.example", "nina.faber@acme.example@acme"}


def test_a_forged_customer_or_id_is_ignored(app, as_):
    forge(
        as_("ada"), "/users/new", 302, **NINA, customer_id="beta", customer="beta", id=id_of(app, "bob"), password="x"
    )
    assert look(app, "nina.faber@acme.example")["customer"] == "acme"
    assert look(app, "nina.faber@acme.example")["state"] == "invited"


def test_a_new_address_of_an_invited_person_gets_a_new_invitation(app, as_):
    invite(as_("ada")).submit(status=302)
    first = links(app)
    form = form_at(as_("ada").get(f"/users/{id_of(app, 'nina.faber@acme.example')}/edit"))
    form["email"] = "nina@acme.example"
    form.submit(status=302)
    assert mails(app, "invitation") == ["nina.faber@acme.example", "nina@acme.example"]
    as_("ada").app.test_client().get(first[0])
    with app.app_context():
        assert [token.email for token in db.session.scalars(select(Token).where(Token.used_at.is_(None)))] == [
            "nina@acme.example"
        ]
        db.session.remove()


MANY = 'Nina Faber <nina@acme.example>\n\n"Omar Zed" <omar@acme.example>\nPia Quist, pia@acme.example\n'


def test_many_are_invited_at_once(app, as_):
    form = form_at(as_("ada").get("/users/invite-many"))
    form["people"], form["role"] = MANY, "admin"
    form.set("rights", True, index=0)
    page = form.submit(status=302).follow()
    assert "3 invitations are on their way." in page
    assert row_of(page, "Pia Quist").startswith("Pia Quist pia@acme.example Admin Invited expires in 5 days ✓")
    assert sorted(mails(app, "invitation")) == ["nina@acme.example", "omar@acme.example", "pia@acme.example"]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("Quinn", "Write a name and an e-mail address"),
        ("Quinn <quinn>", "This is no e-mail address"),
        ("<quinn@acme.example>", "A person needs a name"),
        ("Uma Two <uma.dietrich@acme.example>", "Somebody here already has this e-mail address"),
        ("Nina Twice <NINA@acme.example>", "Somebody here already has this e-mail address"),
    ],
)
def test_one_line_that_does_not_hold_stops_all(app, as_, line, problem):
    form = form_at(as_("ada").get("/users/invite-many"))
    form["people"], form["role"] = MANY + line, "user"
    page = form.submit(status=422)
    assert "1 line does not hold, so nobody was invited" in page
    assert f"Line 5: {line}".replace("<", "&lt;").replace(">", "&gt;") in page
    assert problem in page
    assert page.html.select_one("#people").text.strip() == (MANY + line).strip()
    assert [badge.text for badge in page.html.select("table.list .badge")] == ["Holds"] * 3 + ["Does not hold"]
    assert mails(app, "invitation") == []
    assert "omar@acme.example" not in as_("ada").get("/users/")


def test_too_many_lines_are_refused_as_a_whole(app, as_):
    people = "\n".join(f"N{n} <n{n}@acme.example>" for n in range(201))
    assert "At most 200 people at once." in forge(as_("ada"), "/users/invite-many", 422, people=people, role="user")
    assert mails(app, "invitation") == []


def test_an_admin_invites_many_as_users_only(app, as_):
    forge(as_("alan"), "/users/invite-many", 403, people=MANY, role="admin")
    forge(as_("alan"), "/users/invite-many", 302, people=MANY, role="user")
    assert look(app, "nina@acme.example")["role"] == "user"
