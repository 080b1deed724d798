"""Long lists: served from the inventory by key, with the state the sites tell now for just the rows of a page."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest

from portal.contacts.inventory import Host, Service, Sweep
from portal.database import db, now
from portal.monitoring.tables import stock
from tests.monitoring.fleet import host, names

OWN = "/monitoring/hosts/"
NUMBER = 60


@pytest.fixture(autouse=True)
def _inventory(app, fleet, monkeypatch):
    monkeypatch.setattr(stock, "LIVE_UP_TO", 50)
    with app.app_context():
        read = now() - timedelta(minutes=3)
        for site, customer in (("acme_hamburg", "acme"), ("beta_zurich", "beta")):
            db.session.add_all(
                Host(
                    site_id=site, customer_id=customer, name=f"{customer}{n:02}", name_key=f"{customer}{n:02}",
                    state=n % 2, output="as of the inventory", services=[4, 0, 1, 0, 0], seen_at=read,
                    details={"groups": ["linux"]},
                )
                for n in range(NUMBER)
            )  # fmt: skip
            db.session.add_all(
                Service(
                    site_id=site, customer_id=customer, host_name="web", description=f"s{n:02}",
                    name_key=f"web s{n:02}", seen_at=read,
                )
                for n in range(NUMBER)
            )  # fmt: skip
            db.session.add(Sweep(site_id=site, customer_id=customer, finished_at=read, hosts=NUMBER, services=NUMBER))
        db.session.commit()
        db.session.remove()


def test_a_page_has_25_rows_and_says_how_old_they_are(as_):
    page = as_("ada").get(OWN)
    assert names(page) == [f"acme{n:02}" for n in range(25)]
    assert "3 minutes ago" in page.html.select_one("#live .message.info").text
    assert "not counted" in page


def test_pages_go_on_and_back_by_key(as_):
    page = as_("ada").get(f"{OWN}?site=site:acme_hamburg&site=customer:acme")
    second = page.click("Next")
    assert names(second) == [f"acme{n:02}" for n in range(25, 50)]
    assert names(second.click("Next")) == [f"acme{n:02}" for n in range(50, 60)]
    assert names(second.click("Previous")) == names(page)
    assert names(second.click("First")) == names(page)


def test_only_own_hosts(as_):
    assert all(name.startswith("acme") for name in names(as_("ada").get(OWN)))
    assert names(as_("pat").get(f"/provider{OWN}?site=customer:beta"))[0] == "beta00"
    assert len(names(as_("pat").get(f"/provider{OWN}"))) == 25


def test_rows_get_the_state_their_sites_tell_now_asked_for_just_these(as_, fleet):
    fleet.add("acme_hamburg", "hosts", *(host(f"acme{n:02}", 2, plugin_output="now") for n in range(NUMBER)))
    page = as_("ada").get(OWN)
    assert "Unreachable" in page.html.select("table.monitored tbody tr")[0].text
    [(sites, (query,))] = fleet.asked
    assert sites == ["acme_hamburg"]
    assert query.text().count(b"Filter: name = ") == 25


def test_rows_of_a_silent_site_keep_what_the_inventory_knows(as_, fleet):
    fleet.dead["acme_hamburg"] = "Silence."
    page = as_("ada").get(OWN)
    row = page.html.select("table.monitored tbody tr")[1]
    assert "Down" in row.text
    assert "off" in row["class"]
    assert "Silence." in page.html.select_one(".silent").text


@pytest.mark.parametrize(("query", "expected"), [
    ("q=acme+07", ["acme07"]), ("q=ACME1", [f"acme1{n}" for n in range(10)]), ("host=nothing", []), ("q=%25", []),
    ("state=up&q=acme0", ["acme00", "acme02", "acme04", "acme06", "acme08"]),
])  # fmt: skip
def test_words_and_what_is_well_are_found_in_the_inventory(as_, fleet, query, expected):
    assert names(as_("ada").get(f"{OWN}?{query}")) == expected


def test_problems_and_what_the_inventory_cannot_find_are_asked_of_the_sites(as_, fleet):
    fleet.add("acme_hamburg", "hosts", host("acme01", 1))
    for query in ("state=down", "output=ping", "q=~01$", "group=host_state", "hostgroup=linux", "stale=no"):
        page = as_("ada").get(f"{OWN}?{query}")
        assert not page.html.select("#live .message.info"), query
    assert names(as_("ada").get(f"{OWN}?state=down")) == ["acme01"]


def test_only_names_sort(as_):
    page = as_("ada").get(OWN)
    assert [link.text for link in page.html.select("table.monitored thead a")] == ["Host"]
    assert names(page.click("^Host$"))[0] == "acme59"


def test_services_too(as_):
    assert names(as_("ada").get("/monitoring/services/"))[:2] == ["s00", "s01"]


def test_files_hold_all_rows(as_):
    answer = as_("ada").get("/monitoring/hosts.csv")
    rows = list(csv.reader(io.StringIO(answer.body.decode("utf-8-sig"))))
    assert len(rows) == NUMBER + 1
    assert rows[2][:2] == ["DOWN", "acme01"]
    assert len(as_("pat").get("/provider/monitoring/hosts.json").json) == 2 * NUMBER + 1


def test_files_are_read_in_portions(as_, monkeypatch, statements):
    monkeypatch.setattr(stock, "PORTION", 20)
    statements.clear()
    assert len(as_("ada").get("/monitoring/services.json").json) == NUMBER + 1
    assert sum("inventory_services" in statement for statement in statements) == 4


def test_a_page_costs_the_same_whatever_there_is(as_, statements):
    as_("ada").get(OWN)
    statements.clear()
    as_("ada").get(OWN)
    assert len(statements) == 4, statements  # session, sites, sizes of the inventory, the page
    assert not any("count(" in statement for statement in statements)
