"""A customer made by hand, through the pages alone: from its ID to people whose rights hold."""

from __future__ import annotations

from tests import post as mailbox
from tests.browser import Browser
from tests.people.helpers import id_of, look
from tests.provider.helpers import post, send

PASSWORD = "seven quiet herons at dawn"
DELTA = "/provider/customers/delta"


def accept(app, address):
    """Choose a password by the mailed invitation and return the browser, signed in."""
    browser = Browser(app)
    form = browser.get(mailbox.links_in(mailbox.to(mailbox.deliver(app), address)[-1])[0]).forms["choose"]
    form["password"] = form["repeat"] = PASSWORD
    form.submit(status=302)
    return browser


def invite(browser, name, email, role, rights):
    page = browser.get("/users/new")
    form = next(form for form in page.forms.values() if "email" in form.fields)
    form["name"], form["email"], form["role"] = name, email, role
    form["rights"] = rights
    form.submit(status=302)


def test_a_customer_its_subscription_and_people_made_by_hand(app, as_):
    pat = as_("pat")
    send(pat, "/provider/customers/new", "customer", 302, id="delta", name="Delta Oy")
    send(pat, f"{DELTA}/subscriptions/new", "subscription", 302, edition="cce", services="3000", support="advanced")
    send(pat, f"{DELTA}/invitation", "invitation", 302, name="Dora Delta", email="dora@delta.example")

    dora = accept(app, "dora@delta.example")
    assert look(app, "dora@delta.example")["role"] == "super_user"
    assert look(app, "dora@delta.example")["rights"] == {"download_license", "request_support"}
    assert "Delta Oy" in dora.get("/")
    for username in ("ada", "alan", "uma"):
        as_(username).get(f"/users/{id_of(app, 'dora@delta.example')}", status=404)

    invite(dora, "Dan Delta", "dan@delta.example", "admin", ["request_support"])
    dan = accept(app, "dan@delta.example")
    invite(dan, "Una Delta", "una@delta.example", "user", ["download_license", "request_support"])
    una = accept(app, "una@delta.example")

    dora_id, dan_id, una_id = (id_of(app, f"{name}@delta.example") for name in ("dora", "dan", "una"))
    assert dora.get(f"/users/{dan_id}").html.h1.text == "Dan Delta"
    for path in ("/users/", f"/users/{dan_id}", "/documents/invoices/", "/history/", "/provider/"):
        una.get(path, status=404)
    for path in ("/users/", f"/users/{dora_id}", "/documents/invoices/", "/history/"):
        dan.get(path)
    una.get("/documents/subscriptions/")
    dan.get(f"/users/{una_id}/edit")
    dan.get(f"/users/{dora_id}/edit", status=403)
    post(dan, f"/users/{dora_id}/disablement", 403)
    post(dan, "/users/new", 403, name="Eve", email="eve@delta.example", role="admin")
    post(una, f"/users/{dan_id}/disablement", 404)

    post(dora, f"/users/{una_id}/disablement", 302)
    assert "/login" in una.get("/", status=302).location
    post(dora, f"/users/{una_id}/enablement", 302)

    subscription = pat.get(f"{DELTA}/subscriptions/").html.find("a", string="Change")["href"]
    send(pat, subscription, "subscription", 302, support="")
    assert "Request Support" not in dora.get("/users/new")
    post(dora, "/users/new", 403, name="Eve", email="eve@delta.example", role="user", rights="request_support")
    assert look(app, "una@delta.example")["rights"] == {"download_license", "request_support"}

    request = send(
        pat, "/provider/requests/new", "request", 302, customer="delta", nominee=dan_id, way="call",
        asked_by="Dora Delta", reason="I am leaving.",
    ).location  # fmt: skip
    send(pat, request.removeprefix("http://localhost"), "approval", 302, old_becomes="disabled")
    assert look(app, "dan@delta.example")["role"] == "super_user"
    assert look(app, "dora@delta.example")["state"] == "disabled"
    assert "/login" in dora.get("/", status=302).location
