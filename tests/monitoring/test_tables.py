"""Tables in both doors: what they show of which sites, narrowed, sorted and grouped."""

from __future__ import annotations

import pytest

from portal.contacts.inventory import Host
from portal.customers.sites import Site
from portal.database import db
from portal.monitoring import hiding
from portal.monitoring.tables import reading
from tests.monitoring.fleet import column, host, names, service

HOSTS, OWN = "/provider/monitoring/hosts/", "/monitoring/hosts/"


class TestWhoSeesWhat:
    @pytest.fixture(autouse=True)
    def _hosts(self, fleet):
        fleet.add("acme_hamburg", "hosts", host("web1"), host("db1", 1))
        fleet.add("acme_lab", "hosts", host("lab1"))
        fleet.add("beta_zurich", "hosts", host("beta1", 2))
        fleet.add("central", "hosts", host("central1", has_been_checked=0))

    def test_staff_see_all_sites_and_a_customer_its_own(self, as_):
        assert names(as_("pat").get(HOSTS)) == ["beta1", "central1", "db1", "lab1", "web1"]
        assert names(as_("gil").get(HOSTS)) == names(as_("pat").get(HOSTS))
        for person in ("ada", "ugo"):
            assert names(as_(person).get(OWN)) == ["db1", "lab1", "web1"]

    def test_the_site_filter_takes_customers_and_sites_and_several_of_them(self, as_):
        pat = as_("pat")
        assert names(pat.get(f"{HOSTS}?site=customer:acme")) == ["db1", "lab1", "web1"]
        assert names(pat.get(f"{HOSTS}?site=site:acme_lab&site=customer:beta")) == ["beta1", "lab1"]
        page = pat.get(f"{HOSTS}?site=site:acme_lab&site=customer:beta")
        assert [s.find("option", selected=True)["value"] for s in page.html.select("select[name=site]")] == [
            "site:acme_lab", "customer:beta",
        ]  # fmt: skip

    def test_foreign_and_unknown_sites_do_not_exist(self, as_):
        for value in ("site:beta_zurich", "customer:beta", "site:nowhere", "beta_zurich", "customer:gamma"):
            as_("ada").get(f"{OWN}?site={value}", status=404)
            as_("ada").get(f"/monitoring/services.csv?site={value}", status=404)
        as_("pat").get(f"{HOSTS}?site=site:nowhere", status=404)

    def test_only_own_sites_are_ever_asked(self, as_, fleet):
        for address in ("hosts/", "services/", "problems/", "host-groups/", "service-groups/", "events/", "hosts.json"):
            as_("ada").get(f"/monitoring/{address}")
        assert {site for sites, _queries in fleet.asked for site in sites} == {"acme_hamburg", "acme_lab"}

    def test_a_company_without_sites_and_strangers_of_the_other_door(self, as_):
        as_("gus").get(OWN, status=404)
        as_("ada").get(HOSTS, status=404)
        as_("ada").get("/monitoring/customers/", status=404)
        as_("pat").get(OWN, status=404)

    def test_hidden_customers_are_left_out_until_shown(self, as_, app):
        from portal.accounts.users import User

        with app.app_context():
            pat = db.session.query(User).filter_by(username="pat").one()
            hiding.hide(db.session(), ["acme"], by=pat.id)
            db.session.commit()
        page = as_("pat").get(HOSTS)
        assert names(page) == ["beta1", "central1"]
        assert "Acme" not in page.html.select_one("select[name=site]").text
        assert "hidden" in as_("pat").get(f"{HOSTS}?site=customer:acme").text

    def test_states_are_words(self, as_):
        assert column(as_("pat").get(HOSTS), "State") == ["Unreachable", "Pending", "Down", "Up", "Up"]

    def test_a_dead_site_is_named_with_its_reason_and_costs_only_its_own_rows(self, as_, fleet):
        fleet.dead["acme_lab"] = "The site does not answer."
        page = as_("ada").get(OWN)
        assert names(page) == ["db1", "web1"]
        assert "Lab · Acme GmbH · Dead: The site does not answer." in page.html.select_one(".silent").text

    def test_a_disabled_site_is_left_out_on_purpose_and_no_alarm(self, as_, app):
        with app.app_context():
            db.session.get_one(Site, "acme_lab").is_disabled = True
            db.session.commit()
        page = as_("ada").get(OWN)
        assert names(page) == ["db1", "web1"]
        assert not page.html.select(".silent")
        assert "its connection is disabled: Lab" in page

    def test_a_list_costs_a_fixed_number_of_statements(self, as_, statements):
        for person, address in (("pat", HOSTS), ("ada", OWN)):
            as_(person).get(address)
            statements.clear()
            as_(person).get(address)
            assert len(statements) == 3, statements  # session, sites, sizes of the inventory


class TestCores:
    def test_a_column_a_core_does_not_know_stays_empty_there_and_is_not_asked_for_again(self, as_, fleet):
        fleet.add("acme_hamburg", "hosts", host("web1", labels={"os": "linux"}))
        fleet.add("acme_lab", "hosts", host("lab1"))
        fleet.lacks["acme_lab"] = {"labels", "staleness"}
        address = f"{OWN}?columns=host&columns=host_labels&columns=host_icons"
        page = as_("ada").get(address)
        assert column(page, "Labels of the host") == ["–", "os:linux"]
        assert not page.html.select(".silent")
        fleet.asked.clear()
        as_("ada").get(address)
        assert len(fleet.asked) == 2
        assert "labels" not in next(queries for sites, queries in fleet.asked if sites == ["acme_lab"])[0].columns

    def test_a_filter_on_a_column_a_core_does_not_know_says_so(self, as_, fleet):
        fleet.add("acme_lab", "hosts", host("lab1"))
        fleet.lacks["acme_lab"] = {"labels"}
        page = as_("ada").get(f"{OWN}?label=os:linux")
        assert "Column 'labels' does not exist" in page.html.select_one(".silent").text

    def test_a_site_with_more_rows_than_are_read_is_named(self, as_, fleet, monkeypatch):
        monkeypatch.setattr(reading, "MOST", 10)
        monkeypatch.setattr(reading, "LEAST", 10)
        fleet.add("acme_lab", "hosts", *(host(f"h{n:02}") for n in range(12)))
        page = as_("ada").get(OWN)
        assert len(names(page)) == 10
        assert "There is more at Lab" in page

    def test_hostile_output_and_names_stay_text(self, as_, fleet, app):
        evil = "<script>alert(1)</script>\x1b[31mred\x1b[0m \u202eevil\x00 " + "x" * 1_000_000
        fleet.add(
            "acme_lab", "services",
            service("<b>h</b>", '"><img/src=x/onerror=alert(1)>', 2, plugin_output=evil, long_plugin_output=evil,
                    perf_data="'<i>'=5%;80;90 \x1b", groups=["<u>g</u>"]),
        )  # fmt: skip
        page = as_("ada").get("/monitoring/services/?columns=service_description&columns=svc_plugin_output"
                              "&columns=perfometer&columns=svc_group_memberlist&columns=host&group=host")  # fmt: skip
        assert len(page.text) < 40_000
        for mark in ("<script>alert", "<img", "<b>h", "<u>g", "\x1b", "\u202e", "\x00"):
            assert mark not in page.text
        assert "red evil" in page.text
        link = page.html.select_one("td.main a")["href"]
        detail = as_("ada").get(link)
        assert "<img" not in detail.text
        assert "<script>alert" not in detail.text

    def test_nonsense_of_every_type_is_a_dash(self, as_, fleet):
        for value in (None, "x", [], {}, 1e30, True, [[1]], -5):
            fleet.add(
                "acme_lab", "hosts",
                host("h", state=value, last_state_change=value, groups=value, num_services=value, alias=value,
                     perf_data=value, staleness=value, labels=value),
            )  # fmt: skip
        every = "&".join(f"columns={id}" for id in ("host_state", "host", "alias", "host_state_age", "host_labels",
                         "host_group_memberlist", "num_services", "host_perfometer", "host_staleness"))  # fmt: skip
        for sort in ("host_state", "alias", "host_state_age", "host_group_memberlist", "num_services", "host_labels"):
            assert len(as_("ada").get(f"{OWN}?{every}&sort={sort}").html.select("tr[data-key]")) == 8


class TestSums:
    def test_groups_of_one_name_at_many_sites_are_one_row_that_leads_to_its_members(self, as_, fleet):
        for site, number in (("acme_hamburg", 2), ("acme_lab", 3)):
            fleet.add(site, "hostgroups", {"name": "linux", "alias": "Linux", "num_hosts_up": number,
                                           "num_hosts_down": 1, "num_services_ok": 5})  # fmt: skip
        page = as_("ada").get("/monitoring/host-groups/")
        assert names(page) == ["Linux"]
        assert column(page, "Hosts up") == ["5"]
        assert page.html.find("a", string="5")["href"] == "/monitoring/hosts/?hostgroup=linux&state=up"
        assert column(page, "Services pending") == ["–"]

    def test_what_a_core_counts_twice_is_counted_once(self, as_, fleet):
        fleet.add("acme_lab", "hostgroups", {"name": "office", "alias": "Office", "num_hosts": 4, "num_hosts_up": 1,
                  "num_hosts_down": 3, "num_hosts_unreach": 1, "num_hosts_pending": 1})  # fmt: skip
        page = as_("ada").get("/monitoring/host-groups/")
        for title in ("Hosts up", "Hosts down", "Hosts unreachable", "Hosts pending"):
            assert column(page, title) == ["1"], title

    def test_numbers_of_a_narrowed_list_lead_to_a_list_that_is_narrowed_alike(self, as_, fleet):
        fleet.add("acme_lab", "hostgroups", {"name": "linux", "alias": "Linux", "num_hosts_up": 3})
        page = as_("ada").get("/monitoring/host-groups/?site=site:acme_lab")
        assert (
            page.html.find("a", string="3")["href"] == "/monitoring/hosts/?hostgroup=linux&site=site:acme_lab&state=up"
        )

    def test_all_customers_has_one_row_a_customer_and_every_number_leads_to_its_list(self, as_, fleet):
        fleet.add("acme_hamburg", "hosts", host("a"), host("b", 1), host("c", 2))
        fleet.add("acme_hamburg", "services", service("a", "x", 2), service("a", "y", has_been_checked=0))
        fleet.add("beta_zurich", "hosts", host("z"))
        fleet.dead["acme_lab"] = "Silence."
        page = as_("pat").get("/provider/monitoring/customers/")
        assert names(page) == ["Acme GmbH", "Beta AG", "Provider"]
        assert column(page, "Hosts up") == ["1", "1", "0"]
        assert column(page, "Hosts down") == ["1", "0", "0"]
        assert column(page, "Services critical") == ["1", "0", "0"]
        assert column(page, "Services pending") == ["1", "0", "0"]
        assert column(page, "Sites")[0] == "Online: 1 Dead: 1"
        down = as_("pat").get(page.html.find_all("a", string="1")[1]["href"])
        assert names(down) == ["b"]

    def test_events_are_shown_where_a_core_has_them_and_missed_nowhere(self, as_, fleet):
        fleet.add("acme_lab", "eventconsoleevents", {"event_id": 5, "event_state": 2, "event_phase": "open",
                  "event_text": "<b>disk full</b>", "event_host": "web1", "event_count": 3})  # fmt: skip
        fleet.lacks["acme_hamburg"] = {"event_id"}
        page = as_("ada").get("/monitoring/events/?state=unhandled")
        assert names(page) == ["<b>disk full</b>"]
        assert names(as_("ada").get("/monitoring/events/?state=unhandled&q=nothing")) == []


def test_the_inventory_is_not_touched_by_reading(fleet, as_, app):
    fleet.add("acme_lab", "hosts", host("lab1"))
    as_("ada").get(OWN)
    with app.app_context():
        assert db.session.query(Host).count() == 0
