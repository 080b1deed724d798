"""The tree of folders: what it shows, who is permitted in it, and what it costs."""

from __future__ import annotations

import pytest

from portal.accounts.users import User
from portal.contacts import visibility
from portal.contacts.inventory import Host
from portal.customers.elements import Element
from portal.customers.sites import Site
from portal.database import db, now
from portal.setup import elements, sites
from portal.setup.places import ASSIGNMENTS, FOLDERS, assignment_key, folder_key
from tests.factories.elements import as_pat
from tests.setup.responsibility import body_of, furnish, join, permit, rule

TREE = "/provider/setup/folders/"
AT = f"{TREE}sites/acme_site"


@pytest.fixture
def stock(app):
    furnish(app)
    return app


def cells(page, card):
    """Return the rows of a card's table as texts."""
    rows = page.html.select(f"#{card} tbody tr")
    return [[" ".join(cell.text.split()) for cell in row.find_all("td")] for row in rows]


class TestTree:
    def test_it_leads_from_customers_over_sites_to_folders_and_hosts(self, stock, as_):
        gil = as_("gil")
        page = gil.get(TREE)
        assert [line.strong.text for line in page.html.select(".tree summary")] == ["Acme GmbH", "Beta AG"]
        page = page.click("acme_site in town")
        assert cells(page, "subfolders") == [["linux", "", "3"], ["windows", "", "1"]]
        assert [row[0] for row in cells(page, "hosts")] == ["top"]
        page = page.click("^linux$")
        assert cells(page, "subfolders") == [["db", "", "2"]]
        assert [row[0] for row in cells(page.click("^db$"), "hosts")] == ["db1", "db2"]

    def test_a_permission_on_a_folder_without_a_host_is_found_in_the_tree(self, stock, as_):
        permit(stock, "/linux/old", "ops")
        page = as_("gil").get(f"{AT}?path=/linux")
        assert cells(page, "subfolders") == [["db", "", "2"], ["old", "own", "0"]]

    def test_a_customer_may_be_asked_for(self, stock, as_):
        page = as_("gil").get(f"{TREE}?customer=beta")
        assert "beta_site in town" in page.text
        assert "acme_site" not in page.text
        assert "Beta AG" in as_("gil").get(f"{TREE}?q=bet").text
        assert "Nothing matches" in as_("gil").get(f"{TREE}?q=nobody").text

    @pytest.mark.parametrize("path", ["?path=/none", "?path=%00", "?path=" + "/x" * 200, "?rest=%ff&path=/linux/"])
    def test_odd_paths_are_empty_folders(self, stock, as_, path):
        as_("gil").get(f"{AT}{path}")

    def test_a_large_folder_is_paged(self, stock, as_, statements):
        gil, costs = as_("gil"), []
        for number in (1, 120):
            with as_pat(stock) as (session, _pat):
                for at in range(number):
                    name = f"n{number}_{at:03}"
                    session.add(
                        Host(
                            name=name, name_key=name, folder=f"/wato/many/f{at % 110}/hosts.mk", site_id="acme_site",
                            customer_id="acme", seen_at=now(),
                        )
                    )  # fmt: skip
                    session.add(
                        Host(
                            name=f"{name}_", name_key=f"{name}_", folder="/wato/many/hosts.mk", site_id="acme_site",
                            customer_id="acme", seen_at=now(),
                        )
                    )  # fmt: skip
            gil.get(f"{AT}?path=/many")
            statements.clear()
            page = gil.get(f"{AT}?path=/many")
            costs.append(len(statements))
        assert costs[1] <= costs[0] + 1 <= 8, "one more counts what does not fit a page"
        assert len(cells(page, "hosts")) == 25
        assert cells(page, "subfolders")[-1][0] != "f99"
        assert cells(page.click("Further folders"), "subfolders")[-1][0] == "f99"
        assert len(cells(gil.get(f"{AT}?path=/many&q=n120_001"), "hosts")) == 1


class TestPermissions:
    def test_they_are_set_from_the_tree(self, stock, as_):
        """Seed "User management", 3.2: the attributes of a folder are accessed when in the folder."""
        page = as_("pat").get(f"{AT}?path=/linux").click("Permissions")
        form = page.forms["permission"]
        form.set("groups", "ops", 0)
        form["as_contacts"] = True
        page = form.submit(status=302).follow()
        assert "Operations" in page.html.find(id="permission").text
        body = body_of(stock, FOLDERS, folder_key("acme", "/linux"))
        assert body == {
            "path": "/linux", "groups": ["ops"], "as_contacts": True, "as_contacts_below": False,
            "for_services": False, "may_edit_below": False,
        }  # fmt: skip
        form = page.click("Permissions").forms["permission"]
        form["as_contacts_below"] = True
        page = form.submit(status=302).follow()
        assert "Operations" in as_("pat").get(f"{AT}?path=/linux/db").html.find(id="reaching").text
        removal = page.click("Permissions")
        next(one for one in removal.forms.values() if one.action.split("?")[0].endswith("/deletion")).submit(status=302)
        assert body_of(stock, FOLDERS, folder_key("acme", "/linux")) is None

    def test_a_group_is_needed_and_must_go_to_these_sites(self, stock, as_):
        form = as_("pat").get(f"{AT}/permission?path=/linux").forms["permission"]
        page = form.submit(status=422)
        assert "Choose at least one contact group." in page.text
        for wrong, said in (("theirs", "another customer’s"), ("none", "There is none with the ID")):
            form.set("groups", wrong, 0)
            assert said in form.submit(status=422).text

    def test_groups_that_are_no_contacts_are_none_for_services_either(self, stock, as_):
        form = as_("pat").get(f"{AT}/permission?path=/linux").forms["permission"]
        form.set("groups", "ops", 0)
        form["for_services"] = True
        page = form.submit(status=422)
        assert "Add the groups as contacts to hosts first" in page.text
        page.forms["permission"]["as_contacts_below"] = True
        page.forms["permission"].submit(status=302)

    def test_of_two_who_save_at_once_the_second_is_told(self, stock, as_):
        permit(stock, "/linux", "ops")
        form = as_("pat").get(f"{AT}/permission?path=/linux").forms["permission"]
        other = as_("pat").get(f"{AT}/permission?path=/linux").forms["permission"]
        other["as_contacts"] = True
        other.submit(status=302)
        assert "Somebody else changed this" in form.submit(status=409).text

    def test_one_for_all_customers_is_made_and_shown(self, stock, as_):
        with as_pat(stock) as (session, _pat):
            session.add(Element(kind="contact-groups", key="all-ops", title="All", title_key="all", release="global"))
        form = as_("pat").get(TREE).click("Add one").forms["element"]
        form["path"] = "/windows//"
        form.set("groups", "all-ops", 0)
        form["as_contacts_below"] = True
        form.submit(status=302)
        assert body_of(stock, FOLDERS, folder_key("global", "/windows"))["path"] == "/windows"
        assert "/windows of all customers" in as_("gil").get(f"{AT}?path=/windows/deep").text

    @pytest.mark.parametrize("path", ["../etc", "/a/../b", "/a;b", "/" + "x" * 300, "/<b>"])
    def test_what_no_folder_is_called_is_refused(self, stock, as_, path):
        form = as_("pat").get(f"{TREE}new").forms["element"]
        form["path"] = path
        form.set("groups", "ops", 0)
        assert "This is no folder." in form.submit(status=422).text

    def test_who_only_reads_is_offered_no_change(self, stock, as_):
        assert "Permissions" not in [link.text for link in as_("gil").get(f"{AT}?path=/linux").html.select(".head a")]
        as_("gil").get(f"{AT}/permission?path=/linux", status=403)


class TestOwnFolders:
    """Seed "User management", 3.2: permissions for administering hosts are not responsibility in monitoring."""

    def test_nobody_is_permitted_anywhere_at_first(self, stock, as_):
        uli = as_("uli")
        assert "None of your contact groups is permitted on a folder." in uli.get(TREE).text
        uli.get(AT, status=404)
        uli.get("/provider/setup/", status=404)
        uli.get("/provider/setup/contact-rules/", status=404)

    def test_a_group_opens_its_folders_and_no_others(self, stock, as_):
        join(stock, "uli", "dba")
        permit(stock, "/linux/db", "dba", may_edit_below=True)
        permit(stock, "/linux/db/deep", "ops")
        uli = as_("uli")
        assert "/provider/setup/folders/" in [link["href"] for link in uli.get(TREE).html.select("nav a")]
        page = uli.get(TREE).click("acme_site in town /linux/db")
        assert [row[0] for row in cells(page, "hosts")] == ["db1", "db2"]
        assert cells(page, "subfolders") == [["deep", "own", "0"]]
        for closed in ("", "?path=/linux", "?path=/windows"):
            uli.get(f"{AT}{closed}", status=404)
        for closed in (f"{AT}/host?name=web1", f"{AT}/service?host=db1&service=CPU", f"{TREE}sites/beta_site"):
            uli.get(closed, status=404)

    def test_subfolders_are_open_only_where_the_permission_says_so(self, stock, as_):
        join(stock, "uli", "ops")
        permit(stock, "/linux", "ops")
        uli = as_("uli")
        page = uli.get(f"{AT}?path=/linux")
        assert cells(page, "subfolders") == []
        uli.get(f"{AT}?path=/linux/db", status=404)

    def test_they_edit_the_allocation_there_and_see_no_more_for_it(self, stock, as_):
        join(stock, "uli", "dba")
        permit(stock, "/linux/db", "dba")
        uli = as_("uli")
        form = uli.get(f"{AT}/host?name=db1").forms["own-groups"]
        form.set("groups", "ops", 0)
        page = form.submit(status=302).follow()
        assert "assigned to the host itself" in page.html.find(id="responsible").text
        form = uli.get(f"{AT}/permission?path=/linux/db").forms["permission"]
        form["may_edit_below"] = True
        form.submit(status=302)
        assert body_of(stock, FOLDERS, folder_key("acme", "/linux/db"))["may_edit_below"] is True
        assert "CPU" not in uli.get(f"{AT}/host?name=db1").text
        assert "In monitoring" not in uli.get(f"{AT}/host?name=db1").text
        assert "In monitoring" in as_("gil").get(f"{AT}/host?name=db1").text
        found = db.session
        with stock.app_context():
            user = found.query(User).filter_by(username="uli").one()
            reader = type("Reader", (), {"id": user.id, "customer_id": "provider", "verbs": frozenset()})()
            assert found.scalars(db.select(Host.name).where(visibility.of(Host, reader))).all() == []
            found.remove()

    def test_who_takes_the_own_group_out_is_led_away(self, stock, as_):
        join(stock, "uli", "dba")
        permit(stock, "/linux/db", "dba")
        uli = as_("uli")
        page = uli.get(f"{AT}/permission?path=/linux/db")
        removal = next(one for one in page.forms.values() if one.action.split("?")[0].endswith("/deletion"))
        assert removal.submit(status=302).location.endswith(TREE)
        uli.get(f"{AT}?path=/linux/db", status=404)

    def test_customers_people_get_no_page_of_setup(self, stock, as_):
        join(stock, "alan", "ops")
        permit(stock, "/linux", "ops")
        for closed in (TREE, AT, f"{AT}?path=/linux", f"{AT}/host?name=web1", f"{AT}/permission?path=/linux"):
            as_("alan").get(closed, status=404)


class TestReasons:
    def why(self, browser, query):
        page = browser.get(f"{AT}/{query}")
        return {row[0].removesuffix(" Global"): row[1] for row in cells(page, "responsible")}

    def test_folders_and_rules_add_up(self, stock, as_):
        """Seed "User management", 3.2: the host is allocated the sum; folders are cumulative where they say so."""
        permit(stock, "/linux", "ops", as_contacts=True, as_contacts_below=True)
        permit(stock, "/linux/db", "dba", as_contacts=True)
        rule(stock, "databases", "dba", hosts=["~db"])
        rule(stock, "off", "ops", hosts=["win1"])
        gil = as_("gil")
        assert self.why(gil, "host?name=db1") == {
            "Databases": "folder /linux/db; rule “Databases”",
            "Operations": "folder /linux, with all its subfolders",
        }
        assert self.why(gil, "host?name=web1") == {"Operations": "folder /linux"}
        assert self.why(gil, "host?name=top") == {}

    def test_a_service_has_its_hosts_groups_until_it_is_given_one(self, stock, as_):
        """Seed "User management", 3.3."""
        permit(stock, "/linux", "ops", as_contacts=True)
        gil = as_("gil")
        assert self.why(gil, "service?host=web1&service=CPU") == {"Operations": "from its host: folder /linux"}
        rule(stock, "files", "dba", assign="services", services=["~Filesystem"])
        assert self.why(gil, "service?host=web1&service=CPU") == {"Operations": "from its host: folder /linux"}
        assert self.why(gil, "service?host=web1&service=Filesystem+/") == {"Databases": "rule “Files”"}

    def test_an_assignment_is_made_changed_and_taken_back_on_the_page(self, stock, as_):
        pat = as_("pat")
        form = pat.get(f"{AT}/service?host=web1&service=Filesystem+/").forms["own-groups"]
        form.set("groups", "ops", 0)
        form.set("groups", "dba", 1)
        page = form.submit(status=302).follow()
        assert [row[1] for row in cells(page, "responsible")] == ["assigned to the service itself"] * 2
        form = page.forms["own-groups"]
        form.set("groups", "", 0)
        page = form.submit(status=302).follow()
        assert [row[0] for row in cells(page, "responsible")] in (["Operations"], ["Databases"])
        form = page.forms["own-groups"]
        form.set("groups", "", 0)
        assert "Nobody" in form.submit(status=302).follow().text

    def test_members_are_the_contacts(self, stock, as_):
        join(stock, "ugo", "ops")
        permit(stock, "/linux", "ops", as_contacts=True)
        assert "Ugo" in as_("gil").get(f"{AT}/host?name=web1").html.find(id="responsible").text

    def test_what_is_not_there_is_not_found(self, stock, as_):
        for none in ("host?name=none", "host", "service?host=web1&service=none", "service?host=none&service=CPU"):
            as_("gil").get(f"{AT}/{none}", status=404)
        as_("gil").get(f"{TREE}sites/none", status=404)

    def test_who_only_reads_cannot_assign(self, stock, as_):
        page = as_("gil").get(f"{AT}/host?name=web1")
        assert "own-groups" not in page.forms
        token = page.html.find("input", attrs={"name": "csrf_token"})["value"]
        as_("gil").post(f"{AT}/host?name=web1", {"csrf_token": token, "groups": "ops"}, status=403)

    def test_assignments_go_with_their_site_and_end_with_it(self, stock, as_):
        with as_pat(stock) as (session, pat):
            key = assignment_key("acme_site", "web1")
            body = {"site": "acme_site", "host": "web1", "service": "", "groups": ["ops"]}
            made = elements.create(session, ASSIGNMENTS, key=key, title="web1", customer="acme", body=body, by=pat)
            found = session.get_one(Site, "acme_site")
            sites.move(session, found, "beta", by=pat)
            assert made.customer_id == "beta"
            sites.remove(session, found, by=pat)
            assert made.archived_at is not None
