"""Contact groups and contact rules: their pages, what a rule matches before it is saved, and what is refused."""

from __future__ import annotations

import time

import pytest

from portal.accounts.users import User
from portal.contacts import patterns
from portal.contacts.allocation import recompute
from portal.contacts.inventory import Service
from portal.customers.elements import Element
from portal.database import now
from portal.setup.leaks import report
from portal.setup.responsibility import previews
from tests.factories.elements import as_pat, element
from tests.setup.responsibility import body_of, furnish, join, permit, rule
from tests.setup.test_folders_pages import cells

RULES = "/provider/setup/contact-rules/"


@pytest.fixture
def stock(app):
    furnish(app)
    return app


def settle(app):
    """Let what rules say now reach the inventory."""
    with app.app_context():
        recompute.recompute()


def new(pat, **values):
    """Open the form of a new rule and fill it in."""
    form = pat.get(f"{RULES}new").forms["element"]
    for name, value in {"id": "fresh", "title": "Fresh", "customer": "acme", "groups": "ops", **values}.items():
        form.set(name, value, 0)
    return form


def lines(page):
    """Return what the preview says of hosts and services, by name."""
    return {row[0]: row[2] for row in cells(page, "preview")}


class TestGroups:
    def test_the_id_is_fixed_and_the_alias_changeable(self, stock, as_):
        """Seed "User management", 3.1: the ID is fixed, and the alias can be changed at any later time."""
        form = as_("pat").get("/provider/setup/contact-groups/ops/edit").forms["element"]
        assert "id" not in form.fields
        form["title"] = "Night watch"
        page = form.submit(status=302).follow()
        assert page.html.h1.text == "Night watch"
        assert "ID ops" in page.text

    def test_a_new_one_is_empty_in_two_respects(self, stock, as_):
        """Seed "User management", 3.1: it contains neither contacts nor hosts and services."""
        page = as_("gil").get("/provider/setup/contact-groups/ops")
        assert "Nobody is in it yet." in page.html.find(id="members").text
        assert "Nothing yet" in page.html.find(id="uses").text
        assert [cell.text for cell in page.html.select("#duty dd")] == ["0", "0"]

    def test_it_tells_members_allocation_and_how_much(self, stock, as_):
        join(stock, "ugo", "ops")
        permit(stock, "/linux", "ops", as_contacts=True)
        rule(stock, "windows", "ops", folder="/windows")
        settle(stock)
        page = as_("gil").get("/provider/setup/contact-groups/ops")
        assert page.html.find(id="members").a.text == "Ugo Evans"
        assert [link.text for link in page.html.select("#uses li a")] == ["Windows", "/linux"]
        assert page.html.find(id="others") is None
        assert [cell.text for cell in page.html.select("#duty dd")] == ["2", "4"]

    def test_what_only_names_it_allocates_nothing(self, stock, as_):
        with as_pat(stock) as (session, pat):
            element(session, "bi-aggregations", "shop", customer="acme", body={"contact_groups": ["ops"]}, by=pat)
        page = as_("gil").get("/provider/setup/contact-groups/ops")
        assert "Nothing yet" in page.html.find(id="uses").text
        assert [link.text for link in page.html.select("#others li a")] == ["Shop"]

    def test_one_in_use_is_kept_and_says_by_whom(self, stock, as_):
        join(stock, "ugo", "ops")
        rule(stock, "windows", "ops")
        pat = as_("pat")
        token = pat.get("/provider/setup/contact-groups/ops").html.find("input", attrs={"name": "csrf_token"})["value"]
        page = pat.post("/provider/setup/contact-groups/ops/deletion", {"csrf_token": token}, status=409)
        assert "Unable to delete: it is still in use by Windows, Ugo Evans." in page.text

    def test_a_rule_for_it_is_one_click_away(self, stock, as_):
        form = as_("pat").get("/provider/setup/contact-groups/ops").click("Add a contact rule").forms["element"]
        assert (form.get("groups", 0).value, form["customer"].value) == ("ops", "acme")


class TestRules:
    def test_the_list_says_what_each_assigns(self, stock, as_):
        rule(stock, "linux", "ops", "dba", folder="/linux")
        rule(stock, "all", "ops")
        page = as_("gil").get(RULES)
        told = {
            row.a.text: [cell.text for cell in row.select("td[data-label]")][:3] for row in page.html.select("tbody tr")
        }
        assert told == {"Linux": ["ops, dba", "Hosts", "/linux"], "All": ["ops", "Hosts", "All there are"]}

    def test_everybody_s_goes_to_all_sites(self, stock, as_):
        with as_pat(stock) as (session, _pat):
            session.add(Element(kind="contact-groups", key="world", title="W", title_key="w", release="global"))
        form = new(as_("pat"), customer="global", groups="world")
        assert "Global" in form.submit(status=302).follow().text

    @pytest.mark.parametrize(
        ("values", "said"),
        [
            ({"groups": ""}, "Choose at least one contact group."),
            ({"groups": "none"}, "There is none with the ID"),
            ({"folder": "/a/../b"}, "This is no folder."),
            ({"services": "CPU"}, "cannot ask for services"),
            ({"labels": "linux"}, "has no two parts"),
            ({"sites": "nowhere"}, "There is none with the ID"),
            ({"customers": "nobody"}, "There is none with the ID"),
            ({"sites": "beta_site"}, "One of these is another customer’s."),
            ({"customers": "beta"}, "released to one customer"),
            ({"hosts": "~web["}, "is no regular expression"),
            ({"hosts": "~(a+)+$"}, "repeats what repeats itself"),
            ({"hosts": "~(a|aa)*b"}, "repeats what repeats itself"),
            ({"hosts": "~(?:x*){5}"}, "repeats what repeats itself"),
            ({"hosts": "~.*.*.*.*a"}, "repeats too often"),
            ({"hosts": r"~(a)\1"}, "looks back or ahead"),
            ({"hosts": "~(?=a)a"}, "looks back or ahead"),
            ({"hosts": "~" + "a" * 220}, "is too long"),
        ],
    )
    def test_what_does_not_hold_is_refused_with_a_sentence(self, stock, as_, values, said):
        page = new(as_("pat"), **values).submit(status=422)
        assert said in page.html.find(class_="summary").text
        assert page.forms["element"]["title"].value == "Fresh"

    @pytest.mark.parametrize("line", [r"~web\d+", "~(web|db)-[a-z]+", "~.*prod.*", "~a{2,5}$", "~", "~(?i)WEB"])
    def test_everyday_patterns_are_taken_and_end_soon(self, app, line):
        with app.test_request_context():
            assert patterns.refusal(line) == ""
        began = time.perf_counter()
        for name in ("a" * 255, "web" * 85, "web1"):
            patterns.compiled(line).match(name)
        assert time.perf_counter() - began < 0.5


class TestCheck:
    def test_it_shows_what_matches_and_changes_and_saves_nothing(self, stock, as_):
        form = new(as_("pat"), folder="/linux")
        page = form.submit("check", status=200)
        assert page.html.find(id="preview").h2.text == "It matches 3 hosts"
        assert lines(page) == dict.fromkeys(("web1", "db1", "db2"), "gets Operations")
        assert body_of(stock, "contact-rules", "fresh") is None
        assert page.forms["element"]["folder"].value == "/linux"
        page.forms["element"].submit(status=302)

    def test_an_edit_shows_what_it_loses(self, stock, as_):
        rule(stock, "linux", "ops", folder="/linux")
        form = as_("pat").get(f"{RULES}linux/edit").forms["element"]
        form["folder"] = "/linux/db"
        form.set("groups", "dba", 0)
        page = form.submit("check")
        assert page.html.find(id="preview").h2.text == "It matches 2 hosts"
        assert lines(page)["web1"] == "loses Operations"
        assert lines(page)["db1"] == "gets Databases loses Operations"
        assert "changes on 3 hosts" in page.html.find(id="preview").text

    def test_of_services_it_says_that_they_stop_inheriting(self, stock, as_):
        """Seed "User management", 3.3: with at least one explicit group it will no longer inherit its host's."""
        rule(stock, "all", "ops")
        page = new(as_("pat"), assign="services", groups="dba", hosts="web1", services="~File").submit("check")
        assert lines(page) == {"Filesystem / web1": "gets Databases loses Operations"}

    @pytest.mark.parametrize("service", ["Oracle", "~Ora"])
    def test_of_services_it_counts_and_shows_hosts_that_have_them(self, stock, as_, monkeypatch, service):
        """Among many hosts the few that have a service would not be among the first."""
        monkeypatch.setattr(previews, "SHOWN", 2)
        with as_pat(stock) as (session, _pat):
            seen = {"site_id": "acme_site", "customer_id": "acme", "seen_at": now()}
            session.add(Service(host_name="win1", description="Oracle", name_key="win1 oracle", **seen))
        page = new(as_("pat"), assign="services", groups="dba", services=service).submit("check")
        assert page.html.find(id="preview").h2.text == "It looks at services of 1 host"
        assert "changes on 1 host." in page.html.find(id="preview").text
        assert lines(page) == {"Oracle win1": "gets Databases"}

    def test_an_edit_shows_services_it_no_longer_names(self, stock, as_):
        rule(stock, "cpu", "dba", assign="services", services=["CPU"], hosts=["web1"])
        form = as_("pat").get(f"{RULES}cpu/edit").forms["element"]
        form["services"] = "none"
        page = form.submit("check")
        assert page.html.find(id="preview").h2.text == "It looks at services of 0 hosts"
        assert lines(page) == {"CPU web1": "loses Databases"}

    def test_a_global_group_is_told_from_a_customers_of_the_same_title(self, stock, as_):
        with as_pat(stock) as (session, _pat):
            made = {"kind": "contact-groups", "title": "Operations", "title_key": "operations", "release": "global"}
            session.add(Element(key="all-ops", **made))
        page = new(as_("pat"), hosts="web1", groups="all-ops").submit("check")
        assert lines(page) == {"web1": "gets Operations (Global)"}

    def test_what_another_rule_gives_already_is_as_before(self, stock, as_):
        rule(stock, "all", "ops")
        page = new(as_("pat"), hosts="web1").submit("check")
        assert lines(page) == {"web1": "as before"}
        assert "Nobody’s responsibility changes." in page.text

    def test_a_disabled_one_changes_nothing(self, stock, as_):
        form = new(as_("pat"), hosts="web1")
        form["enabled"] = False
        assert "it does not count" in form.submit("check").text

    def test_a_form_that_does_not_hold_shows_no_preview(self, stock, as_):
        assert not new(as_("pat"), hosts="~(").submit("check", status=422).html.find(id="preview")


def test_what_a_rule_for_all_names_is_a_leak(stock, as_):
    """A host, a site and a customer in a Global rule would be read at every customer's sites."""
    with as_pat(stock) as (session, pat):
        body = {"hosts": ["win1"], "sites": ["harbour"], "customers": ["acme"], "comment": "for Acme GmbH"}
        made = element(session, "contact-rules", customer="global", body=body, by=pat)
        drafts = [report.Draft("contact-rules", made.key, made.title, made.body, "global", None)]
        assert {one.field for one in report.of_drafts(session, drafts)} == {
            "Hosts", "Sites", "Customers", "Comment",
        }  # fmt: skip


class TestResponsibilities:
    def test_a_person_is_told_everything_and_why(self, stock, as_):
        join(stock, "ugo", "ops")
        join(stock, "ugo", "dba")
        permit(stock, "/linux", "ops", as_contacts=True)
        rule(stock, "files", "dba", assign="services", services=["~Filesystem"])
        settle(stock)
        with as_pat(stock) as (session, _pat):
            id = session.query(User.id).filter_by(username="ugo").scalar()
        gil = as_("gil")
        page = gil.get(f"/provider/setup/users/{id}").click("What they are responsible for, and why")
        assert [[cell.text for cell in row.select("td")][::2] for row in page.html.select("tbody tr")] == [
            ["web1", "Operations: folder /linux"]
        ]
        page = page.click("Services given by themselves")
        assert len(page.html.select("tbody tr")) == 5
        assert {row.select("td")[2].text for row in page.html.select("tbody tr")} == {"Databases: rule “Files”"}

    def test_it_costs_the_same_however_much_it_is(self, stock, as_, statements):
        join(stock, "ugo", "ops")
        with as_pat(stock) as (session, _pat):
            id = session.query(User.id).filter_by(username="ugo").scalar()
        gil, costs = as_("gil"), []
        for key, conditions in (("one", {"hosts": ["web1"]}), ("all", {})):
            rule(stock, key, "ops", **conditions)
            settle(stock)
            gil.get(f"/provider/access/users/{id}/responsibilities")
            statements.clear()
            gil.get(f"/provider/access/users/{id}/responsibilities")
            costs.append(len(statements))
        assert costs[0] == costs[1] <= 8
