"""A Global user works in the provider's door as before: sign-in, staff, history, mails, waiting, decisions."""

from __future__ import annotations

from tests import post as mailbox
from tests.browser import Browser
from tests.cast import PASSWORD
from tests.people.helpers import forge, form_at, id_of, look
from tests.provider.helpers import make_colleague, post, send
from tests.setup.people import make_global


def test_global_staff_sign_in_and_see_all_of_the_providers_door(app, as_):
    make_global(app, "pat")
    page = as_("pat").get("/provider/customers/")
    assert "Acme" in page
    assert page.html.select_one(".person .company").text == "Global"
    for path in ("/provider/", "/provider/history/", "/provider/support/tickets/", "/provider/mail/", "/profile"):
        as_("pat").get(path)
    for path in ("/users/", "/documents/invoices/", "/monitoring/"):
        as_("pat").get(path, status=404)


def test_a_global_guest_reads_and_changes_nothing(app, as_):
    make_global(app, "gil")
    as_("gil").get("/provider/customers/")
    as_("gil").get("/provider/customers/new", status=403)


def test_global_staff_stand_in_the_list_of_staff_and_are_managed_there(app, as_):
    make_global(app, "gil")
    assert "Gil Moreau" in as_("pat").get("/provider/staff/")
    page = f"/provider/staff/{id_of(app, 'gil')}"
    send(as_("pat"), page, "roles-form", 302, roles=["guest", "user"])
    post(as_("pat"), f"{page}/disablement", 302)
    assert "Disabled" in as_("pat").get("/provider/staff/")


def test_the_last_who_manages_staff_may_be_global(app, as_):
    make_global(app, "pat")
    make_colleague(app, "max", "admin")
    post(as_("pat"), f"/provider/staff/{id_of(app, 'max')}/disablement", 302)
    assert "Max" in as_("pat").get("/provider/staff/")


def test_history_marks_a_global_colleague_as_the_providers(app, as_):
    make_global(app, "pat")
    post(as_("pat"), f"/provider/customers/acme/people/{id_of(app, 'ugo')}/disablement", 302)
    assert "Pat Lindner (provider) disabled Ugo" in as_("ada").get("/history/")
    assert "Pat Lindner (you) disabled Ugo" in as_("pat").get("/provider/history/")


def test_the_history_of_all_tells_of_global_users_too(app, as_):
    make_global(app, "gil")
    post(as_("pat"), f"/provider/staff/{id_of(app, 'gil')}/disablement", 302)
    page = as_("pat").get("/provider/history/")
    assert "Pat Lindner (you) disabled Gil Moreau" in page
    assert "made Gil Moreau Global" in page


def test_a_request_says_that_the_provider_decided_it(app, as_):
    make_global(app, "pat")
    form = form_at(as_("ada").get("/super-user-requests/new"))
    form["nominee"], form["reason"] = id_of(app, "alan"), "Ada leaves us"
    page = form.submit(status=302).follow()
    request = page.request.path.rsplit("/", 1)[-1]
    post(as_("pat"), f"/provider/requests/{request}/refusal", 302, reason="Not yet")
    assert "Pat Lindner (provider)" in as_("ada").get(f"/super-user-requests/{request}")


def test_mails_to_global_people_are_written_and_shown(app, as_):
    make_global(app, "gil")
    post(as_("pat"), f"/provider/staff/{id_of(app, 'gil')}/disablement", 302)
    post(as_("pat"), f"/provider/staff/{id_of(app, 'gil')}/enablement", 302)
    subjects = [mail["subject"] for mail in mailbox.to(mailbox.deliver(app), look(app, "gil")["email"])]
    assert subjects == ["Your account is Global now", "Your account was disabled", "Your account was enabled"]
    page = as_("pat").get("/provider/mail/")
    page.click("Your account was enabled")


def test_a_forgotten_password_and_a_new_address_work_for_global_people(app, as_):
    make_global(app, "pat")
    form = Browser(app).get("/password/forgot").forms[0]
    form["username"] = "pat"
    form.submit()
    mails = mailbox.to(mailbox.deliver(app), look(app, "pat")["email"])
    assert any("/password/reset/" in link for mail in mails for link in mailbox.links_in(mail))
    send(as_("pat"), "/profile", "profile", 302, email="new@provider.example")
    (mail,) = mailbox.to(mailbox.deliver(app), "new@provider.example")
    (link,) = [link for link in mailbox.links_in(mail) if "/email/" in link]
    forge(as_("pat"), link, 302)
    assert "new@provider.example" in as_("pat").get("/profile")


def test_an_invitation_of_a_global_colleague_waits_and_is_accepted(app, as_):
    fields = {"name": "Pia Quast", "email": "pia@provider.example", "roles": ["guest"]}
    send(as_("pat"), "/provider/staff/new", "colleague", 302, **fields)
    make_global(app, "pia@provider.example")
    post(as_("pat"), f"/provider/staff/{id_of(app, 'pia@provider.example')}/invitation", 302)
    link = mailbox.links_in(mailbox.to(mailbox.deliver(app), "pia@provider.example")[-1])[0]
    own = "seven quiet boats upon a river"
    form = Browser(app).get(link).forms[0]
    form["password"] = form["repeat"] = own
    form.submit(status=302)
    Browser(app).sign_in("pia@provider.example", own).get("/provider/customers/")


def test_the_door_of_the_demo_names_global_people(app):
    make_global(app, "pat")
    assert "pat" in Browser(app).get("/login")
    Browser(app).sign_in("pat", PASSWORD)
