"""Visibility at cores: what a contact is shown is what a real one says of their hosts; others stay unasked."""

from __future__ import annotations

from contextlib import closing

import pytest
from sqlalchemy import select, update

from portal import jobs
from portal.accounts.users import User
from portal.contacts.authorization import AuthorizedSite
from portal.contacts.inventory import Host, Service
from portal.database import db
from portal.monitoring import poller
from tests.factories.contacts import Allocation, group, see_all
from tests.factories.core import connect, reachable
from tests.factories.simulated import Stage
from tests.monitoring.fleet import column, names

OURS = ("shop-web-01", "shop-web-02")


@pytest.fixture
def shop(app, core, monkeypatch):
    """Uma is a contact for the web servers of a real core, which the inventory has read."""
    reachable(app, monkeypatch)
    with app.app_context():
        connect("acme_hamburg", core.tcp)
        jobs.enqueue(db.session, "monitoring.inventory")
        db.session.commit()
        db.session.remove()
    jobs.work_once(app)
    with app.app_context():
        group("web", "uma")
        given = Allocation()
        of_hosts, of_services = given.sets_for("web")
        for model, name, id in ((Host, Host.name, of_hosts), (Service, Service.host_name, of_services)):
            db.session.execute(update(model).values(contact_set_id=None))
            db.session.execute(update(model).where(name.in_(OURS)).values(contact_set_id=id))
        db.session.commit()
        db.session.remove()
    return core


def test_a_contact_reads_of_a_real_core_what_it_says_of_their_hosts(as_, shop):
    ours = "\n".join(f"Filter: host_name = {name}" for name in OURS) + "\nOr: 2"
    wanted = shop.rows(f"GET services\nColumns: host_name description state\n{ours}")
    page = as_("uma").get("/monitoring/services/")
    assert sorted(zip(column(page, "Host"), names(page), strict=True)) == sorted((row[0], row[1]) for row in wanted)
    assert names(as_("uma").get("/monitoring/hosts/")) == list(OURS)
    overview = as_("uma").get("/monitoring/").html
    assert overview.select_one('.overview tr[data-key="hosts"] td').text.strip() == "2"
    assert overview.select_one('.overview tr[data-key="services"] td').text.strip() == str(len(wanted))
    as_("uma").get("/monitoring/host?site=acme_hamburg&name=mail-01", status=404)


def test_groups_of_a_real_core_count_the_members_that_are_seen(as_, shop):
    page = as_("uma").get("/monitoring/host-groups/")
    assert names(page) == ["Web shop"]
    for link in page.html.select("table.monitored td.num a"):
        assert len(names(as_("uma").get(link["href"]))) == int(link.text), link["href"]
    page = as_("uma").get("/monitoring/service-groups/")
    for link in page.html.select("table.monitored td.num a"):
        assert len(names(as_("uma").get(link["href"]))) == int(link.text), link["href"]


def test_the_gui_will_contact_only_the_authorized_sites(app, as_, monkeypatch):
    """2.2: "the GUI will contact only the authorized sites to build views"."""
    monkeypatch.setitem(app.config, "SITE_NETWORKS", "loopback")
    with closing(Stage()) as stage:
        left_out, authorized = stage(), stage()
        with app.app_context():
            connect("left_out", left_out.target().livestatus)
            connect("authorized", authorized.target().livestatus)
            see_all("ada")
            ada = db.session.scalars(select(User).where(User.username == "ada")).one()
            ada.has_chosen_sites = True
            db.session.add(AuthorizedSite(user_id=ada.id, site_id="authorized"))
            db.session.commit()
            db.session.remove()
        for page in ("", "hosts/", "services/", "host-groups/", "events/", "hosts.csv"):
            as_("ada").get(f"/monitoring/{page}")
        assert authorized.connections > 0
        assert left_out.connections == 0
        poller.close()
