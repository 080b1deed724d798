"""The dashboards: numbers of all sites, the worst problems, how sites stand, in both doors."""

from __future__ import annotations

import re
import time
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from portal.accounts.session_rows import SessionRow
from portal.accounts.users import User
from portal.customers.models import Customer
from portal.customers.sites import Site
from portal.database import db, now
from portal.monitoring import events, poller
from tests.monitoring.cores import Cores, connect

HOSTS = [10, 6, 2, 1, 1, 3, 2, 0]
SERVICES = [50, 40, 4, 3, 2, 1, 9, 5, 7]
EVENTS = [6, 4, 3]


def says(hosts=HOSTS, services=SERVICES, events_=None, problems=()):
    """Return what a core says: numbers, and rows of problems (host, service, state)."""

    def answer(query):
        if query.table == "hosts":
            return [hosts]
        if query.table == "eventconsoleevents":
            return [events_] if events_ else None
        if query.stats:
            return [services]
        wanted = b"Filter: state = 2\n" in query.text()
        return [
            [host, service, state, time.time() - 3600 * n, f"{service} is not well"]
            for n, (host, service, state) in enumerate(problems, 1)
            if (state == 2) is wanted
        ]

    return answer


@pytest.fixture
def cores(app, monkeypatch):
    events._without.clear()
    found = Cores()
    monkeypatch.setattr(poller, "ask", found.ask)
    monkeypatch.setattr(poller, "ask_each", found.ask_each)
    monkeypatch.setattr(poller, "known", found.known)
    with app.app_context():
        connect()
        db.session.remove()
    for site in ("acme_hamburg", "acme_lab", "beta_zurich", "central"):
        found.says[site] = says()
    return found


def row(page, key, within):
    found = page.html.select_one(f'{within} tr[data-key="{key}"]')
    return [cell.text.strip() for cell in found.find_all("td")] if found else None


def snapin(page, customer):
    return " ".join(page.html.select_one(f'#snapin li[data-key="{customer}"]').text.split())


class TestTheProvidersDashboard:
    def test_every_customer_is_a_row_of_numbers_that_lead_to_what_they_count(self, as_, cores):
        page = as_("pat").get("/provider/monitoring/")
        assert row(page, "acme", ".customers") == ["12", "4", "2", "2", "80", "8", "6", "4", "2"]
        assert row(page, "provider", ".customers") == ["6", "2", "1", "1", "40", "4", "3", "2", "1"]
        assert row(page, "gamma", ".customers") is None
        links = {a["href"] for a in page.html.select('.customers tr[data-key="acme"] a')}
        assert "/provider/monitoring/hosts/?site=customer:acme&state=down" in links
        assert "/provider/monitoring/services/?site=customer:acme&state=crit" in links
        assert "/provider/monitoring/hosts/?site=customer:acme" in links

    def test_the_overview_counts_hosts_services_and_events_of_all(self, as_, cores):
        page = as_("pat").get("/provider/monitoring/")
        assert row(page, "hosts", ".overview") == ["40", "12", "8", "0"]
        assert row(page, "services", ".overview") == ["200", "36", "20", "28"]
        assert row(page, "events", ".overview") == ["–", "–", "–", "–"]
        assert "no site that answers has an Event Console" in page.text
        events._without.clear()
        cores.says["central"] = says(events_=EVENTS)
        page = as_("pat").get("/provider/monitoring/")
        assert row(page, "events", ".overview") == ["6", "4", "3", "–"]
        assert "3 sites that answer have no Event Console" in page.text

    def test_the_worst_problems_of_all_sites_stand_first(self, as_, cores):
        cores.says["acme_lab"] = says(problems=[("web1", "Disk", 1), ("web1", "CPU", 2)])
        cores.says["beta_zurich"] = says(problems=[("db1", "<b>Tables</b>", 2), ("db1", "Backup", 3)])
        page = as_("pat").get("/provider/monitoring/")
        assert [strong.text for strong in page.html.select(".worst strong")] == [
            "<b>Tables</b>",
            "CPU",
            "Backup",
            "Disk",
        ]
        first = page.html.select(".worst li")[1]
        assert first.a["href"] == "/provider/monitoring/service?site=acme_lab&host=web1&service=CPU"
        assert "Acme GmbH" in first.text
        assert "Critical" in first.text

    def test_a_dead_site_stands_there_with_its_reason_and_marks_numbers_as_incomplete(self, as_, cores):
        cores.dead["acme_lab"] = "It refuses connections."
        cores.dead["beta_zurich"] = "No answer in 2 s."
        page = as_("pat").get("/provider/monitoring/")
        assert row(page, "acme", ".customers")[0] == "6"
        assert "1 of 2 sites is silent" in page.html.select_one('.customers tr[data-key="acme"]').text
        assert row(page, "beta", ".customers") == ["–"] * 9
        assert row(page, "provider", ".customers")[0] == "6"
        assert snapin(page, "acme").startswith("Acme GmbH Dead: 1 of 2")
        assert "It refuses connections." in snapin(page, "acme")
        assert snapin(page, "beta").startswith("Beta AG Dead Zurich Dead No answer in 2 s.")
        assert "Online" in snapin(page, "provider")

    def test_a_site_that_is_switched_off_is_not_missed(self, app, as_, cores):
        with app.app_context():
            db.session.execute(update(Site).where(Site.id == "acme_lab").values(is_disabled=True))
            db.session.commit()
        page = as_("pat").get("/provider/monitoring/")
        assert row(page, "acme", ".customers")[0] == "6"
        assert "Incomplete" not in page.html.select_one(".customers").text
        assert snapin(page, "acme").startswith("Acme GmbH Disabled: 1 of 2")

    def test_what_no_core_should_say_breaks_nothing(self, as_, cores):
        cores.says["acme_lab"] = says(hosts=[None, "x", {}, [], 1e300, -1, True, 2], problems=[("\ud800", 5, 7)])
        cores.says["acme_hamburg"] = says(hosts=[1, 2], services=["a"] * 9)
        page = as_("pat").get("/provider/monitoring/")
        assert row(page, "provider", ".customers")[0] == "6"

    def test_without_sites_it_says_how_to_begin(self, app, as_, monkeypatch):
        monkeypatch.setattr(poller, "ask", Cores().ask)
        assert "No site is connected yet" in as_("gil").get("/provider/monitoring/").text


class TestHiding:
    def test_a_hidden_customer_is_gone_for_this_person_alone_and_comes_back(self, app, as_, cores):
        page = as_("pat").get("/provider/monitoring/")
        page = page.html and [f for f in page.forms.values() if f.action.endswith("/acme/hiding")][0].submit().follow()
        assert row(page, "acme", ".customers") is None
        assert row(page, "hosts", ".overview")[0] == "20"
        assert "Show" in snapin(page, "acme")
        assert cores.rounds[-1] == ["beta_zurich", "central"]
        assert row(as_("gil").get("/provider/monitoring/"), "acme", ".customers")
        page = [f for f in page.forms.values() if f.action.endswith("/acme/showing")][0].submit().follow()
        assert row(page, "acme", ".customers")

    def test_all_at_once(self, as_, cores):
        page = as_("pat").get("/provider/monitoring/")
        page = [f for f in page.forms.values() if f.action == "/provider/monitoring/hiding"][0].submit().follow()
        assert "All customers are hidden" in page.text
        page = [f for f in page.forms.values() if f.action == "/provider/monitoring/showing"][0].submit().follow()
        assert row(page, "beta", ".customers")

    def test_it_goes_back_to_the_page_of_monitoring_it_was_pressed_on(self, as_, cores):
        browser = as_("pat")
        token = browser.get("/provider/monitoring/").html.find("input", attrs={"name": "csrf_token"})["value"]
        for wanted, came in (
            ("/provider/monitoring/?x=1", "/provider/monitoring/?x=1"),
            ("https://evil.example/", "/provider/monitoring/"),
            ("/logout", "/provider/monitoring/"),
        ):
            answer = browser.post("/provider/monitoring/hiding", {"csrf_token": token, "next": wanted}, status=302)
            assert answer.location == came

    def test_a_guest_sees_no_button_and_a_stranger_of_a_customer_is_none_to_hide(self, as_, cores):
        assert not [f for f in as_("gil").get("/provider/monitoring/").forms.values() if "hiding" in f.action]
        token = as_("pat").get("/provider/monitoring/").html.find("input", attrs={"name": "csrf_token"})["value"]
        as_("pat").post("/provider/monitoring/customers/gamma/hiding", {"csrf_token": token}, status=404)


class TestTheCompanysOwn:
    def test_it_shows_its_own_sites_alone_in_plain_words(self, app, as_, cores):
        with app.app_context():
            db.session.get_one(Site, "acme_hamburg").gui_url = "https://monitoring.acme.example/hamburg/"
            db.session.commit()
        cores.dead["acme_lab"] = "192.0.2.1:6557 refuses connections."
        cores.says["acme_hamburg"] = says(problems=[("web1", "CPU", 2)])
        page = as_("ugo").get("/monitoring/")
        assert row(page, "hosts", ".overview") == ["10", "3", "2", "0"]
        assert "It does not answer at the moment" in page.text
        assert "192.0.2.1" not in page.text
        assert "Zurich" not in page.text
        assert page.html.find("a", href="https://monitoring.acme.example/hamburg/")
        assert page.html.select_one(".worst a")["href"] == "/monitoring/service?site=acme_hamburg&host=web1&service=CPU"
        assert cores.rounds[-1] == ["acme_hamburg", "acme_lab"]

    def test_who_has_no_site_has_no_such_page(self, as_, cores):
        as_("gus").get("/monitoring/", status=404)


def test_the_page_costs_the_same_statements_for_any_number_of_customers(app, as_, cores, statements):
    pat = as_("pat")
    pat.get("/provider/monitoring/")
    statements.clear()
    pat.get("/provider/monitoring/")
    few = len(statements)
    with app.app_context():
        for n in range(30):
            Customer.create(db.session(), id=f"c{n}", name=f"Customer {n}", by=None)
            Site.create(db.session(), id=f"s{n}", alias=f"S {n}", customer_id=f"c{n}", livestatus="tcp:h:1", by=None)
        db.session.commit()
    statements.clear()
    pat.get("/provider/monitoring/")
    assert len(statements) == few == 2
    assert len(cores.rounds[-1]) == 34


class TestRefreshing:
    def _seen(self, app):
        with app.app_context():
            return db.session.scalars(select(SessionRow.last_seen_at).join(User).where(User.username == "pat")).one()

    def test_a_page_that_asks_by_itself_keeps_nobody_signed_in(self, app, as_, cores):
        pat = as_("pat")
        long_ago = now() - timedelta(minutes=20)
        with app.app_context():
            db.session.execute(update(SessionRow).values(last_seen_at=long_ago))
            db.session.commit()
        pat.get("/provider/monitoring/", headers={"X-Refresh": "automatic"})
        assert self._seen(app) == long_ago
        pat.get("/provider/monitoring/")
        assert self._seen(app) > long_ago

    def test_it_says_up_to_when_it_is_true_and_can_be_loaded_anew_without_scripts(self, as_, cores):
        page = as_("pat").get("/provider/monitoring/?x=1")
        assert re.fullmatch(r"\d\d:\d\d:\d\d", page.html.select_one("[data-at]").text)
        assert page.html.find("a", string="Refresh")["href"] == "/provider/monitoring/?x=1"
