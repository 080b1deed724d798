"""Tables in both doors: what they show of which sites, narrowed, sorted and grouped."""

from __future__ import annotations

import re

import pytest

from portal.contacts.inventory import Host
from portal.customers.sites import Site
from portal.database import db
from portal.monitoring import hiding
from portal.monitoring.tables import reading
from tests.monitoring.fleet import host, service

HOSTS, OWN = "/provider/monitoring/hosts/", "/monitoring/hosts/"


def names(page) -> list[str]:
    """Return the first link of every row."""
    return [row.select_one("td.main").text for row in page.html.select("table.monitored tbody tr[data-key]")]


def column(page, title: str) -> list[str]:
    at = [heading.text for heading in page.html.select("table.monitored thead th")].index(title)
    return [row.find_all("td")[at].text for row in page.html.select("table.monitored tbody tr[data-key]")]


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


class TestNarrowing:
    @pytest.fixture(autouse=True)
    def _services(self, fleet):
        fleet.add(
            "acme_hamburg", "services",
            service("web1", "http", 2, plugin_output="HTTP CRIT", groups=["web"], host_groups=["linux"]),
            service("web1", "disk /", 1, acknowledged=1, contact_groups=["storage"], labels={"app": "shop"}),
            service("db1", "mysql", 3, scheduled_downtime_depth=1),
            service("db1", "cpu", 2, host_scheduled_downtime_depth=1),
            service("db1", "memory", 0, staleness=4.0),
            service("db1", "new", 0, has_been_checked=0),
        )  # fmt: skip

    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ("", ["cpu", "memory", "mysql", "new", "disk /", "http"]),
            ("state=crit", ["cpu", "http"]),
            ("state=ok", ["memory"]),
            ("state=pending", ["new"]),
            ("state=problem", ["cpu", "mysql", "disk /", "http"]),
            ("state=unhandled", ["http"]),
            ("state=stale", ["memory"]),
            ("stale=no", ["cpu", "mysql", "new", "disk /", "http"]),
            ("acknowledged=yes", ["disk /"]),
            ("downtime=yes", ["cpu", "mysql"]),
            ("downtime=no&state=problem", ["disk /", "http"]),
            ("q=WEB+dis", ["disk /"]),
            ("q=~^(cpu|mem)", ["cpu", "memory"]),
            ("service==cpu", ["cpu"]),
            ("host==db", []),
            ("q=.*", []),
            ("output=http+crit", ["http"]),
            ("hostgroup=linux", ["http"]),
            ("servicegroup=web", ["http"]),
            ("contactgroup=storage", ["disk /"]),
            ("label=app:shop", ["disk /"]),
            ("label=app:it's+x", []),
            ("state=nonsense", ["cpu", "memory", "mysql", "new", "disk /", "http"]),
        ],
    )
    def test_filters(self, as_, query, expected):
        assert names(as_("ada").get(f"/monitoring/services/?{query}")) == expected

    @pytest.mark.parametrize(
        ("query", "sentence"),
        [
            ("q=~(", "is not a regular expression"),
            ("q=~%5B", "is not a regular expression"),
            ("label=app", "Write a label as key:value."),
            ("q=a%01b", "characters that monitoring cannot be asked about"),
            ("hostgroup=x%C2%9Fy", "characters that monitoring cannot be asked about"),
        ],
    )
    def test_a_filter_that_cannot_be_used_is_told_in_a_sentence(self, as_, fleet, query, sentence):
        page = as_("ada").get(f"/monitoring/services/?{query}", status=422)
        assert sentence in page.html.select_one(".message.bad").text
        assert fleet.asked == []
        as_("ada").get(f"/monitoring/services.csv?{query}", status=422)

    def test_nothing_in_a_filter_becomes_a_line_of_the_question(self, as_, fleet):
        as_("ada").get("/monitoring/services/?host==a%0ACOMMAND+x&q=b%0D%0AGET+hosts")
        for _sites, queries in fleet.asked:
            for query in queries:
                assert b"\nCOMMAND" not in query.text()
                assert query.text().count(b"GET ") == 1 or b"Filter: host_name ~~ GET" in query.text()

    def test_the_view_svcproblems_has_the_seeds_columns_the_worst_first(self, as_):
        page = as_("ada").get("/monitoring/problems/?state=problem")
        assert names(page)[:2] == ["cpu", "http"]
        assert column(page, "State") == ["Critical", "Critical", "Unknown", "Warning"]
        assert names(as_("ada").get("/monitoring/problems/")) == ["http"]
        assert as_("ada").get("/monitoring/problems.json").json[0] == [
            "service_state", "host", "service_description", "service_icons", "svc_plugin_output", "svc_state_age",
            "svc_check_age", "perfometer",
        ]  # fmt: skip

    def test_an_emptied_choice_widens_a_list_that_is_narrowed_by_itself(self, as_):
        assert len(names(as_("ada").get("/monitoring/problems/?state="))) == 6

    def test_titles_sort_and_sort_back(self, as_):
        page = as_("ada").get("/monitoring/services/")
        page = page.click("^State$")
        assert column(page, "State")[:2] == ["Critical", "Critical"]
        assert page.html.find("th", attrs={"aria-sort": "descending"}).text == "State"
        page = page.click("^State$")
        assert column(page, "State")[0] == "OK"

    def test_grouping_puts_rows_of_one_value_under_one_heading(self, as_):
        page = as_("ada").get("/monitoring/services/?group=host")
        assert [re.sub(r"\s+", " ", row.text) for row in page.html.select("tr.group-row")] == ["db1 4", "web1 2"]

    def test_columns_can_be_chosen_in_the_address_and_stay_with_the_filters(self, as_):
        page = as_("ada").get("/monitoring/services/?columns=service_description&columns=host&columns=nonsense")
        assert [heading.text for heading in page.html.select("thead th")] == ["Service", "Host ↑"[:4]]
        assert [tag["value"] for tag in page.html.select('form.filters input[name="columns"]')] == [
            "service_description", "host",
        ]  # fmt: skip

    def test_pages_of_many_rows(self, as_, fleet):
        fleet.add("acme_lab", "services", *(service("many", f"s{n:03}") for n in range(60)))
        page = as_("ada").get("/monitoring/services/?host=many")
        assert len(names(page)) == 50
        assert "60 rows" in page
        page = page.click("Next")
        assert names(page)[-1] == "s059"
        assert names(page.click("Previous"))[0] == "s000"
        assert names(as_("ada").get("/monitoring/services/?host=many&page=99")) == names(page)


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
