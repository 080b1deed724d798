"""Sites: the list, connecting one, its page, how it is called and reached."""

from __future__ import annotations

import pytest

from portal.customers.models import Customer
from portal.database import db, now
from portal.monitoring import poller
from tests.browser import Browser
from tests.factories import sites
from tests.factories.certificates import certificate
from tests.monitoring.cores import Cores
from tests.provider.helpers import make_customer, post, send

LIST, NEW = "/provider/sites/", "/provider/sites/new"
GIVEN = {"id": "hamburg", "alias": "Hamburg", "customer": "acme", "livestatus": "tcp:10.1.2.3:6557"}


@pytest.fixture(autouse=True)
def cores(monkeypatch):
    cores = Cores()
    monkeypatch.setattr(poller, "ask", cores.ask)
    return cores


def names(page):
    return [link.text for link in page.html.select("tbody .main a")]


def test_a_site_is_connected_in_one_step(app, as_):
    page = send(as_("pat"), NEW, "site", 302, **GIVEN).follow()
    assert page.html.h1.text == "Hamburg"
    assert "Site hamburg of Acme GmbH" in page
    assert "tcp:10.1.2.3:6557" in page
    assert "None yet: the site cannot fetch" in page
    assert sites.found(app, "hamburg").timeout == 2000
    assert sites.changes_of(app, "hamburg") == [("created", {})]
    assert "Pat Lindner (you) connected the site hamburg" in as_("pat").get("/provider/customers/acme/history/")


def test_the_four_fields_are_enough(app, as_):
    post(as_("pat"), NEW, 302, **{**GIVEN, "alias": "", "customer": "provider", "livestatus": "tls:10.1.2.3:6557"})
    site = sites.found(app, "hamburg")
    assert (site.alias, site.customer_id, site.is_disabled, site.timeout) == ("hamburg", "provider", False, 2000)


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("id", "", "A site needs an ID."),
        ("id", "1st", "starts with a letter or underscore"),
        ("id", "ham burg", "An ID consists of"),
        ("id", "a" * 65, "At most 64 characters"),
        ("id", "global", "is reserved"),
        ("id", "New", "is reserved"),
        ("id", "berlin", "There is already a site"),
        ("customer", "", "Choose a customer."),
        ("customer", "global", "a site belongs to exactly one customer, never to all"),
        ("customer", "Global", "a site belongs to exactly one customer, never to all"),
        ("customer", "nobody", "Customer missing: “nobody”"),
        ("customer", "gone", "Customer missing: “gone”"),
        ("livestatus", "", "Say where the site answers."),
        ("livestatus", "10.1.2.3:6557", "Write tcp:host:port"),
        ("livestatus", "tcp:10.1.2.3:99999", "Write tcp:host:port"),
        ("livestatus", "tcp:10.1.2.3:6557\nGET hosts", "characters that cannot be shown"),
        ("livestatus", "tcp:169.254.169.254:80", "no network in which sites may be reached"),
        ("livestatus", "tcp:127.0.0.1:6557", "no network in which sites may be reached"),
        ("livestatus", "unix:/etc/passwd", "no folder that may hold sockets"),
        ("timeout", "1", "A timeout lies between"),
        ("timeout", "soon", "valid integer"),
        ("tls_ca", "garbage", "This is no certificate in PEM"),
        ("status_host", "gate", "give both or neither"),
        ("status_site_id", "nowhere", "There is no site “nowhere”."),
        ("gui_url", "javascript:alert(1)", "begins with https://"),
        ("gui_url", "https://a.example@evil.example/", "begins with https://"),
    ],
)
def test_bad_input_is_told_beside_its_field_and_kept(app, as_, field, value, sentence):
    sites.connect(app, "berlin", "beta")
    make_customer(app, "gone", archived_at=now())
    given = {**GIVEN, field: value, **({"status_host": "gate"} if field == "status_site_id" else {})}
    page = post(as_("pat"), NEW, 422, **given)
    beside = "status_site_id" if field == "status_host" else field
    assert sentence in page.html.select_one(f"#{beside}-error").text
    assert page.forms["site"]["livestatus"].value == given["livestatus"]
    assert page.forms["site"][field].value.strip() == value
    as_("pat").get("/provider/sites/hamburg", status=404)


def test_the_list_says_whose_each_is_and_how_it_stands(app, as_, cores):
    sites.connect(app, "hamburg", "acme", edition="cme", product_version="2.4.0")
    sites.connect(app, "berlin", "beta", edition="cre", product_version="2.4.0")
    sites.connect(app, "central", "provider", is_disabled=True)
    cores.dead["berlin"] = "Nothing answers there."
    rows = {row.find("a").text: row.text for row in as_("gil").get(LIST).html.select("tbody tr")}
    assert list(rows) == ["Berlin", "Central", "Hamburg"]
    assert "Online" in rows["Hamburg"]
    assert "Acme GmbH" in rows["Hamburg"]
    assert "Checkmk MSP" in rows["Hamburg"]
    assert "Dead" in rows["Berlin"]
    assert "Wrong edition" in rows["Berlin"]
    assert "Disabled" in rows["Central"]
    assert "Unknown" in rows["Central"]
    assert "Wrong edition" not in rows["Central"]
    assert cores.rounds == [["berlin", "central", "hamburg"]]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"q": "HAM"}, ["Hamburg"]),
        ({"q": "beta"}, ["Berlin"]),
        ({"q": "%"}, []),
        ({"customer": "acme"}, ["Aachen", "Hamburg"]),
        ({"customer": "nobody"}, []),
        ({"customer": "\x00'"}, []),
        ({"show": "disabled"}, ["Aachen"]),
        ({"show": "held-back"}, ["Berlin"]),
        ({"show": "nonsense"}, ["Aachen", "Berlin", "Hamburg"]),
    ],
)
def test_the_list_is_searched_and_filtered(app, as_, query, found):
    sites.connect(app, "hamburg", "acme")
    sites.connect(app, "aachen", "acme", is_disabled=True)
    sites.connect(app, "berlin", "beta", edition="cee")
    page = as_("pat").get(LIST, query)
    assert names(page) == found
    assert bool(found) or "No site found" in page


def test_an_empty_list_says_what_a_site_is(as_):
    assert as_("pat").get(LIST).click("Connect a site", index=0).forms["site"]
    assert "Connect a site" not in as_("gil").get(LIST).html.main.text


def test_the_list_takes_a_fixed_number_of_statements_and_pages(app, as_, statements):
    pat = as_("pat")
    sites.connect(app, "s0", "acme")
    pat.get(LIST)
    statements.clear()
    pat.get(LIST)
    few = len(statements)
    for number in range(1, 9):
        sites.connect(app, f"s{number}", "beta" if number % 2 else "acme")
    statements.clear()
    assert len(names(pat.get(LIST))) == 9
    assert len(statements) == few == 4
    seen, page = [], pat.get(LIST, {"per_page": 4})
    while page:
        seen += names(page)
        onward = page.html.find("a", rel="next")
        page = pat.get(onward["href"]) if onward else None
    assert seen == [f"S{number}" for number in range(9)]


def test_a_customers_page_and_row_lead_to_its_sites(app, as_):
    sites.connect(app, "hamburg", "acme")
    row = as_("gil").get("/provider/customers/").html.find("a", href="/provider/sites/?customer=acme")
    assert row.text == "1"
    assert names(as_("gil").get(row["href"])) == ["Hamburg"]
    assert as_("gil").get("/provider/customers/acme").click("^Hamburg$").html.h1.text == "Hamburg"
    page = as_("pat").get("/provider/customers/acme").click("Connect a site")
    assert page.forms["site"]["customer"].value == "acme"


def test_a_dead_site_says_why_and_a_wrong_edition_what_to_do(app, as_, cores):
    sites.connect(app, "hamburg", "acme", edition="cee", product_version="2.4.0")
    cores.dead["hamburg"] = "Nothing answers there."
    page = as_("gil").get("/provider/sites/hamburg")
    assert "Nothing answers there." in page
    assert "runs Checkmk Enterprise" in page
    assert "offline only" in page
    assert not page.html.main.select("form[method=post]")


def test_connection_data_change_and_only_the_alias_concerns_the_site(app, as_):
    sites.connect(app, "gate", "provider")
    sites.connect(app, "hamburg", "acme")
    ca = certificate("Acme Root")
    send(
        as_("pat"), "/provider/sites/hamburg/edit", "site", 302, livestatus="tls:10.1.2.3:6557", timeout="500",
        tls_ca=f"bag attributes\n{ca}", status_site_id="gate", status_host="router", gui_url="https://acme.example/h/",
        is_disabled=True,
    )  # fmt: skip
    site = sites.found(app, "hamburg")
    assert (site.timeout, site.tls_ca, site.status_site_id, site.is_disabled) == (500, ca, "gate", True)
    page = as_("pat").get("/provider/sites/hamburg")
    assert "Acme Root" in page
    assert "router on gate" in page
    send(as_("pat"), "/provider/sites/hamburg/edit", "site", 302, alias="Hamburg port", timeout="700")
    assert sites.changes_of(app, "hamburg") == [
        ("changed", {"gui_url": ["", "https://acme.example/h/"]}),
        ("changed", {"alias": ["Hamburg", "Hamburg port"]}),
    ]
    history = as_("pat").get("/provider/customers/acme/history/")
    assert "changed the connection of the site hamburg" in history


def test_status_hosts_form_no_circle(app, as_):
    sites.connect(app, "first", "acme")
    sites.connect(app, "second", "acme", status_site_id="first", status_host="router")
    page = send(as_("pat"), "/provider/sites/first/edit", "site", 422, status_site_id="second", status_host="router")
    assert "by way of others" in page.html.select_one("#status_site_id-error").text
    assert "Second" in post(as_("pat"), "/provider/sites/first/deletion", 409)
    post(as_("pat"), "/provider/sites/second/deletion", 302)
    post(as_("pat"), "/provider/sites/first/deletion", 302)


def test_the_second_of_two_editors_sees_both_versions(app, as_):
    sites.connect(app, "hamburg", "acme")
    late = Browser(app).sign_in("pat").get("/provider/sites/hamburg/edit").forms["site"]
    send(as_("pat"), "/provider/sites/hamburg/edit", "site", 302, alias="Port")
    late["alias"] = "Harbour"
    page = late.submit(status=409)
    assert "Harbour" in page.html.select_one(".compare .differs").text
    assert "Port" in page.html.select_one(".compare .differs").text
    assert sites.found(app, "hamburg").alias == "Port"
    page.forms["site"].submit(status=302)
    assert sites.found(app, "hamburg").alias == "Harbour"


def test_an_archived_customers_site_is_not_asked(app, as_, cores):
    sites.connect(app, "hamburg", "acme")
    with app.app_context():
        db.session.get_one(Customer, "acme").archived_at = now()
        db.session.commit()
        db.session.remove()
    page = as_("gil").get("/provider/sites/hamburg")
    assert "Not asked" in page
    assert "Its customer is archived" in page
    assert "Not asked" in as_("gil").get(LIST)
    assert not any(cores.rounds)


def test_unknown_and_removed_sites_are_not_found(app, as_):
    sites.connect(app, "hamburg", "acme")
    post(as_("pat"), "/provider/sites/hamburg/deletion", 302)
    for id in ("hamburg", "nobody", "%00", "x" * 300, "..%2f"):
        as_("pat").get(f"/provider/sites/{id}", status=404)
    assert names(as_("pat").get(LIST)) == []
    assert "removed the site hamburg" in as_("pat").get("/provider/customers/acme/history/")
    page = send(as_("pat"), NEW, "site", 422, **GIVEN)
    assert "There is already a site" in page.html.select_one("#id-error").text
