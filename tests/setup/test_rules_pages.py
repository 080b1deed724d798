"""Rules and packs on their pages: who sets the customer, and what is asked before a pack gets one."""

from __future__ import annotations

import pytest

from portal.setup import elements
from tests.factories.elements import as_pat, element


@pytest.fixture
def packs(app):
    """An unassigned pack with a rule of acme's and one of beta's, and a pack of acme's with a rule."""
    with as_pat(app) as (session, pat):
        free = element(session, "rule-packs", "free", customer="", by=pat)
        mine = element(session, "rule-packs", "mine", customer="acme", by=pat)
        element(session, "rules", "first", pack=free, customer="acme", position=2, by=pat)
        element(session, "rules", "second", pack=free, customer="beta", position=1, by=pat)
        element(session, "rules", "set", pack=mine, by=pat)
    return app


def whose(app, slug, key):
    with as_pat(app) as (session, _pat):
        found = elements.find(session, slug, key)
        return found.customer_id or found.release


def edit(as_, slug, key, **values):
    form = as_("pat").get(f"/provider/setup/{slug}/{key}/edit").forms["element"]
    for name, value in values.items():
        form[name] = value
    return form


def test_a_rule_says_that_its_pack_sets_the_customer(packs, as_):
    assert "(set by rule pack)" in as_("pat").get("/provider/setup/rules/set").text
    page = as_("pat").get("/provider/setup/rules/set/edit")
    assert "Acme GmbH (set by rule pack)" in page.text
    assert "customer" not in page.forms["element"].fields


def test_a_posted_customer_does_not_reach_a_rule_of_a_pack_with_one(packs, as_):
    pat = as_("pat")
    form = pat.get("/provider/setup/rules/set/edit").forms["element"]
    pat.post("/provider/setup/rules/set/edit", {**dict(form.submit_fields()), "customer": "beta"}, status=302)
    assert whose(packs, "rules", "set") == "acme"
    form = pat.get("/provider/setup/rules/new").forms["element"]
    form["id"], form["title"], form["pack"], form["customer"] = "more", "More", "mine", "beta"
    form.submit(status=302)
    assert whose(packs, "rules", "more") == "acme"


def test_a_new_rule_begins_in_the_pack_one_came_from(packs, as_):
    page = as_("pat").get("/provider/setup/rule-packs/free").click("Add a rule")
    form = page.forms["element"]
    assert (form["pack"].value, form["position"].value, form["customer"].value) == ("free", "12", "provider")
    form["id"], form["title"] = "third", "Third"
    form.submit(status=302)
    assert whose(packs, "rules", "third") == "provider"


def test_a_packs_page_has_its_rules_in_order(packs, as_):
    page = as_("gil").get("/provider/setup/rule-packs/free")
    assert [cell.a.text for cell in page.html.select("#rules td.main")] == ["Second", "First"]
    page = page.click("As a list")
    assert [cell.a.text for cell in page.html.select("td.main")] == ["Second", "First"]


def test_giving_a_pack_a_customer_says_first_what_it_ends(packs, as_):
    page = edit(as_, "rule-packs", "free", customer="acme").submit(status=422)
    listed = [item.text for item in page.html.select(".message li")]
    assert listed == ["Second: beta → acme"]
    assert whose(packs, "rule-packs", "free") == "unassigned"
    page.forms["element"].submit("confirmed", status=302)
    assert [whose(packs, "rules", key) for key in ("first", "second")] == ["acme", "acme"]
    assert whose(packs, "rule-packs", "free") == "acme"


def test_a_confirmation_counts_for_the_customer_it_named_alone(packs, as_):
    page = edit(as_, "rule-packs", "free", customer="acme").submit(status=422)
    form = page.forms["element"]
    form["customer"] = "gamma"
    page = form.submit("confirmed", status=422)
    assert [item.text for item in page.html.select(".message li")] == ["Second: beta → gamma", "First: acme → gamma"]
    assert whose(packs, "rules", "second") == "beta"


def test_a_pack_without_rules_of_others_asks_nothing(packs, as_):
    edit(as_, "rule-packs", "mine", customer="beta").submit(status=302)
    assert whose(packs, "rules", "set") == "beta"


def test_an_emptied_customer_unassigns_a_pack_and_keeps_what_rules_had(packs, as_):
    edit(as_, "rule-packs", "mine", customer="").submit(status=302)
    assert (whose(packs, "rule-packs", "mine"), whose(packs, "rules", "set")) == ("unassigned", "acme")


def test_a_rule_moves_between_packs(packs, as_):
    edit(as_, "rules", "second", pack="mine").submit(status=302)
    assert whose(packs, "rules", "second") == "acme"
    edit(as_, "rules", "second", pack="free").submit(status=302)
    assert whose(packs, "rules", "second") == "acme"
    edit(as_, "rules", "second", customer="gamma").submit(status=302)
    assert whose(packs, "rules", "second") == "gamma"


def test_several_groups_are_an_input_each(packs, as_):
    with as_pat(packs) as (session, pat):
        for key in ("ops", "net"):
            element(session, "contact-groups", key, customer="acme", by=pat)
    form = edit(as_, "rules", "first")
    form.set("contact_groups", "ops", 0)
    form.set("contact_groups", "net", 1)
    page = form.submit(status=302).follow()
    assert [link.text for link in page.html.select("#names a")] == ["Free", "Ops", "Net"]
    form = edit(as_, "rules", "first")
    assert [form.get("contact_groups", at).value for at in range(4)] == ["ops", "net", "", ""]
    form.set("contact_groups", "", 0)
    form.set("contact_groups", "none", 2)
    assert "There is none with the ID “none”." in form.submit(status=422).text
