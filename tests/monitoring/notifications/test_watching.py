"""What is seen on the sites is told once, to whom it concerns, and never what is old."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from portal.accounts.users import User
from portal.contacts.authorization import Authorization
from portal.customers.elements import Element
from portal.customers.ownership import PORTAL
from portal.customers.sites import Site
from portal.database import db, now, separate
from portal.jobs import enqueue, work_once
from portal.monitoring.notifications import book, reports, states, watching
from portal.monitoring.notifications.states import KnownState, Round
from portal.monitoring.sight import sites
from portal.setup import settings_for_all
from tests import post
from tests.factories.contacts import Allocation, group
from tests.factories.elements import as_pat
from tests.monitoring.fleet import host, service
from tests.monitoring.notifications.rounds import begin, log, look, prepare, rule


@pytest.fixture
def lab(app, fleet):
    """The hosts and services of a site that was looked at once, all well."""
    prepare(app)
    rows = {"web1": host("web1"), "db1": host("db1"), "CPU": service("web1", "CPU"), "Disk": service("web1", "Disk")}
    fleet.add("acme_lab", "hosts", rows["web1"], rows["db1"])
    fleet.add("acme_lab", "services", rows["CPU"], rows["Disk"])
    assert look(app) == []
    return rows


def change(app, username, **values):
    with app.app_context(), separate() as session:
        session.execute(update(User).where(User.username == username).values(**values))


class TestOnce:
    def test_a_problem_is_told_once_and_that_it_is_over_once(self, app, lab):
        lab["web1"]["state"] = 1
        assert look(app) == [("ada", "web1: Down"), ("uma", "web1: Down")]
        assert look(app) == []
        lab["web1"]["state"] = 0
        assert look(app) == [("ada", "web1: Up"), ("uma", "web1: Up")]
        assert look(app) == []

    def test_one_thing_nobody_can_be_told_of_does_not_silence_the_rest_of_its_site(self, app, lab, monkeypatch):
        def affected(session, site_id, host, description, _really=book.affected):
            if host == "db1":
                raise ValueError("what no rule can be asked about")
            return _really(session, site_id, host, description)

        lab["db1"]["state"] = lab["web1"]["state"] = 1
        with monkeypatch.context() as patch:
            patch.setattr(book, "affected", affected)
            assert look(app) == [("ada", "web1: Down"), ("uma", "web1: Down")]
        assert ("ada", "db1: Down") in look(app)

    def test_the_mail_says_what_where_since_when_and_leads_there(self, app, lab):
        lab["CPU"] |= {"state": 2, "plugin_output": "load 99", "last_state_change": 1_780_000_000}
        look(app)
        mail = post.to(post.deliver(app), "ada.arnold@acme.example")[-1]
        assert mail["Subject"] == "CPU on web1: Critical"
        text = post.text_of(mail)
        assert "Since May 28, 2026, 10:26:40\u202fPM (Europe/Berlin), at the site Lab\nload 99\n" in text
        assert "http://localhost/monitoring/service?site=acme_lab&host=web1&service=CPU\n" in text

    def test_everybody_reads_it_in_their_language(self, app, lab):
        change(app, "ada", language="de")
        lab["web1"]["state"] = 1
        look(app)
        assert post.text_of(post.to(post.deliver(app), "ada.arnold@acme.example")[-1]).startswith("Guten Tag")

    def test_what_was_so_when_a_site_was_first_met_is_old_and_its_end_is_nobodys_news(self, app, fleet):
        prepare(app)
        old = host("web1", 1)
        fleet.add("acme_lab", "hosts", old)
        assert look(app) == look(app) == []
        old["state"] = 0
        assert look(app) == []
        old["state"] = 1
        assert look(app) == [("ada", "web1: Down"), ("uma", "web1: Down")]

    def test_a_site_that_is_silent_says_nothing_and_its_news_are_told_later(self, app, fleet, lab):
        lab["web1"]["state"] = 1
        fleet.dead["acme_lab"] = "No route."
        assert look(app) == []
        fleet.dead.clear()
        assert look(app) == [("ada", "web1: Down"), ("uma", "web1: Down")]
        fleet.dead["acme_lab"] = "No route."
        assert look(app) == []

    def test_two_workers_that_saw_the_same_tell_it_once(self, app, lab, monkeypatch):
        """One asked the site, stopped, and goes on after another has seen and told the same."""
        lab["web1"]["state"] = 1
        read = reports.read

        def overtaken(tables):
            monkeypatch.setattr(reports, "read", read)
            found = read(tables)
            if found:
                with app.app_context():
                    one = next(one for one in sites(db.session(), PORTAL) if one.target.site_id == "acme_lab")
                    db.session.remove()
                    number, _is_first = states.begin("acme_lab", "acme")
                    watching.Look(one, number).take(found, is_first=False)
                    db.session.remove()
            else:
                monkeypatch.setattr(reports, "read", overtaken)
            return found

        monkeypatch.setattr(reports, "read", overtaken)
        assert look(app) == [("ada", "web1: Down"), ("uma", "web1: Down")]
        assert len(log(app)) == 2
        assert look(app) == []

    def test_a_worker_that_asked_earlier_does_not_undo_what_a_later_one_told(self, app, lab):
        with app.app_context():
            one = next(one for one in sites(db.session(), PORTAL) if one.target.site_id == "acme_lab")
            db.session.remove()
            early, _is_first = states.begin("acme_lab", "acme")
            then = reports.read(([lab["web1"] | {"state": 1}], []))
        assert look(app) == []
        with app.app_context():
            watching.Look(one, early).take(then, is_first=False)
            db.session.remove()
        assert look(app) == []
        assert log(app) == []

    def test_a_job_that_another_worker_is_at_waits_for_the_next(self, app, lab):
        with app.app_context():
            other = enqueue(db.session, "notifications.watch")
            other.leased_until, other.leased_by = now() + timedelta(minutes=2), "elsewhere"
            db.session.commit()
            db.session.remove()
        lab["web1"]["state"] = 1
        assert look(app) == []


class TestHeldBack:
    @pytest.mark.parametrize(
        ("row", "values"),
        [
            ("CPU", {"scheduled_downtime_depth": 1}),
            ("CPU", {"host_scheduled_downtime_depth": 1}),
            ("CPU", {"host_state": 1}),
            ("CPU", {"acknowledged": 1}),
            ("CPU", {"is_flapping": 1}),
            ("CPU", {"state_type": 0}),
            ("CPU", {"last_check": 100, "host_last_hard_state_change": 200}),
            ("web1", {"scheduled_downtime_depth": 2}),
        ],
    )
    def test_what_is_held_back_is_told_when_it_still_is_so_afterwards(self, app, lab, row, values):
        before = dict(lab[row])
        lab[row] |= {"state": 1} | values
        assert look(app) == []
        lab[row].clear()
        lab[row].update(before | {"state": 1})
        assert len(look(app)) == 2

    def test_a_service_whose_host_is_down_is_not_told_and_neither_that_it_is_over(self, app, lab):
        lab["web1"]["state"] = 1
        lab["CPU"] |= {"state": 2, "host_state": 1}
        assert [what for _to, what in look(app)] == ["web1: Down"] * 2
        lab["web1"]["state"] = 0
        lab["CPU"] |= {"state": 0, "host_state": 0}
        assert [what for _to, what in look(app)] == ["web1: Up"] * 2

    def test_what_the_site_does_not_notify_of_is_not_told(self, app, lab):
        lab["CPU"] |= {"state": 2, "notifications_enabled": 0}
        assert look(app) == []
        lab["CPU"]["notifications_enabled"] = 1
        assert look(app) == []

    def test_a_service_that_is_gone_is_forgotten_without_a_word(self, app, fleet, lab):
        lab["CPU"]["state"] = 2
        assert len(look(app)) == 2
        fleet.rows["acme_lab"]["services"].clear()
        assert look(app) == []
        with app.app_context():
            assert db.session.scalars(select(KnownState)).all() == []

    def test_what_nobody_has_given_contacts_yet_waits_for_them(self, app, fleet, lab):
        fleet.add("acme_lab", "hosts", host("new1", 1))
        assert look(app) == []
        with app.app_context():
            Allocation().host("acme_lab", "new1", "web")
            db.session.commit()
        assert look(app) == [("ada", "new1: Down"), ("uma", "new1: Down")]


class TestWhom:
    def test_a_disabled_account_still_receives(self, app, lab):
        """Seed, 2.3: "its notifications will not be affected and it will still receive emails" """
        change(app, "ada", disabled_at=now())
        lab["web1"]["state"] = 1
        assert look(app) == [("ada", "web1: Down"), ("uma", "web1: Down")]

    def test_one_with_disabled_notifications_does_not_while_they_are(self, app, lab):
        change(app, "ada", is_muted=True, muted_from=now() - timedelta(hours=2), muted_until=now() - timedelta(hours=1))
        change(app, "uma", is_muted=True)
        lab["web1"]["state"] = 1
        assert look(app) == [("ada", "web1: Down")]
        lab["web1"]["state"] = 0
        change(app, "uma", is_muted=False)
        assert look(app) == [("ada", "web1: Up")]

    @pytest.mark.parametrize("is_strict", [False, True])
    def test_how_strict_visibility_is_changes_nothing(self, app, lab, is_strict):
        """Seed, 4.3: "both of these settings for visibility have no influence on notifications" """
        with app.app_context():
            db.session.add(Authorization(id=1, is_strict_for_services=is_strict, is_strict_for_groups=is_strict))
            db.session.commit()
        lab["Disk"]["state"] = 2
        lab["CPU"]["state"] = 1
        assert look(app) == [
            ("ada", "CPU on web1: Warning"), ("uma", "CPU on web1: Warning"), ("uma", "Disk on web1: Critical"),
        ]  # fmt: skip

    def test_a_global_groups_member_never_hears_of_another_customers_hosts(self, app, fleet, lab):
        with app.app_context():
            group("all", "bea", "ada", "pat", customer=None)
            Allocation().host("beta_zurich", "press1", "all")
            db.session.commit()
        press = host("press1")
        fleet.add("beta_zurich", "hosts", press)
        look(app)
        press["state"] = 1
        assert look(app) == [("bea", "press1: Down"), ("pat", "press1: Down")]
        links = post.text_of(post.deliver(app)[-1])
        assert "/provider/monitoring/host?site=beta_zurich&name=press1" in links

    def test_fallback_contacts_hear_of_what_no_rule_is_about(self, app, lab):
        change(app, "pat", is_fallback_contact=True)
        lab["CPU"] |= {"state": 2}
        look(app)
        rule(app, "never", effect="notify", events=["ok"])
        with app.app_context(), separate() as session:
            session.execute(update(Element).where(Element.key == "usual").values(is_enabled=False))
        lab["web1"]["state"] = 1
        assert look(app) == [("pat", "web1: Down")]

    def test_so_does_the_fallback_address_of_the_settings(self, app, lab):
        with app.app_context(), separate() as session:
            session.execute(update(Element).where(Element.key == "usual").values(is_enabled=False))
        rule(app, "never", events=["ok"])
        with as_pat(app) as (session, pat):
            settings_for_all.choose(session, {book.FALLBACK: "noc@provider.example"}, by=pat)
        lab["web1"]["state"] = 1
        assert look(app) == [("noc", "web1: Down")]
        with app.app_context(), separate() as session:
            session.get_one(Site, "acme_lab").settings = {book.FALLBACK: "night@acme.example"}
        lab["web1"]["state"] = 0
        look(app)
        lab["web1"]["state"] = 1
        assert look(app) == [("night", "web1: Down")]


class TestOff:
    def test_while_the_portal_does_not_notify_nothing_is_told_nor_is_it_later(self, app, lab, monkeypatch):
        lab["web1"]["state"] = 1
        monkeypatch.setitem(app.config, "NOTIFICATIONS", False)
        assert look(app) == []
        with app.app_context():
            assert db.session.scalars(select(Round)).all() == []
        monkeypatch.setitem(app.config, "NOTIFICATIONS", True)
        assert look(app) == look(app) == []


def test_acknowledgements_and_downtimes_are_told_where_a_rule_says_so(app, lab):
    rule(app, "more", position=20, users=["ada"], all_contacts=False,
         events=["acknowledgement", "downtime_start", "downtime_end"])  # fmt: skip
    lab["CPU"]["state"] = 2
    look(app)
    lab["CPU"]["acknowledged"] = 1
    lab["db1"]["scheduled_downtime_depth"] = 1
    assert look(app) == [("ada", "CPU on web1: Acknowledged"), ("ada", "db1: In downtime")]
    lab["db1"]["scheduled_downtime_depth"] = 0
    assert look(app) == [("ada", "db1: Downtime over")]


def test_a_worker_that_finds_nothing_to_do_is_done(app, lab):
    begin(app)
    assert work_once(app) == 1
