"""Visibility (seed "User management", section 4): who is no contact for a host or service does not know of it."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from portal.accounts.users import User, UserRole
from portal.contacts.authorization import Authorization, AuthorizedSite
from portal.contacts.inventory import Sweep
from portal.database import db, now
from portal.monitoring import poller, scope, standin
from portal.monitoring.livestatus.answers import Answer, SiteState
from tests.factories.contacts import Allocation, group
from tests.monitoring.fleet import column, host, names, service

HOSTS = ("db1", "mail1", "web1", "web2")
SERVICES = ("CPU", "Backup")


@pytest.fixture(autouse=True)
def _cast(app, fleet):
    """Uma is in `web`, ugo in `backups`, alan in `all`; each at their own role, `user`."""
    with app.app_context():
        db.session.query(UserRole).filter(UserRole.user_id.in_(
            select(User.id).where(User.customer_id == "acme"))).delete()  # fmt: skip
        group("web", "uma")
        group("backups", "ugo")
        group("all", "alan")
        given = Allocation()
        for name in HOSTS:
            of_host = ("all", "web") if name.startswith("web") else ("all",)
            given.host("acme_hamburg", name, *of_host)
            given.service("acme_hamburg", name, "CPU", of_host=of_host)
            given.service("acme_hamburg", name, "Backup", ("backups",), of_host=of_host)
        given.host("acme_lab", "lab1", "all")
        for site in ("acme_hamburg", "acme_lab"):
            db.session.add(Sweep(site_id=site, customer_id="acme", finished_at=now(), hosts=4, services=8))
        db.session.commit()
        db.session.remove()
    for name in HOSTS:
        groups = {"groups": ["linux", "www"] if name.startswith("web") else ["linux"]}
        fleet.add(
            "acme_hamburg",
            "hosts",
            host(name, int(name == "web2"), parents=["db1"], num_services=2, num_services_crit=1, **groups),
        )
        fleet.add("acme_hamburg", "services", service(name, "CPU", host_groups=groups["groups"], groups=["load"]))
        fleet.add("acme_hamburg", "services", service(name, "Backup", 2, host_groups=groups["groups"]))
        fleet.add("acme_hamburg", "eventconsoleevents", {"event_host": name, "event_text": f"of {name}", "event_id": 1,
                  "event_state": 2, "event_phase": "open"})  # fmt: skip
    fleet.add("acme_hamburg", "hostgroups", *(
        {"name": name, "alias": name.title(), "num_hosts": number, "num_hosts_up": number, "num_services": 9}
        for name, number in (("linux", 4), ("www", 2), ("empty", 0))
    ))  # fmt: skip
    fleet.add("acme_hamburg", "servicegroups", {"name": "load", "alias": "Load", "num_services": 4})
    fleet.add("acme_lab", "hosts", host("lab1"))


def choose(app, **values):
    with app.app_context():
        db.session.add(Authorization(id=1, **values))
        db.session.commit()
        db.session.remove()


def only_sites(app, username, *sites):
    with app.app_context():
        user = db.session.scalars(select(User).where(User.username == username)).one()
        user.has_chosen_sites = True
        db.session.add_all(AuthorizedSite(user_id=user.id, site_id=site) for site in sites)
        db.session.commit()
        db.session.remove()


def listed(browser, page):
    return names(browser.get(f"/monitoring/{page}/"))


class TestAsIfTheySimplyDoNotExist:
    """4.1: "it appears as if those hosts and services for which one is not a contact simply do not exist"."""

    def test_lists_hold_what_one_is_a_contact_for(self, as_):
        assert listed(as_("uma"), "hosts") == ["web1", "web2"]
        assert listed(as_("alan"), "hosts") == [*HOSTS[:1], "lab1", *HOSTS[1:]]
        assert listed(as_("ugo"), "hosts") == listed(as_("abe"), "hosts") == []
        page = as_("ugo").get("/monitoring/services/")
        assert sorted(column(page, "Host")) == list(HOSTS)
        assert set(names(page)) == {"Backup"}

    def test_files_too(self, as_):
        rows = as_("uma").get("/monitoring/hosts.json").json[1:]
        assert [row[1] for row in rows] == ["web1", "web2"]
        assert "mail1" not in as_("uma").get("/monitoring/services.csv").text

    def test_no_site_is_asked_where_nothing_is_theirs(self, as_, fleet):
        as_("uma").get("/monitoring/hosts/")
        as_("uma").get("/monitoring/")
        as_("abe").get("/monitoring/")
        assert {site for sites, _queries in fleet.asked for site in sites} == {"acme_hamburg"}

    def test_counts(self, as_):
        def overview(username):
            page = as_(username).get("/monitoring/")
            return [
                [cell.text.strip() for cell in page.html.select_one(f'.overview tr[data-key="{key}"]').find_all("td")]
                for key in ("hosts", "services", "events")
            ]

        assert [row[0] for row in overview("uma")] == ["2", "4", "2"]
        assert [row[0] for row in overview("ugo")] == ["0", "4", "0"]
        assert [row[0] for row in overview("alan")] == ["5", "8", "4"]

    def test_a_host_or_service_of_others_is_not_found(self, as_):
        at = {"site": "acme_hamburg"}
        assert as_("uma").get("/monitoring/host", {**at, "name": "web1"}).html.h1.text == "web1"
        as_("uma").get("/monitoring/host", {**at, "name": "db1"}, status=404)
        as_("uma").get("/monitoring/host", {**at, "name": "never"}, status=404)
        as_("uma").get("/monitoring/host", {"site": "acme_lab", "name": "lab1"}, status=404)
        as_("uma").get("/monitoring/service", {**at, "host": "db1", "service": "CPU"}, status=404)
        as_("abe").get("/monitoring/host", {**at, "name": "web1"}, status=404)

    def test_who_sees_a_service_and_not_its_host_is_led_to_the_service(self, as_):
        at = {"site": "acme_hamburg"}
        assert as_("ugo").get("/monitoring/service", {**at, "host": "db1", "service": "Backup"}).html.h1.text
        as_("ugo").get("/monitoring/service", {**at, "host": "db1", "service": "CPU"}, status=404)
        found = as_("ugo").get("/monitoring/host", {**at, "name": "db1"}, status=302).follow()
        assert names(found) == ["Backup"]
        as_("ugo").get("/monitoring/host", {**at, "name": "never"}, status=404)

    def test_not_even_its_name_as_a_parent(self, as_):
        assert "db1" not in as_("uma").get("/monitoring/host?site=acme_hamburg&name=web1")
        assert column(as_("uma").get("/monitoring/hosts/?columns=host&columns=host_parents"), "Parents") == ["–", "–"]
        assert "db1" in as_("alan").get("/monitoring/host?site=acme_hamburg&name=web1")

    def test_events_are_those_of_visible_hosts(self, as_):
        assert sorted(listed(as_("uma"), "events")) == ["of web1", "of web2"]
        assert listed(as_("ugo"), "events") == []

    def test_a_filter_finds_nothing_else(self, as_, fleet):
        for query in ("q=db1", "host=%3Ddb1", "host=~.*&q=db", "state=up&q=mail1", "hostgroup=linux&q=db1"):
            assert names(as_("uma").get(f"/monitoring/hosts/?{query}")) == [], query

    def test_role_admin_sees_all_of_the_own_company_and_nothing_beyond(self, app, as_, fleet):
        fleet.add("beta_zurich", "hosts", host("beta1"))
        with app.app_context():
            user = db.session.scalars(select(User).where(User.username == "ada")).one()
            db.session.add(UserRole(user_id=user.id, role_id="admin"))
            db.session.commit()
            db.session.remove()
        assert listed(as_("ada"), "hosts") == ["db1", "lab1", "mail1", "web1", "web2"]
        as_("ada").get("/monitoring/host?site=beta_zurich&name=beta1", status=404)

    def test_who_gives_up_see_all_sees_what_they_are_a_contact_for(self, app, as_):
        assert "db1" in listed_by_staff(as_)
        with app.app_context():
            user = db.session.scalars(select(User).where(User.username == "pat")).one()
            user.sees_only_own = True
            group("web", "pat")
            db.session.commit()
            db.session.remove()
        assert listed_by_staff(as_) == ["web1", "web2"]
        assert "only what you are a contact for" in as_("pat").get("/provider/monitoring/hosts/")


def listed_by_staff(as_):
    return names(as_("pat").get("/provider/monitoring/hosts/"))


class TestLooseAndStrict:
    """4.2: "one can be a contact for a host, but not for all of its services"."""

    def test_loosely_all_services_of_the_host_are_seen(self, as_):
        assert sorted(listed(as_("uma"), "services")) == ["Backup", "Backup", "CPU", "CPU"]

    def test_strict_must_be_explicit_contact_of_a_service(self, app, as_):
        choose(app, is_strict_for_services=True)
        assert listed(as_("uma"), "services") == ["CPU", "CPU"]
        assert set(listed(as_("ugo"), "services")) == {"Backup"}
        as_("uma").get("/monitoring/service?site=acme_hamburg&host=web1&service=Backup", status=404)
        rows = as_("uma").get("/monitoring/hosts/?columns=host&columns=num_services&columns=num_services_crit")
        assert (column(rows, "Services"), column(rows, "Critical")) == (["1", "1"], ["0", "0"])
        page = as_("uma").get("/monitoring/host?site=acme_hamburg&name=web1")
        assert "Backup" not in page
        assert "CPU" in page

    @pytest.mark.parametrize("limit", ["tables.stock.LIVE_UP_TO", "scoping.MOST_NAMES"])
    def test_strictly_the_inventory_counts_no_others_either(self, app, as_, monkeypatch, limit):
        """Long lists come from it, and what is too much to be asked for by name."""
        monkeypatch.setattr(f"portal.monitoring.{limit}", 1)
        choose(app, is_strict_for_services=True)
        columns = "columns=host&columns=num_services&columns=num_services_crit"
        page = as_("uma").get(f"/monitoring/hosts/?{columns}")
        assert page.html.select_one("#live .message.info")
        assert (column(page, "Services"), column(page, "Critical")) == (["1", "1"], ["0", "0"])
        rows = as_("uma").get(f"/monitoring/hosts.json?{columns}").json
        assert rows[1:] == [["web1", "1", "0"], ["web2", "1", "0"]]


class TestGroups:
    """4.3: loose shows groups with a visible member, and these alone; strict those of which all members are visible."""

    def test_loose(self, as_):
        page = as_("uma").get("/monitoring/host-groups/")
        assert names(page) == ["Linux", "Www"]
        assert column(page, "Hosts up") == ["1", "1"]
        assert column(page, "Hosts down") == ["1", "1"]
        assert column(page, "Services OK") == ["2", "2"]
        assert names(as_("uma").get("/monitoring/service-groups/")) == ["Load"]
        assert column(as_("uma").get("/monitoring/service-groups/"), "Services") == ["2"]
        assert names(as_("alan").get("/monitoring/host-groups/")) == ["Linux", "Www"]

    def test_strict_must_be_contact_of_all_members(self, app, as_):
        choose(app, is_strict_for_groups=True)
        assert names(as_("uma").get("/monitoring/host-groups/")) == ["Empty", "Www"]
        assert names(as_("uma").get("/monitoring/service-groups/")) == []
        assert names(as_("alan").get("/monitoring/host-groups/")) == ["Empty", "Linux", "Www"]


class TestAuthorizedSites:
    """2.2: "the GUI will contact only the authorized sites to build views"."""

    def test_others_are_not_contacted(self, app, as_, fleet):
        only_sites(app, "alan", "acme_lab")
        assert listed(as_("alan"), "hosts") == ["lab1"]
        as_("alan").get("/monitoring/")
        as_("alan").get("/monitoring/host?site=acme_hamburg&name=web1", status=404)
        as_("alan").get("/monitoring/hosts/?site=site:acme_hamburg", status=404)
        assert {site for sites, _queries in fleet.asked for site in sites} == {"acme_lab"}

    def test_who_sees_all_is_narrowed_too(self, app, as_, fleet):
        only_sites(app, "pat", "acme_lab", "central")
        assert listed_by_staff(as_) == ["lab1"]
        assert {site for sites, _queries in fleet.asked for site in sites} == {"acme_lab", "central"}

    def test_none_chosen_is_none(self, app, as_, fleet):
        only_sites(app, "alan")
        as_("alan").get("/monitoring/")
        assert listed(as_("alan"), "hosts") == []
        assert not any(sites for sites, _queries in fleet.asked)


class TestOfNothing:
    def test_a_contact_of_nothing_is_told_so(self, as_):
        for page in ("", "hosts/", "services/", "host-groups/"):
            assert "You are a contact for no host" in as_("abe").get(f"/monitoring/{page}")
        assert "You are a contact for no host" not in as_("uma").get("/monitoring/")

    def test_a_site_that_is_not_asked_for_it_is_not_said_to_wait(self, as_, fleet, monkeypatch):
        monkeypatch.setattr(poller, "known", lambda target: Answer(target.site_id, SiteState.WAITING))
        sites = as_("abe").get("/monitoring/").html.select("ul.waiting li")
        assert ["Nothing there is yours, so it is not asked." in site.text for site in sites] == [True, True]
        assert not any(site.select(".badge") for site in sites)


class TestTooManyNames:
    """Beyond so many names a site is not asked: the inventory answers, with its age."""

    @pytest.fixture(autouse=True)
    def _few(self, monkeypatch):
        monkeypatch.setattr("portal.monitoring.scoping.MOST_NAMES", 1)

    def test_lists_counts_groups_and_pages(self, as_, fleet):
        page = as_("uma").get("/monitoring/hosts/")
        assert names(page) == ["web1", "web2"]
        assert "from the inventory" in page.html.select_one("#live .message.info").text
        page = as_("uma").get("/monitoring/")
        cells = page.html.select('.overview [data-key="hosts"] td')
        assert [cell.text.strip() for cell in cells] == ["2", "0", "0", "0"]
        assert "from the inventory" in page.html.select_one("#live .message.info").text
        assert sorted(listed(as_("uma"), "services")) == ["Backup", "Backup", "CPU", "CPU"]
        assert names(as_("uma").get("/monitoring/services/?service=%3DCPU&state=ok&q=WEB")) == ["CPU", "CPU"]
        assert all(not any(queries) for _sites, queries in fleet.asked)
        assert as_("uma").get("/monitoring/host?site=acme_hamburg&name=web1").html.h1.text == "web1"
        as_("uma").get("/monitoring/host?site=acme_hamburg&name=db1", status=404)

    def test_what_the_inventory_does_not_know_is_said(self, as_):
        page = as_("uma").get("/monitoring/hosts/?stale=yes")
        assert "knows nothing of “staleness”" in page.html.select_one(".silent").text

    @pytest.mark.parametrize("pattern", ["(.|..|...)+@", "(\\w+)+!", "(?P<name>web)(?P=name)", "web("])
    def test_a_pattern_the_portal_itself_cannot_try_is_refused(self, as_, pattern):
        """The portal matches it here, not the site: one that explodes would hold everybody up."""
        page = as_("uma").get("/monitoring/services/", {"service": f"~{pattern}"}, status=422)
        assert any(pattern in message.text for message in page.html.select(".message"))
        page = as_("uma").get("/monitoring/services/", {"service": "~^CPU$"})
        assert len(names(page)) == 2

    def test_a_pattern_only_the_other_database_knows_is_no_error(self, as_):
        assert as_("uma").get("/monitoring/services/", {"service": "~(?P<name>CPU)"}, status="*").status_int < 500

    def test_nothing_is_compared_that_was_not_asked_for(self):
        assert standin.TABLES.keys() == {"hosts", "services"}
        assert scope.MOST_NAMES == 2_000
