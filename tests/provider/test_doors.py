"""Who may open what: all for the administrator, reading for the guest, a third role by its answers, nothing outside."""

from __future__ import annotations

import pytest

from tests.people.helpers import id_of
from tests.provider.helpers import make_colleague, make_role, post, send, subscriptions_of


@pytest.fixture
def addresses(app, as_):
    """The pages to read, the pages with forms, and the acts, as paths."""
    send(
        as_("pat"), "/provider/requests/new", "request", 302, customer="acme", nominee=id_of(app, "uma"),
        way="call", asked_by="Carl", reason="Ada left",
    )  # fmt: skip
    request = as_("pat").get("/provider/requests/").html.select_one("tbody a")["href"]
    mail = as_("pat").get("/provider/mail/").html.select_one("tbody a")["href"]
    uma, gil = id_of(app, "uma"), id_of(app, "gil")
    acme = "/provider/customers/acme"
    subscription = f"{acme}/subscriptions/{subscriptions_of(app, 'acme')[0][0]}"
    read = [
        "/provider/", "/provider/customers/", acme, f"{acme}/people/", f"{acme}/people/{uma}", f"{acme}/subscriptions/",
        f"{acme}/history/", "/provider/history/", "/provider/history.csv", f"{acme}/history.csv", "/provider/requests/",
        request, "/provider/mail/", mail, "/provider/staff/", f"/provider/staff/{gil}",
    ]  # fmt: skip
    forms = [
        "/provider/customers/new", f"{acme}/edit", f"{acme}/invitation", f"{acme}/people/new",
        f"{acme}/people/{uma}/edit", f"{acme}/subscriptions/new", f"{subscription}/edit", "/provider/requests/new",
        "/provider/staff/new",
    ]  # fmt: skip
    acts = [
        *forms, f"{acme}/archival", f"{acme}/restoration", f"{acme}/appointment", f"{subscription}/renewal",
        f"{subscription}/end", f"{request}/approval", f"{request}/refusal", f"{mail}/delivery",
        f"/provider/staff/{gil}/roles",
        *(f"{acme}/people/{uma}/{act}" for act in
          ("disablement", "enablement", "deletion", "invitation", "invitation/cancellation", "move")),
        *(f"/provider/staff/{gil}/{act}" for act in
          ("disablement", "enablement", "invitation", "invitation/cancellation")),
    ]  # fmt: skip
    return {"read": read, "forms": forms, "acts": acts}


def test_the_guest_reads_all_and_changes_nothing(as_, addresses):
    for address in addresses["read"]:
        page = as_("gil").get(address)
        if page.content_type == "text/html":
            changing = [form["action"] for form in page.html.select("main form[method=post]")]
            assert not changing, f"{address} draws {changing} for the guest"
            assert not page.html.select("main .head .acts .button"), address
    for address in addresses["forms"]:
        as_("gil").get(address, status=403)
    for address in addresses["acts"]:
        post(as_("gil"), address, 403)


def test_customers_people_find_nothing_there(as_, addresses):
    for address in addresses["read"] + addresses["forms"]:
        for username in ("ada", "uma"):
            as_(username).get(address, status=404)
    for address in addresses["acts"]:
        post(as_("ada"), address, 404)


def test_strangers_are_asked_to_sign_in(browser, addresses):
    for address in addresses["read"]:
        assert "/login" in browser.get(address, status=302).location


def test_pages_and_buttons_follow_a_third_role(app, as_, addresses):
    make_role(app, "sales", "guest", customers__subscriptions=True, access__read=False, audit__read=False)
    make_colleague(app, "sue", "sales")
    sue, acme = as_("sue"), "/provider/customers/acme"
    menu = [link.text for link in sue.get("/provider/").html.select("nav.side li a")]
    assert "Customers" in menu
    assert "Staff" not in menu
    assert "History" not in menu
    page = sue.get(acme)
    assert "Edit company data" not in page
    assert "Archive" not in page
    assert not page.html.find("a", string="History")
    sue.get("/provider/staff/", status=404)
    sue.get("/provider/history/", status=404)
    sue.get(f"{acme}/history/", status=404)
    assert "What happened" not in sue.get(f"{acme}/people/{id_of(app, 'uma')}")
    page = sue.get(f"{acme}/subscriptions/")
    assert page.html.find("a", string="Enter a subscription")
    send(sue, f"{acme}/subscriptions/new", "subscription", 302, edition="cme")
    sue.get(f"{acme}/people/new", status=403)
    post(sue, f"{acme}/archival", 403)


def test_a_permission_taken_from_a_clone_is_gone_though_its_source_has_it(app, as_, addresses):
    make_role(app, "careful", "admin", customers__super_user=False)
    make_colleague(app, "cat", "careful")
    request = next(address for address in addresses["read"] if address.startswith("/provider/requests/0"))
    assert "approval" not in as_("cat").get(request).forms
    post(as_("cat"), f"{request}/approval", 403, old_becomes="user")
    as_("cat").get("/provider/customers/acme/edit")
