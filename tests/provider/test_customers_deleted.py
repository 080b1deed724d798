"""Deleting customers, and the provider as one of them."""

from __future__ import annotations

import pytest

from tests.factories import sites
from tests.provider.helpers import make_customer, post, send

PROVIDER = "/provider/customers/provider"


def test_a_customer_that_has_nothing_is_deleted_for_good(app, as_):
    make_customer(app, "delta", "Delta Oy")
    pat = as_("pat")
    answer = pat.get("/provider/customers/delta").forms
    form = next(form for form in answer.values() if form.action.endswith("/deletion"))
    assert "Delta Oy is deleted" in form.submit(status=302).follow()
    for state in ("active", "archived"):
        assert not pat.get("/provider/customers/", {"state": state}).html.find("a", string="Delta Oy")
    for path in ("", "/edit", "/people/", "/history/", "/subscriptions/", "/documents/"):
        pat.get(f"/provider/customers/delta{path}", status=404)
    post(pat, "/provider/customers/delta/restoration", 404)
    assert "Pat Lindner (you) deleted the company" in pat.get("/provider/history/")
    page = send(pat, "/provider/customers/new", "customer", 422, id="delta", name="Delta again")
    assert "There is already a customer" in page.html.select_one("#id-error").text
    page = send(pat, "/provider/sites/new", "site", 422, id="d", customer="delta", livestatus="tcp:10.0.0.1:1")
    assert "Customer missing" in page.html.select_one("#customer-error").text


def test_what_a_customer_has_keeps_it_and_is_linked(app, as_, documents):
    sites.connect(app, "zurich", "beta")
    sites.element(app, "contact-groups", "nets", "beta")
    page = post(as_("pat"), "/provider/customers/beta/deletion", 409)
    uses = {link.text: link["href"] for link in page.html.main.select(".card li a")}
    assert uses["Sites"] == "/provider/sites/?customer=beta"
    assert uses["Contact groups"] == "/provider/setup/contact-groups/?customer=beta"
    assert uses["People"] == "/provider/customers/beta/people/"
    assert uses["Invoices & bills"] == "/provider/customers/beta/documents/invoices/"
    assert {"My Licenses", "Records in the ERP"} <= set(uses)
    assert "Tickets" not in uses
    as_("pat").get("/provider/customers/beta")


@pytest.mark.parametrize("address", ["/provider/sites/?customer=beta", "/provider/customers/beta/people/"])
def test_the_uses_lead_somewhere(app, as_, address):
    sites.connect(app, "zurich", "beta")
    page = post(as_("pat"), "/provider/customers/beta/deletion", 409)
    assert page.html.find("a", href=address)
    assert as_("pat").get(address).html.select("tbody tr")


def test_a_site_alone_keeps_its_customer_until_it_is_removed(app, as_):
    make_customer(app, "delta")
    sites.connect(app, "turku", "delta")
    assert "Sites" in post(as_("pat"), "/provider/customers/delta/deletion", 409)
    post(as_("pat"), "/provider/sites/turku/deletion", 302)
    post(as_("pat"), "/provider/customers/delta/deletion", 302)


def test_the_provider_is_a_customer_with_a_page_of_its_own(app, as_):
    sites.connect(app, "central", "provider", alias="Central")
    pat = as_("pat")
    row = next(row for row in pat.get("/provider/customers/").html.select("tbody tr") if "provider" in row.text)
    assert row.select_one(".badge").text == "Provider"
    assert row.find("a", href="/provider/sites/?customer=provider").text == "1"
    assert row.find("a", href="/provider/staff/").text == "2"
    page = pat.get(PROVIDER)
    assert page.html.find("a", string="Central")
    for word in ("Super user", "Subscriptions", "Archive", "Delete", "Next steps", "Documents", "Tickets"):
        assert word not in page.html.main.text, word
    assert send(pat, f"{PROVIDER}/edit", "customer", 302, city="Munich").follow().html.main.find(string="Munich")
    pat.get(f"{PROVIDER}/history/")


def test_what_makes_no_sense_for_the_provider_is_refused(as_):
    pat = as_("pat")
    for path in ("/people/", "/people/new", "/invitation", "/subscriptions/", "/subscriptions/new", "/documents/"):
        pat.get(f"{PROVIDER}{path}", status=404)
    assert "cannot be deleted" in post(pat, f"{PROVIDER}/deletion", 409)
    assert "cannot be archived" in post(pat, f"{PROVIDER}/archival", 409)
    pat.get(PROVIDER)


def test_the_guest_deletes_nothing(app, as_):
    make_customer(app, "delta")
    post(as_("gil"), "/provider/customers/delta/deletion", 403)
    post(as_("ada"), "/provider/customers/delta/deletion", 404)
    as_("gil").get("/provider/customers/delta")
