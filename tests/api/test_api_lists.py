"""Long lists through the API: by key to the last row, also for who sees only what they are a contact for."""

from __future__ import annotations

from typing import Any

import pytest

from portal.contacts import parts
from portal.contacts.authorization import Authorization
from portal.contacts.inventory import Sweep
from portal.database import db, now
from portal.monitoring.tables import stock
from tests.factories.contacts import Allocation, group, see_all
from tests.setup import sites as at

HOSTS = 60
OWN = [f"web{number:02}" for number in range(HOSTS) if number % 3 < 2]


@pytest.fixture(autouse=True)
def _inventory(app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sixty hosts: uma is a contact for two in three, in two sets; ada sees all, ugo nothing."""
    monkeypatch.setattr(stock, "LIVE_UP_TO", 50)
    at.connect(app, "acme-1")
    at.connect(app, "acme-2")
    with app.app_context():
        see_all("ada")
        group("linux", "uma")
        group("windows", "uma")
        allocation = Allocation()
        for number in range(HOSTS):
            groups = (("linux",), ("windows",), ("others",))[number % 3]
            name, site = f"web{number:02}", f"acme-{number % 2 + 1}"
            allocation.host(site, name, *groups, state=number % 2)
            allocation.service(site, name, "cpu", of_host=groups)
        for site in ("acme-1", "acme-2"):
            counted = {"hosts": HOSTS, "services": HOSTS}
            db.session.add(Sweep(site_id=site, customer_id="acme", finished_at=now(), **counted))
        db.session.commit()
        db.session.remove()


def walked(program: Any, path: str) -> list[Any]:
    """Return the items of all pages."""
    found, address = [], f"/api/v1/{path}"
    while address:
        page = program.get(address).json
        found += page["items"]
        address = page["next"]
    return found


@pytest.mark.parametrize("most", [parts.MOST_SETS, 1], ids=["set by set", "as a whole"])
class TestContacts:
    @pytest.fixture(autouse=True)
    def _sets(self, most, monkeypatch):
        monkeypatch.setattr(parts, "MOST_SETS", most)

    @pytest.mark.parametrize("path", ["hosts?limit=7", "services?limit=7", "views/hosts?limit=7"])
    def test_every_page_has_what_is_theirs_in_order_and_nothing_twice(self, by, path):
        names = [item.get("name") or item["host"] for item in walked(by("uma"), path)]
        assert names == OWN

    def test_what_a_list_is_narrowed_to(self, by):
        def names(query: str) -> list[str]:
            return [item["name"] for item in walked(by("uma"), f"hosts?limit=4&{query}")]

        assert names("state=down") == [name for name in OWN if int(name[3:]) % 2]
        assert names("site=acme-1") == [name for name in OWN if not int(name[3:]) % 2]
        assert names("q=WEB0") == [name for name in OWN if name < "web10"]
        assert names("customer=acme") == OWN
        assert names("customer=beta") == names("site=none") == []

    def test_who_is_no_contact_has_none_and_who_sees_all_has_all(self, by):
        assert walked(by("ugo"), "hosts") == walked(by("ugo"), "views/services") == []
        assert len(walked(by("ada"), "hosts?limit=50")) == len(walked(by("ada"), "views/hosts?limit=50")) == HOSTS


def test_a_contacts_page_reads_each_set_by_its_index(app, by, statements):
    program = by("uma")
    statements.clear()
    program.read("services?limit=5")
    [merged] = [one for one in statements if "UNION ALL" in one]
    assert "customer_id =" not in merged
    assert merged.count("contact_set_id = ") == 4  # of each group, that of hosts and that of services


def test_a_page_far_down_a_view_is_found_by_key(by, statements):
    program, page = by("ada"), by("ada").read("views/hosts?limit=25").json
    second = program.get(page["next"]).json
    statements.clear()
    third = program.get(second["next"]).json
    assert [row["host"] for row in third["items"]] == [f"web{number}" for number in range(50, 60)]
    assert third["next"] is None
    [read] = [one for one in statements if "FROM inventory_hosts" in one]
    assert "(inventory_hosts.name_key, inventory_hosts.id) > " in read


@pytest.mark.parametrize("cursor", ["WzFd", "WyJ4Il0", "WyJ4IiwieSJd", "e30", "%00"])
def test_what_is_no_cursor_of_a_view_is_refused(by, cursor):
    by("ada").read(f"views/hosts?cursor={cursor}", 422)


def test_strictly_services_that_are_not_seen_are_not_counted(app, by):
    """The seed's 4.2: users "will only be able to see services if they are directly assigned as contacts"."""
    with app.app_context():
        for name in ("cpu", "disk"):
            own = ("others",) if name == "disk" else None
            Allocation().service("acme-1", "db1", name, own, of_host=("linux",), state=2)
        Allocation().host("acme-1", "db1", "linux", services=[0, 0, 2, 0, 0])
        db.session.commit()
        db.session.remove()
    assert by("uma").read("hosts/acme-1/db1").json["services"]["crit"] == 2
    with app.app_context():
        db.session.add(Authorization(id=1, is_strict_for_services=True))
        db.session.commit()
        db.session.remove()
    assert by("uma").read("hosts/acme-1/db1").json["services"] == {
        "ok": 0, "warn": 0, "crit": 1, "unknown": 0, "pending": 0,
    }  # fmt: skip
    assert by("ada").read("hosts/acme-1/db1").json["services"]["crit"] == 2
    assert [one["services"]["crit"] for one in by("uma").read("hosts?q=db1").json["items"]] == [1]
