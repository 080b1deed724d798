"""Pages of one host and one service: all their site says, or since when it says nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.contacts.inventory import Host, Service
from portal.database import db, now
from tests.monitoring.fleet import host, service

HOST = "/monitoring/host?site=acme_hamburg&name=web1"
SERVICE = "/monitoring/service?site=acme_hamburg&host=web1&service=disk+/"


@pytest.fixture(autouse=True)
def _rows(fleet):
    moment = int(now().timestamp())
    fleet.add(
        "acme_hamburg", "hosts",
        host("web1", 1, alias="The shop", address="192.0.2.7", groups=["linux"], contact_groups=["ops"],
             contacts=["anna"], parents=["gate"], childs=["cam"], acknowledged=1, labels={"os": "linux"},
             plugin_output="unreachable", long_plugin_output="line one\\nline two", perf_data="rta=1.2ms;100;500"),
    )  # fmt: skip
    fleet.add("acme_hamburg", "services", service("web1", "disk /", 2, perf_data="/=96%;80;90", groups=["disks"]),
              service("web1", "http"))  # fmt: skip
    fleet.add(
        "acme_hamburg", "comments",
        {"author": "anna", "comment": "We know <b>it</b>", "entry_time": moment, "entry_type": 4, "expire_time": 0,
         "host_name": "web1", "is_service": 0},
        {"author": "bert", "comment": "Of the disk", "entry_time": moment, "entry_type": 1, "expire_time": 0,
         "host_name": "web1", "service_description": "disk /", "is_service": 1},
    )  # fmt: skip
    fleet.add("acme_hamburg", "downtimes", {"author": "carl", "comment": "New roof", "entry_time": moment,
              "start_time": moment, "end_time": moment + 3600, "fixed": 1, "host_name": "web1",
              "is_service": 0})  # fmt: skip


class TestHost:
    def test_everything_about_it(self, as_):
        page = as_("ada").get(HOST)
        text = page.html.main.get_text(" ", strip=True)
        for said in ("web1", "The shop", "192.0.2.7", "Down", "Acknowledged", "unreachable", "line one", "linux",
                     "ops", "anna", "gate", "cam", "os:linux", "rta", "1.2 ms", "New roof",
                     "We know <b>it</b>", "disk /", "http", "Hamburg"):  # fmt: skip
            assert said in text, said
        assert "Of the disk" not in text
        assert "Customer" not in [term.text for term in page.html.select("dt")]

    def test_links_to_parents_groups_services_and_the_sites_own_pages(self, as_):
        links = {link.text: link["href"] for link in as_("ada").get(HOST).html.main.select("a")}
        assert links["gate"] == "/monitoring/host?site=acme_hamburg&name=gate"
        assert links["linux"] == "/monitoring/hosts/?site=site:acme_hamburg&hostgroup=linux"
        assert links["disk /"] == "/monitoring/service?site=acme_hamburg&host=web1&service=disk+%2F"
        assert links["Open the site"] == "https://acme-hamburg.example/"

    def test_staff_read_whose_it_is(self, as_):
        assert "Acme GmbH" in as_("gil").get(f"/provider{HOST}").html.select_one(".facts").text

    @pytest.mark.parametrize("address", [HOST, SERVICE])
    def test_who_may_see_setup_is_led_to_who_is_responsible(self, as_, app, address):
        with app.app_context():
            places = {"site_id": "acme_hamburg", "customer_id": "acme", "seen_at": now()}
            db.session.add(Host(name="web1", name_key="web1", **places))
            db.session.add(Service(host_name="web1", description="disk /", name_key="web1 disk /", **places))
            db.session.commit()
        page = as_("gil").get(f"/provider{address}").click("Who is responsible, and why")
        assert "Who is responsible" in page.html.find(id="responsible").text
        assert "Who is responsible" not in as_("ada").get(address)

    def test_a_site_without_an_address_of_its_own_has_no_link(self, as_, app):
        from portal.customers.sites import Site

        with app.app_context():
            db.session.get_one(Site, "acme_hamburg").gui_url = ""
            db.session.commit()
        assert "Open the site" not in as_("ada").get(HOST)

    def test_columns_a_core_does_not_know_are_left_out(self, as_, fleet):
        fleet.lacks["acme_hamburg"] = {"labels", "tags", "staleness"}
        terms = [term.text for term in as_("ada").get(HOST).html.select("dt")]
        assert "Labels" not in terms
        assert "Host groups" in terms


class TestService:
    def test_everything_about_it(self, as_):
        text = as_("ada").get(SERVICE).html.main.get_text(" ", strip=True)
        for said in ("disk /", "A service of web1", "Critical", "96 %", "warning above 80 %", "disks", "Of the disk"):
            assert said in text, said
        assert "New roof" not in text


class TestNotThere:
    @pytest.mark.parametrize(
        "address",
        ["/monitoring/host?site=beta_zurich&name=web1", "/monitoring/host?site=nowhere&name=web1",
         "/monitoring/host?site=acme_hamburg&name=gone", "/monitoring/host?site=acme_hamburg", "/monitoring/host",
         "/monitoring/service?site=acme_hamburg&host=web1&service=gone", "/monitoring/host?name=web1",
         "/monitoring/host?site=acme_hamburg&name=a%0Ab",
         "/monitoring/service?site=beta_zurich&host=web1&service=http"],
    )  # fmt: skip
    def test_what_is_foreign_or_unknown_does_not_exist(self, as_, address):
        as_("ada").get(address, status=404)

    def test_what_is_gone_says_since_when(self, as_, app):
        _known(app)
        page = as_("ada").get("/monitoring/host?site=acme_hamburg&name=gone", status=404)
        assert "any more" in page
        assert "12 minutes ago" in page
        assert "any more" in as_("ada").get("/monitoring/service?site=acme_hamburg&host=gone&service=old", status=404)

    def test_a_silent_site_says_why_and_what_is_known(self, as_, app, fleet):
        _known(app)
        fleet.dead["acme_hamburg"] = "The site does not answer."
        page = as_("ada").get("/monitoring/host?site=acme_hamburg&name=gone")
        assert "The site does not answer." in page
        assert "12 minutes ago" in page
        assert "does not know" in as_("ada").get(HOST, status=404)


def _known(app):
    with app.app_context():
        seen = {"site_id": "acme_hamburg", "customer_id": "acme", "seen_at": now() - timedelta(minutes=12)}
        db.session.add(Host(name="gone", name_key="gone", **seen))
        db.session.add(Service(host_name="gone", description="old", name_key="gone old", **seen))
        db.session.commit()
        db.session.remove()


@pytest.mark.parametrize("address", [HOST, SERVICE])
def test_a_page_costs_a_fixed_number_of_statements(as_, statements, address):
    as_("ada").get(address)
    statements.clear()
    as_("ada").get(address)
    assert len(statements) == 3, statements  # session, site, the inventory
