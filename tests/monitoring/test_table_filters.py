"""Tables narrowed, sorted, grouped and paged, as an address asks for it."""

from __future__ import annotations

import re

import pytest

from tests.monitoring.fleet import column, names, service


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
