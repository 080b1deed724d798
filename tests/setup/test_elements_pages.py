"""The pages of setup: what they show, what they take, what they refuse, and what they cost."""

from __future__ import annotations

import pytest

from portal.setup import elements, keys
from portal.setup.kinds import KINDS
from tests.factories.elements import BODIES, SECRET, as_pat, element, site

PAGED = [slug for slug, kind in KINDS.items() if kind.has_pages]
FILLED = {
    "contact-rules": {"groups": "ops", "hosts": "~web\\d+"},
    "ldap-connections": {"server": "ldap.example.com", "base_dn": "dc=example,dc=com"},
    "passwords": {"password": SECRET},
    "bi-aggregations": {"nodes": "web1\nweb1 ; HTTP"},
    "rules": {"pack": "pack", "match": "link down"},
}


@pytest.fixture
def stock(app):
    """A pack without a customer, a group and a password of acme's, one of beta's, and a site of each."""
    with as_pat(app) as (session, pat):
        element(session, "rule-packs", "pack", customer="", by=pat)
        element(session, "contact-groups", "ops", title="Night watch", customer="acme", by=pat)
        element(session, "passwords", "snmp", title="SNMP", customer="acme", body={"owner": "ops"}, by=pat)
        element(session, "passwords", "theirs", title="Theirs", customer="beta", by=pat)
        for customer in ("acme", "beta"):
            site(session, f"{customer}_site", customer, by=pat)
    return app


def found(app, slug, key):
    with as_pat(app) as (session, _pat):
        return elements.find(session, slug, key)


def new(pat, slug, *, status=302, **values):
    form = pat.get(f"/provider/setup/{slug}/new").forms["element"]
    for name, value in {"id": "fresh", "title": "Fresh", **FILLED.get(slug, {}), **values}.items():
        form.set(name, value, 0)
    return form.submit(status=status)


@pytest.mark.parametrize("slug", list(BODIES))
def test_an_element_of_each_kind_is_made_shown_edited_and_deleted(stock, as_, slug):
    pat = as_("pat")
    page = new(pat, slug, customer="acme").follow()
    assert "Fresh" in page.html.h1.text
    assert "Acme GmbH" in page.text
    assert "acme_site in town" in page.text
    assert "beta_site" not in page.text
    form = page.click("Edit", href="/edit").forms["element"]
    form["title"] = "Renamed"
    page = form.submit(status=302).follow()
    assert "changed “Renamed” (" in page.html.select("#history li p")[0].text
    assert found(stock, slug, "fresh").customer_id == "acme"
    deletion = next(form for form in page.forms.values() if form.action.endswith("/deletion"))
    assert "is deleted" in deletion.submit(status=302).follow().text
    pat.get(f"/provider/setup/{slug}/fresh", status=404)


@pytest.mark.parametrize("slug", [slug for slug, kind in KINDS.items() if kind.is_general and kind.has_pages])
def test_a_general_kind_has_no_customer_field(app, as_, slug):
    page = as_("pat").get(f"/provider/setup/{slug}/new")
    assert "customer" not in page.forms["element"].fields
    assert not as_("pat").get(f"/provider/setup/{slug}/").html.find(attrs={"name": "customer"})


def test_the_overview_counts(stock, as_):
    page = as_("gil").get("/provider/setup/")
    cards = {card.h3.text: card.find(class_="num").text for card in page.html.select(".kinds > li")}
    assert cards["Passwords"] == "2"
    assert cards["Rule packs"] == "1"
    assert cards["LDAP connections"] == "0"


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("", ["SNMP", "Theirs"]),
        ("?customer=acme", ["SNMP"]),
        ("?customer=global", []),
        ("?customer=provider", []),
        ("?customer=none", []),
        ("?q=sn", ["SNMP"]),
        ("?q=THEIRS", ["Theirs"]),
        ("?q=%25", []),
        ("?customer=%00acme", ["SNMP"]),
        ("?after=none&before=x", ["SNMP", "Theirs"]),
    ],
)
def test_a_list_shows_what_is_asked_for(stock, as_, query, titles):
    page = as_("gil").get(f"/provider/setup/passwords/{query}")
    assert [cell.a.text for cell in page.html.select("td.main")] == titles


def test_an_unassigned_pack_is_found_as_such(stock, as_):
    rows = as_("gil").get("/provider/setup/rule-packs/?customer=unassigned").html.select("td.main")
    assert [row.a.text for row in rows] == ["Pack"]


def test_the_table_holds_every_field_but_no_secret(stock, as_):
    table = as_("pat").get("/provider/setup/passwords.csv?q=snmp").text
    assert "snmp,SNMP,acme" in table
    assert "ops" in table
    assert "theirs" not in table
    assert SECRET not in table


@pytest.mark.parametrize("path", ["none/", "none/new", "none/one", "none.csv", "none/one/edit", "global-settings/new"])
def test_what_is_no_kind_is_not_there(app, as_, path):
    as_("pat").get(f"/provider/setup/{path}", status=404)


@pytest.mark.parametrize("key", ["none", "a%20b", "%00", "x" * 300])
def test_what_is_no_element_is_not_there(stock, as_, key):
    as_("pat").get(f"/provider/setup/passwords/{key}", status=404)


def test_no_id_hides_a_page(app):
    beside = {str(rule).split("/")[4] for rule in app.url_map.iter_rules() if "/setup/<slug>/" in str(rule)}
    assert {part for part in beside if part and not part.startswith("<")} <= keys.RESERVED


def test_no_page_shows_a_secret(stock, as_):
    pat = as_("pat")
    new(pat, "passwords", password="another secret", customer="acme")
    for path in ("", "fresh", "fresh/edit", "snmp", "snmp/edit"):
        page = pat.get(f"/provider/setup/passwords/{path}").text
        assert SECRET not in page
        assert "another secret" not in page
    page = new(pat, "passwords", id="global", password="another secret", status=422)
    assert "another secret" not in page.text


def test_an_empty_secret_leaves_the_one_there_is(stock, as_):
    before = found(stock, "passwords", "snmp").sealed
    form = as_("pat").get("/provider/setup/passwords/snmp/edit").forms["element"]
    form["comment"] = "Still valid"
    form.submit(status=302)
    assert found(stock, "passwords", "snmp").sealed == before
    form = as_("pat").get("/provider/setup/passwords/snmp/edit").forms["element"]
    form["password"] = "a new one"
    page = form.submit(status=302).follow()
    assert found(stock, "passwords", "snmp").sealed != before
    assert "): Password" in page.text


@pytest.mark.parametrize(
    ("slug", "values", "sentence"),
    [
        ("passwords", {"password": ""}, "Give the password."),
        ("passwords", {"id": "Global"}, "is reserved"),
        ("passwords", {"id": "snmp"}, "This ID is taken"),
        ("passwords", {"id": ""}, "Give an ID."),
        ("passwords", {"title": " "}, "Give a title."),
        ("passwords", {"title": "a\u202eb"}, "cannot be shown"),
        ("passwords", {"customer": "nobody"}, "Customer missing: “nobody”"),
        ("passwords", {"customer": ""}, "Choose a customer."),
        ("passwords", {"owner": "none"}, "There is none with the ID “none”."),
        ("passwords", {"documentation_url": "javascript:alert(1)"}, "no web address"),
        ("passwords", {"documentation_url": "https://[x"}, "no web address"),
        ("contact-groups", {"customer": "global"}, "cannot be Global"),
        ("rules", {"pack": ""}, "Choose a rule pack."),
        ("rules", {"pack": "none"}, "There is none with the ID “none”."),
        ("rules", {"match": "(unclosed"}, "This is no regular expression"),
        ("rules", {"match": "a{2000000000000}"}, "This is no regular expression"),
        ("rules", {"match": "x" * 1001}, "At most 1000 characters."),
        ("rules", {"priority_from": "5", "priority_to": "2"}, "This range is empty"),
        ("rules", {"password": "snmp"}, "Name the action."),
        ("rules", {"position": "first"}, "Give a number."),
        ("rules", {"position": "-1"}, "Give a number from 0"),
        ("bi-aggregations", {"nodes": ""}, "Name at least one host"),
        ("bi-aggregations", {"nodes": ";HTTP"}, "is neither host nor host;service"),
        ("bi-aggregations", {"function": "count", "minimum": "9"}, "There are not so many nodes."),
        ("ldap-connections", {"server": "ldap://x"}, "no name or address of a server"),
        ("ldap-connections", {"port": "0"}, "from 1 to 65535"),
        ("ldap-connections", {"port": "²"}, "from 1 to 65535"),
        ("ldap-connections", {"base_dn": "here"}, "no distinguished name"),
        ("ldap-connections", {"name_attribute": "c n"}, "no name of an attribute"),
        ("ldap-connections", {"email_attribute": ""}, "Name the attribute."),
        ("ldap-connections", {"user_filter": "(uid=*))"}, "This is no filter"),
    ],
)
def test_what_does_not_hold_is_said_beside_the_field(stock, as_, slug, values, sentence):
    page = new(as_("pat"), slug, status=422, **values)
    assert sentence in page.html.find(class_="error").text
    assert page.forms["element"]["title"].value == values.get("title", "Fresh").strip()


@pytest.mark.parametrize(
    ("slug", "name"), [("rules", "state"), ("rules", "priority_to"), ("ldap-connections", "encryption")]
)
def test_a_choice_that_was_not_offered_is_forged(stock, as_, slug, name):
    form = as_("pat").get(f"/provider/setup/{slug}/new").forms["element"]
    form["id"], form["title"] = "fresh", "Fresh"
    form[name].force_value("other")
    form.submit(status=403)


def test_too_much_is_refused_with_a_sentence(stock, as_):
    nodes = "\n".join(f"{number}{'x' * 200}" for number in range(400))
    page = new(as_("pat"), "bi-aggregations", nodes=nodes, status=409)
    assert "at most 64 KiB" in page.text


def test_a_stale_form_shows_both_versions(stock, as_):
    form = as_("pat").get("/provider/setup/passwords/snmp/edit").forms["element"]
    with as_pat(stock) as (session, pat):
        elements.change(session, elements.find(session, "passwords", "snmp"), title="Hers", by=pat)
    form["title"] = "Mine"
    page = form.submit(status=409)
    assert [cell.text for cell in page.html.select("tr.differs td")] == ["Mine", "Hers"]
    assert SECRET not in page.text
    page.forms["element"].submit(status=302)
    assert found(stock, "passwords", "snmp").title == "Mine"


def test_what_is_in_use_is_kept_and_says_by_whom(stock, as_):
    pat = as_("pat")
    page = pat.get("/provider/setup/contact-groups/ops")
    assert not [form for form in page.forms.values() if form.action.endswith("/deletion")]
    token = page.html.find("input", attrs={"name": "csrf_token"})["value"]
    page = pat.post("/provider/setup/contact-groups/ops/deletion", {"csrf_token": token}, status=409)
    assert "Unable to delete: it is still in use by SNMP." in page.text
    assert page.html.select('.message a[href="/provider/setup/passwords/snmp"]')


def test_only_what_can_be_switched_off_has_the_button(stock, as_):
    pat = as_("pat")
    page = pat.get("/provider/setup/rule-packs/pack")
    switch = next(form for form in page.forms.values() if form.action.endswith("/disablement"))
    assert "This is disabled" in switch.submit(status=302).follow().text
    page = pat.get("/provider/setup/contact-groups/ops")
    assert not [form for form in page.forms.values() if form.action.endswith("ablement")]
    token = page.html.find("input", attrs={"name": "csrf_token"})["value"]
    pat.post("/provider/setup/contact-groups/ops/disablement", {"csrf_token": token}, status=409)


def test_a_guest_sees_and_cannot_change(stock, as_):
    gil = as_("gil")
    page = gil.get("/provider/setup/passwords/snmp")
    assert "Edit" not in [link.text for link in page.html.select(".head a")]
    assert not [form for form in page.forms.values() if form.action.startswith("/provider/setup")]
    assert "Add" not in gil.get("/provider/setup/passwords/").html.find(class_="head").text


@pytest.mark.parametrize("slug", ["contact-groups", "passwords", "rule-packs"])
def test_a_kind_that_others_name_says_how_many_do(stock, as_, slug):
    assert "Used by" in as_("gil").get(f"/provider/setup/{slug}/").html.thead.text


def test_a_kind_that_nothing_can_name_does_not_count(stock, as_):
    with as_pat(stock) as (session, pat):
        element(session, "bi-aggregations", "shop", customer="acme", by=pat)
    assert "Used by" not in as_("gil").get("/provider/setup/bi-aggregations/").html.thead.text
    assert not as_("gil").get("/provider/setup/bi-aggregations/shop").html.find(id="uses")


LIST_COSTS = 5


@pytest.mark.parametrize("slug", PAGED)
def test_a_list_costs_the_same_with_few_and_with_many(stock, as_, statements, slug):
    if slug not in BODIES:
        return
    gil, costs = as_("gil"), []
    for number in (1, 30):
        with as_pat(stock) as (session, pat):
            for at in range(number):
                element(session, slug, f"e{number}_{at}", customer="acme", by=pat)
        gil.get(f"/provider/setup/{slug}/")
        statements.clear()
        gil.get(f"/provider/setup/{slug}/")
        costs.append(len(statements))
    assert costs[0] <= costs[1] <= costs[0] + 1, "one more counts what does not fit a page"
    assert costs[1] <= LIST_COSTS + (slug == "contact-groups") + 1


def test_a_page_costs_a_fixed_number_of_statements(stock, as_, statements):
    gil = as_("gil")
    for path, most in (("passwords/snmp", 10), ("rule-packs/pack", 10), ("", 5)):
        statements.clear()
        gil.get(f"/provider/setup/{path}")
        assert len(statements) <= most, path
