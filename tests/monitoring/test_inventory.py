"""The inventory job: the portal's own copy of what the sites have."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from portal import jobs
from portal.contacts.inventory import Host, Service, Sweep
from portal.customers.sites import Site
from portal.database import db, now, separate
from portal.monitoring import inventory, keeping, poller
from tests.monitoring.cores import Cores, connect

SINCE = 1_700_000_000


class Core:
    """What a site has, for the test to change: hosts and services by name."""

    def __init__(self) -> None:
        self.hosts = {"web1": {}, "db1": {"state": 1}}
        self.services = {("web1", "CPU"): {}, ("web1", "Disk"): {"state": 2}, ("db1", "Backup"): {"state": 2}}
        self.lacks: set[str] = set()

    def __call__(self, query):
        of_hosts = query.table == "hosts"
        rows = self.hosts if of_hosts else self.services
        return [[self._value(name, column, row) for column in query.columns] for name, row in rows.items()]

    @staticmethod
    def _value(name, column, row):
        host, description = name if isinstance(name, tuple) else (name, "")
        told = {
            "name": host, "host_name": host, "description": description, "alias": f"The {host}", "state": 0,
            "has_been_checked": 1, "acknowledged": 0, "scheduled_downtime_depth": 0, "plugin_output": "OK - 12 ms",
            "last_state_change": SINCE, "groups": ["linux"], "labels": {"cmk/os_family": "linux"},
        }  # fmt: skip
        return (told | row).get(column, 0 if column.startswith("num_") else "")


@pytest.fixture
def cores(app, monkeypatch):
    found = Cores()
    monkeypatch.setattr(poller, "ask", found.ask)
    with app.app_context():
        connect()
        for id in ("acme_hamburg", "acme_lab", "beta_zurich", "central"):
            found.says[id] = Core()
        yield found
        db.session.rollback()


def sweep(app):
    db.session.rollback()
    jobs.enqueue(db.session, "monitoring.inventory")
    db.session.commit()
    db.session.remove()
    jobs.work_once(app)
    db.session.rollback()


def of(site):
    return db.session.get_one(Sweep, site, populate_existing=True)


def host(site, name):
    return db.session.scalars(
        select(Host).where(Host.site_id == site, Host.name == name).execution_options(populate_existing=True)
    ).one_or_none()


class TestInventory:
    def test_hosts_and_services_of_all_sites_are_there_with_their_state(self, app, cores):
        sweep(app)
        assert db.session.scalar(select(func.count()).select_from(Host)) == 8
        assert db.session.scalar(select(func.count()).select_from(Service)) == 12
        db1 = host("beta_zurich", "db1")
        assert (db1.customer_id, db1.state, db1.alias, db1.name_key) == ("beta", 1, "The db1", "db1")
        assert db1.changed_at.timestamp() == SINCE
        assert db1.details == {"groups": ["linux"], "labels": {"cmk/os_family": "linux"}}
        swept = of("acme_lab")
        assert (swept.hosts, swept.services, swept.reason, swept.failed_at) == (2, 3, "", None)
        assert swept.finished_at

    def test_what_nobody_looks_after_is_counted_and_a_hosts_outage_once(self, app, cores):
        core = cores.says["acme_lab"]
        core.services["web1", "Mail"] = {"state": 1, "acknowledged": 1}
        core.services["web1", "Old"] = {"state": 3, "scheduled_downtime_depth": 1}
        core.services["web1", "New"] = {"state": 2, "has_been_checked": 0}
        sweep(app)
        assert (of("acme_lab").problems, of("acme_lab").host_problems) == (2, 1)

    def test_only_what_changed_is_written_and_what_is_gone_goes(self, app, cores):
        sweep(app)
        before = {row.id: row.seen_at for row in db.session.scalars(select(Service))}
        core = cores.says["acme_lab"]
        core.services["web1", "CPU"] = {"plugin_output": "OK - 14 ms"}
        core.services["web1", "Disk"] = {"state": 0, "plugin_output": "OK"}
        del core.hosts["db1"], core.services["db1", "Backup"]
        sweep(app)
        assert host("acme_lab", "db1") is None
        after = {row.id: row for row in db.session.scalars(select(Service).where(Service.site_id == "acme_lab"))}
        assert {row.description for id, row in after.items() if row.seen_at != before[id]} == {"Disk"}
        assert of("acme_lab").services == 2
        assert host("beta_zurich", "db1")

    def test_a_silent_site_keeps_its_rows_with_the_reason_and_stops_no_other(self, app, cores):
        sweep(app)
        cores.dead["acme_lab"] = "The site refuses the connection."
        cores.says["beta_zurich"].hosts["new1"] = {}
        sweep(app)
        swept = of("acme_lab")
        assert swept.reason == "The site refuses the connection."
        assert swept.failed_at > swept.finished_at
        assert (swept.hosts, host("acme_lab", "web1") is not None) == (2, True)
        assert host("beta_zurich", "new1")
        del cores.dead["acme_lab"]
        sweep(app)
        assert (of("acme_lab").failed_at, of("acme_lab").reason) == (None, "")

    def test_names_too_long_or_empty_and_values_of_a_lying_site_harm_nobody(self, app, cores):
        cores.says["acme_lab"].hosts = {
            "x" * 256: {}, "": {}, "odd": {"state": 10**12, "last_state_change": -5, "alias": "a" * 999},
        }  # fmt: skip
        sweep(app)
        assert of("acme_lab").hosts == 1
        assert host("acme_lab", "odd").changed_at is None
        assert host("beta_zurich", "web1")

    def test_of_endless_groups_and_labels_only_some_are_kept(self, app, cores):
        cores.says["acme_hamburg"].hosts["web1"] = {
            "groups": ["g" * 9_000] * 5_000, "labels": {f"{number}" * 300: "l" * 9_000 for number in range(5_000)},
        }  # fmt: skip
        sweep(app)
        details = db.session.scalar(select(Host.details).where(Host.site_id == "acme_hamburg", Host.name == "web1"))
        assert details["groups"] == ["g" * 255] * 200
        assert len(details["labels"]) <= 200
        assert {len(value) for value in details["labels"].values()} == {255}

    def test_a_site_whose_rows_cannot_be_kept_says_so_and_stops_no_other(self, app, cores, monkeypatch):
        keep = keeping.keep

        def failing(kind, site_id, *rest):
            if site_id == "acme_lab":
                raise RuntimeError("disk full")
            return keep(kind, site_id, *rest)

        monkeypatch.setattr(inventory, "keep", failing)
        sweep(app)
        assert "cannot be kept" in of("acme_lab").reason
        assert host("beta_zurich", "web1")

    def test_a_site_that_is_moved_while_it_is_read_stops_no_other(self, app, cores, monkeypatch):
        keep = keeping.keep

        def moved(kind, site_id, *rest):
            if site_id == "acme_lab":
                with separate() as session:
                    session.get_one(Site, site_id).customer_id = "beta"
            return keep(kind, site_id, *rest)

        monkeypatch.setattr(inventory, "keep", moved)
        sweep(app)
        assert db.session.scalar(select(func.count()).select_from(Host).where(Host.site_id == "acme_lab")) == 0
        assert (of("acme_lab").customer_id, of("acme_lab").reason) == ("beta", "What the site tells cannot be kept.")
        assert of("central").finished_at
        assert db.session.scalar(select(func.count()).select_from(jobs.Job).where(jobs.Job.done_at.is_(None))) == 0
        monkeypatch.setattr(inventory, "keep", keep)
        sweep(app)
        assert host("acme_lab", "web1").customer_id == "beta"

    def test_edition_and_version_come_along(self, app, cores):
        sweep(app)
        assert db.session.get_one(Site, "acme_lab", populate_existing=True).product_version == "x"

    def test_archived_sites_lose_their_rows(self, app, cores):
        sweep(app)
        db.session.get_one(Site, "acme_lab").archived_at = now()
        db.session.commit()
        sweep(app)
        assert host("acme_lab", "web1") is None
        assert db.session.get(Sweep, "acme_lab") is None
        assert host("acme_hamburg", "web1")

    def test_one_worker_at_a_time(self, app, cores):
        with separate() as session:
            other = jobs.enqueue(session, "monitoring.inventory")
            other.leased_until, other.run_after = now().replace(year=2100), now().replace(year=2100)
        sweep(app)
        assert cores.rounds == []

    def test_sites_are_read_in_groups_that_fit(self, app, cores):
        sizes = {"acme_hamburg": inventory.ROWS_AT_ONCE, "beta_zurich": 5}
        seen = inventory.sight.sites(db.session(), inventory.PORTAL, even_hidden=True)
        groups = [[one.target.site_id for one in group] for group in inventory._together(seen, sizes)]
        assert groups == [["central", "acme_hamburg", "acme_lab"], ["beta_zurich"]]
