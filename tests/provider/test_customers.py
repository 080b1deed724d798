"""Customers: the list, making one, changing its data, archiving it."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from portal.customers.models import Customer
from portal.database import db, now
from tests.browser import Browser
from tests.factories.tickets import do, opened
from tests.provider.helpers import make_customer, post, send

NEW = "/provider/customers/new"


def test_the_list_says_what_each_customer_has(as_):
    rows = {row.find("a").text: row.text for row in as_("pat").get("/provider/customers/").html.select("tbody tr")}
    assert list(rows) == ["Acme GmbH", "Beta AG", "Gamma Ltd", "Provider"]
    assert "With support" in rows["Acme GmbH"]
    assert "Software" in rows["Beta AG"]
    assert "none running" in rows["Gamma Ltd"]
    assert "6" in rows["Acme GmbH"]


def test_the_list_takes_a_fixed_number_of_statements(app, as_, statements):
    pat = as_("pat")
    pat.get("/provider/customers/")
    statements.clear()
    pat.get("/provider/customers/")
    few = len(statements)
    for number in range(12):
        make_customer(app, f"customer{number}")
    statements.clear()
    assert len(pat.get("/provider/customers/").html.select("tbody tr")) == 16
    assert len(statements) == few == 2


@pytest.mark.parametrize(
    ("q", "names"), [("zürich", ["Beta AG"]), ("GMBH", ["Acme GmbH"]), ("gam", ["Gamma Ltd"]), ("%", [])]
)
def test_search_finds_by_name_id_and_city(as_, q, names):
    page = as_("pat").get("/provider/customers/", {"q": q})
    assert [link.text for link in page.html.select("tbody .main a")] == names
    assert bool(names) or "No customer found" in page


def test_pages_follow_each_other_without_gap_or_double(app, as_):
    for number in range(7):
        make_customer(app, f"c{number}", f"Customer {number}")
    page, seen = as_("pat").get("/provider/customers/?per_page=4&sort=-name"), []
    while True:
        seen += [link.text for link in page.html.select("tbody .main a")]
        onward = page.html.find("a", rel="next")
        if onward is None:
            break
        page = as_("pat").get(onward["href"])
    assert seen == sorted(seen, reverse=True)
    assert len(seen) == len(set(seen)) == 11
    back = as_("pat").get(page.html.find("a", rel="prev")["href"])
    assert [link.text for link in back.html.select("tbody .main a")] == seen[4:8]


def test_a_customer_leads_to_its_tickets_and_licences(app, as_):
    opened(app)
    do(app, opened(app), "solve", by="uma")
    page = as_("pat").get("/provider/customers/acme")
    assert "1 unsolved" in page
    assert len(page.click("^Tickets$").html.select(".list tbody tr")) == 2
    assert page.click("Checkmk Cloud", index=0).html.h1.text.startswith("Checkmk Cloud")
    subscriptions = as_("gil").get("/provider/customers/acme/subscriptions/")
    assert "Licensing credentials" in subscriptions.click("Usage and credentials", index=0)


def test_newest_first_and_nonsense_in_the_address_falls_back(app, as_):
    make_customer(app, "delta", created_at=now() + timedelta(minutes=1))
    first = as_("pat").get("/provider/customers/?sort=created").html.select_one("tbody .main a").text
    assert first == "Delta"
    for nonsense in ("sort=password", "state=gone", "after=nobody", "per_page=x", "before=%00"):
        assert as_("pat").get(f"/provider/customers/?{nonsense}").html.select_one("tbody .main a").text == "Acme GmbH"


def test_a_new_customer_has_its_id_name_and_next_steps(as_):
    answer = send(as_("pat"), NEW, "customer", 302, id="delta", name="Delta Oy", city="Turku", country="FI")
    page = answer.follow()
    assert page.html.h1.text == "Delta Oy"
    assert "Turku" in page
    assert "Finland" in page
    assert "Enter what it bought" in page
    assert "Invite its super user" in page
    assert "Pat Lindner (you) created the company" in as_("pat").get("/provider/customers/delta/history/")


@pytest.mark.parametrize(
    ("id", "sentence"),
    [
        ("", "A customer needs an ID."),
        ("1st", "starts with a letter or underscore"),
        ("ac me", "An ID consists of"),
        ("acmé", "An ID consists of"),
        ("a" * 65, "at most 64 characters"),
        ("global", "is reserved"),
        ("Global", "is reserved"),
        ("new", "is reserved"),
        ("acme", "There is already a customer"),
        ("provider", "There is already a customer"),
    ],
)
def test_a_bad_id_is_told_beside_its_field_and_the_input_kept(as_, id, sentence):
    page = send(as_("pat"), NEW, "customer", 422, id=id, name="Delta Oy", city="Turku")
    assert sentence in page.html.select_one("#id-error").text
    assert page.forms["customer"]["id"].value == id
    assert page.forms["customer"]["city"].value == "Turku"


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("name", "", "A customer needs a name."),
        ("name", "x" * 201, "At most 200 characters."),
        ("name", "evil\u202egnp.exe", "characters that cannot be shown"),
        ("zip", "1" * 41, "At most 40 characters."),
    ],
)
def test_other_fields_tell_what_is_wrong(as_, field, value, sentence):
    page = send(as_("pat"), NEW, "customer", 422, **{"id": "delta", "name": "Delta", field: value})
    assert sentence in page.html.select_one(f"#{field}-error").text


def test_two_who_make_the_same_customer_at_once_make_it_once(app, as_):
    as_("pat")
    browsers = [Browser(app).sign_in("pat") for _ in range(4)]
    forms = [browser.get(NEW).forms["customer"] for browser in browsers]
    statuses: list[int] = []
    gate = threading.Barrier(len(forms))

    def submit(form):
        form["id"], form["name"] = "delta", "Delta"
        gate.wait()
        statuses.append(form.submit(status="*").status_int)

    threads = [threading.Thread(target=submit, args=[form]) for form in forms]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [302, 422, 422, 422]


def test_company_data_changes_and_history_says_who(as_):
    page = send(
        as_("pat"), "/provider/customers/beta/edit", "customer", 302, name="Beta Holding AG", city="Bern"
    ).follow()
    assert page.html.h1.text == "Beta Holding AG"
    assert "Pat Lindner (you) changed the company data" in as_("pat").get("/provider/customers/beta/history/")


def test_the_second_of_two_editors_sees_both_versions(app, as_):
    first, second = as_("pat"), Browser(app).sign_in("pat")
    late = second.get("/provider/customers/beta/edit").forms["customer"]
    send(first, "/provider/customers/beta/edit", "customer", 302, city="Bern")
    late["city"] = "Basel"
    page = late.submit(status=409)
    assert "Somebody else changed this meanwhile" in page
    assert "Basel" in page.html.select_one(".compare .differs").text
    assert "Bern" in page.html.select_one(".compare .differs").text
    with app.app_context():
        assert db.session.get(Customer, "beta").city == "Bern"
        db.session.remove()
    page.forms["customer"].submit(status=302)
    assert "Basel" in first.get("/provider/customers/beta")


def test_archiving_signs_everybody_out_and_bringing_back_undoes_it(app, as_):
    bob = as_("bob")
    bob.get("/")
    post(as_("pat"), "/provider/customers/beta/archival", 302)
    assert "/login" in bob.get("/", status=302).location
    as_("pat").get("/provider/customers/beta")
    assert "Beta AG" not in as_("pat").get("/provider/customers/")
    assert "Beta AG" in as_("pat").get("/provider/customers/?state=archived")
    page = as_("pat").get("/provider/customers/beta")
    assert "is archived" in page
    assert "Edit company data" not in page
    as_("pat").get("/provider/customers/beta/edit", status=409)
    post(as_("pat"), "/provider/customers/beta/restoration", 302)
    Browser(app).sign_in("bob").get("/")


def test_unknown_customers_are_not_found(as_):
    for id in ("nobody", "global", "%00", "x" * 300):
        as_("pat").get(f"/provider/customers/{id}", status=404)
