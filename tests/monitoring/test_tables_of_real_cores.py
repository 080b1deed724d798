"""Tables of a real core: every filter and every column there is, asked of Debian's Icinga 2."""

from __future__ import annotations

import pytest

from portal.database import db
from portal.monitoring.tables.sources import SOURCES
from tests.factories.contacts import see_all
from tests.factories.core import connect, reachable
from tests.monitoring.fleet import names

PAGES = {"hosts": "hosts", "services": "services", "hostgroups": "host-groups", "servicegroups": "service-groups"}


@pytest.fixture(autouse=True)
def _site(app, core, monkeypatch):
    reachable(app, monkeypatch)
    with app.app_context():
        connect("acme_hamburg", core.tcp, alias="Hamburg")
        see_all("ada")
        db.session.remove()


@pytest.mark.parametrize("source", PAGES)
def test_every_column_can_be_asked_for(as_, core, source):
    columns = [id for id in SOURCES[source].columns if id != "customer_name"]
    page = as_("ada").get(f"/monitoring/{PAGES[source]}/?" + "&".join(f"columns={id}" for id in columns))
    assert not page.html.select(".silent"), page.html.select_one(".silent").text
    assert names(page)


@pytest.mark.parametrize("source", ["hosts", "services"])
def test_every_filter_is_understood(as_, source):
    own = SOURCES[source].filters
    for id, filter in own.items():
        if id == "label":  # Icinga has none
            continue
        for value in filter.options() if filter.options else ("a", "~^a.*[0-9]?$", "=it's"):
            page = as_("ada").get(f"/monitoring/{source}/", {id: value})
            assert not page.html.select(".silent"), (id, value, page.html.select_one(".silent").text)


def test_filters_find_what_the_core_itself_counts(as_, core):
    for state, condition in (("down", "state = 1"), ("up", "state = 0")):
        wanted = core.rows(f"GET hosts\nColumns: name\nFilter: has_been_checked = 1\nFilter: {condition}")
        assert names(as_("ada").get("/monitoring/hosts/", {"state": state})) == sorted(name for [name] in wanted)
    wanted = core.rows("GET services\nColumns: host_name description\nFilter: state = 2")
    assert len(names(as_("ada").get("/monitoring/services/?state=crit"))) == len(wanted) > 0


def test_a_label_filter_tells_that_the_core_has_none(as_):
    page = as_("ada").get("/monitoring/hosts/?label=os:linux")
    assert "refuses the question" in page.html.select_one(".silent").text


def test_numbers_of_groups_are_those_of_the_lists_they_lead_to(as_):
    page = as_("ada").get("/monitoring/host-groups/")
    for link in page.html.select("table.monitored td.num a"):
        assert len(names(as_("ada").get(link["href"]))) == int(link.text), link["href"]


def test_every_host_and_service_has_its_page(as_, core):
    for host, service in core.rows("GET services\nColumns: host_name description"):
        page = as_("ada").get("/monitoring/service", {"site": "acme_hamburg", "host": host, "service": service})
        assert page.html.h1.text == service
    for [host] in core.rows("GET hosts\nColumns: name"):
        assert as_("ada").get("/monitoring/host", {"site": "acme_hamburg", "name": host}).html.h1.text == host


def test_a_list_says_nothing_of_events_where_there_is_no_event_console(as_):
    page = as_("ada").get("/monitoring/events/")
    assert not page.html.select(".silent")
