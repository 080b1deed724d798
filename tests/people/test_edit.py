"""Editing: lost updates are told of, addresses are confirmed first, the person hears of it."""

from __future__ import annotations

import uuid

import pytest
from sqlalchemy import select

from portal.accounts.session_rows import SessionRow
from portal.accounts.tokens import Purpose, Token
from portal.accounts.users import User
from portal.database import db
from portal.mail import Mail
from tests.people.helpers import form_at, id_of, look


def mails(app, username: str) -> list[tuple[str, str]]:
    with app.app_context():
        found = db.session.execute(select(Mail.template, Mail.recipient).order_by(Mail.id)).all()
        db.session.remove()
    return [tuple(row) for row in found if username in row[1]]


def test_the_second_of_two_editors_sees_both_versions_and_may_save_again(app, as_):
    id = id_of(app, "ugo")
    first, second = (form_at(as_(who).get(f"/users/{id}/edit")) for who in ("ada", "alan"))
    first["name"] = "Ugo by Ada"
    first.set("rights", True, index=0)
    first.submit(status=302)
    second["name"] = "Ugo by Alan"
    page = second.submit(status=409)
    table = " ".join(page.html.select_one("table.compare").get_text(" ").split())
    assert "Name Differs Ugo by Alan Ugo by Ada" in table
    assert "Download & License Checkmk Differs No Yes" in table
    assert "Request Support No No" in table
    assert "Ada Arnold changed the name of Ugo by Ada" in page
    assert look(app, "ugo")["name"] == "Ugo by Ada"
    again = form_at(page)
    assert again["name"].value == "Ugo by Alan"
    again.submit(status=302)
    assert look(app, "ugo") | {"name": "Ugo by Alan", "rights": set()} == look(app, "ugo")


def test_rights_alone_make_another_form_stale(app, as_):
    id = id_of(app, "ugo")
    first, second = (form_at(as_(who).get(f"/users/{id}/edit")) for who in ("ada", "alan"))
    first.set("rights", True, index=1)
    first.submit(status=302)
    second["name"] = "Ugo Else"
    second.submit(status=409)
    assert look(app, "ugo")["rights"] == {"request_support"}


def test_signing_in_makes_no_form_stale(app, as_):
    form = form_at(as_("ada").get(f"/users/{id_of(app, 'ugo')}/edit"))
    as_("ugo")
    form["name"] = "Ugo Signed In"
    form.submit(status=302)
    assert look(app, "ugo")["name"] == "Ugo Signed In"


def test_a_form_on_somebody_deleted_meanwhile_is_a_404(app, as_):
    id = id_of(app, "ugo")
    form = form_at(as_("alan").get(f"/users/{id}/edit"))
    form_at(as_("ada").get(f"/users/{id}"), f"/users/{id}/deletion").submit(status=302)
    form.submit(status=404)


def test_a_form_on_somebody_promoted_meanwhile_is_a_403(app, as_):
    id = id_of(app, "ugo")
    late = form_at(as_("alan").get(f"/users/{id}/edit"))
    form = form_at(as_("ada").get(f"/users/{id}/edit"))
    form["role"] = "admin"
    form.submit(status=302)
    late.submit(status=403)


def test_a_new_address_counts_once_it_is_confirmed_and_signs_out(app, as_, browser):
    uma, id = as_("uma"), id_of(app, "uma")
    form = form_at(as_("ada").get(f"/users/{id}/edit"))
    form["email"] = "uma@new.example"
    page = form.submit(status=302).follow()
    assert "Mail goes to uma.dietrich@acme.example until uma@new.example is confirmed." in page
    assert "Waits to be confirmed" in page
    assert look(app, "uma")["email"] == "uma.dietrich@acme.example"
    assert "/login" in uma.get("/profile", status=302).location
    assert ("email_verification", "uma@new.example") in mails(app, "uma")
    assert ("email_announcement", "uma.dietrich@acme.example") in mails(app, "uma")
    assert "uma@new.example" not in as_("ada").get("/history/")
    with app.app_context():
        token = db.session.scalar(select(Token).where(Token.purpose == Purpose.EMAIL))
        assert token.email == "uma@new.example"
        db.session.remove()


@pytest.mark.parametrize("name", ["Uma Neumann", "Uma  Neumann "])
def test_a_new_name_alone_signs_nobody_out(app, as_, name):
    as_("uma")
    form = form_at(as_("ada").get(f"/users/{id_of(app, 'uma')}/edit"))
    form["name"] = name
    form.submit(status=302)
    assert look(app, "uma")["name"] == "Uma Neumann"
    as_("uma").get("/profile")


def test_a_taken_address_is_refused_beside_its_field(app, as_):
    form = form_at(as_("ada").get(f"/users/{id_of(app, 'uma')}/edit"))
    form["email"], form["name"] = "UGO.evans@acme.example", "Kept"
    page = form.submit(status=422)
    assert "Somebody here already has this e-mail address." in page.html.select_one("#email-error").text
    assert page.html.select_one("#name")["value"] == "Kept"
    assert look(app, "uma")["name"] == "Uma Dietrich"


def test_the_person_hears_of_every_deed(app, as_):
    id, ada = id_of(app, "uma"), as_("ada")
    form = form_at(ada.get(f"/users/{id}/edit"))
    form["role"] = "admin"
    form.set("rights", False, index=0)
    form.submit(status=302)
    form_at(ada.get(f"/users/{id}"), f"/users/{id}/disablement").submit(status=302)
    form_at(ada.get(f"/users/{id}"), f"/users/{id}/enablement").submit(status=302)
    form_at(ada.get(f"/users/{id}"), f"/users/{id}/deletion").submit(status=302)
    told = {template for template, _to in mails(app, "uma.dietrich")}
    assert told == {"role_changed", "rights_changed", "account_disabled", "account_enabled", "account_deleted"}
    with app.app_context():
        assert not db.session.scalars(select(SessionRow).where(SessionRow.user_id == uuid.UUID(id))).all()
        db.session.remove()


def test_the_page_of_a_person_takes_a_fixed_number_of_statements(app, as_, statements):
    id, ada = id_of(app, "uma"), as_("ada")
    statements.clear()
    ada.get(f"/users/{id}")
    assert len(statements) == 5


def test_who_never_had_an_address_gets_rights_without_one(app, as_):
    """A machine account needs no e-mail address."""
    with app.app_context():
        user = db.session.get_one(User, uuid.UUID(id_of(app, "ugo")))
        user.email = user.email_key = ""
        db.session.commit()
        db.session.remove()
    page = f"/provider/customers/acme/people/{id_of(app, 'ugo')}/edit"
    form = as_("pat").get(page).forms["person"]
    form.set("rights", True, index=0)
    form.submit(status=302)
    assert look(app, "ugo")["rights"] == {"download_license"}


def test_oneself_is_sent_to_the_profile(app, as_):
    id = id_of(app, "ada")
    page = as_("ada").get(f"/users/{id}")
    assert page.html.select_one('main a[href="/profile"]').text == "Change your own data"
    assert as_("ada").get(f"/users/{id}/edit", status=302).location.endswith("/profile")
