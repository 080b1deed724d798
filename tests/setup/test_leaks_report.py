"""The leak report: kept as elements change, read by staff, accepted by name and reason."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from portal import jobs
from portal.accounts.users import User
from portal.contacts.inventory import Host
from portal.customers.elements import Element
from portal.customers.models import Customer
from portal.database import db
from portal.setup import elements
from portal.setup.leaks import rounds
from portal.setup.leaks.models import Leak
from tests.factories.certificates import certificate
from tests.factories.elements import as_pat, element, site

REPORT = "/provider/setup/leaks/"
RULE = {"comment": "", "all_contacts": True, "method": "mail", "script": ""}


@pytest.fixture
def leaky(app):
    """A portal where a rule for all names Beta and an address, and a group of acme's names gamma."""
    with as_pat(app) as (session, pat):
        body = {**RULE, "comment": "Ask Beta", "emails": ["bea.hansen@beta.example"]}
        element(session, "notification-rules", "night", title="At night", body=body, by=pat)
        element(session, "contact-groups", "gamma-too", title="Night shift", customer="acme", by=pat)
        for id, customer in (("s1", "acme"), ("s2", "acme"), ("s3", "beta"), ("s4", "provider")):
            site(session, id, customer)
    return app


def shown(page):
    """Return what, words and who reads it of every leak on a page."""
    return [
        (item.find(["h2", "h3"]).text, item.select_one(".words").text.strip(), facts(item)["Who reads it"])
        for item in page.html.select("ol.leaks > li")
    ]


def facts(item):
    """Return the pairs of a list of facts."""
    return {pair.dt.text: pair.dd.get_text(" ", strip=True) for pair in item.select("dl.facts > div")}


def form_of(page, action):
    """Return the POST form with this address."""
    return next(form for form in page.forms.values() if form.action == action and form.method == "post")


def leaks(app):
    """Return sort and whether accepted of all that is kept."""
    with app.app_context():
        return sorted(db.session.execute(select(Leak.sort, Leak.accepted_at.is_not(None))).all())


def change(app, key, **values):
    """Let pat change an element."""
    with as_pat(app) as (session, pat):
        found = session.scalars(select(Element).where(Element.key == key)).one()
        elements.change(session, found, by=pat, **values)


def test_the_report_says_where_what_who_why_and_what_instead(leaky, as_):
    page = as_("pat").get(REPORT)
    assert shown(page) == [
        ("Names a customer", "Beta", "All: 3 sites of 2 customers"),
        ("Holds an e-mail address", "bea.hansen@beta.example (Bea Hansen)", "All: 3 sites of 2 customers"),
        ("Names a customer", "gamma", "Acme GmbH: 2 sites"),
    ]
    first, _second, third = page.html.select("ol.leaks > li")
    assert facts(first)["Where"] == "At night · Notification rules · Comment"
    assert facts(first)["About"] == "Beta AG"
    assert "Leave the name and the ID out" in facts(first)["Better"]
    assert "released to that customer" in facts(third)["Better"]
    assert "Moderate risk" in first.text
    assert first.select_one("dd a")["href"] == "/provider/setup/notification-rules/night/edit"
    as_("pat").get("/provider/setup/").mustcontain("3 open leaks")


def test_a_certificate_stands_first_and_alone_under_its_risk(leaky, as_):
    form = form_of(as_("pat").get("/provider/setup/global-settings/"), "/provider/setup/global-settings/")
    form["trusted_certificate_authorities"] = certificate("Beta AG Root")
    form.submit(status=302)
    page = as_("pat").get(REPORT)
    assert shown(page)[0] == ("Holds a CA certificate", "Beta AG Root", "Nobody: the portal gives it to no site.")
    assert "High risk" in page.html.select_one("ol.leaks > li").text
    assert [row[0] for row in shown(as_("pat").get(f"{REPORT}?risk=high"))] == ["Holds a CA certificate"]
    assert len(shown(as_("pat").get(f"{REPORT}?risk=moderate"))) == 3
    assert len(shown(as_("pat").get(f"{REPORT}?kind=contact-groups"))) == 1
    assert len(shown(as_("pat").get(f"{REPORT}?kind=none&risk=none"))) == 4


def test_what_is_mended_goes_and_what_is_deleted_too(leaky, as_):
    change(leaky, "night", body={**RULE, "comment": "Ask whoever is on call"})
    assert leaks(leaky) == [("customer", False)]
    with as_pat(leaky) as (session, pat):
        elements.delete(session, session.scalars(select(Element).where(Element.key == "gamma-too")).one(), by=pat)
    assert leaks(leaky) == []
    as_("pat").get(REPORT).mustcontain("No open leaks")


def test_an_acceptance_holds_until_the_element_changes(leaky, as_):
    pat = as_("pat")
    form = pat.get(REPORT).html.select("ol.leaks > li")[0].form
    address = form["action"]
    token = form.find("input", attrs={"name": "csrf_token"})["value"]
    refused = pat.post(address, {"csrf_token": token, "reason": " "}, status=422)
    refused.mustcontain("Say why this may stay as it is.")
    pat.post(address, {"csrf_token": token, "reason": "Beta knows and agrees"}, status=302)
    page = pat.get(REPORT)
    assert [row[0] for row in shown(page)] == ["Holds an e-mail address", "Names a customer", "Names a customer"]
    accepted = facts(page.html.select("ol.leaks > li")[-1])["Accepted"]
    assert "Pat Lindner" in accepted
    assert "Beta knows and agrees" in accepted
    pat.post(address, {"csrf_token": token, "reason": "Once more"}, status=409)
    assert len(shown(pat.get(f"{REPORT}?state=accepted"))) == 1
    pat.get("/provider/history/").mustcontain("accepted a leak (Notification rules): Beta knows and agrees")

    with leaky.app_context():
        rounds.search(db.session())
    assert leaks(leaky) == [("customer", False), ("customer", True), ("email", False)]
    change(leaky, "night", title="By night")
    assert leaks(leaky) == [("customer", False), ("customer", False), ("email", False)]


def test_an_acceptance_can_be_taken_back(leaky, as_):
    pat = as_("pat")
    with as_pat(leaky) as (session, by):
        leak = session.scalars(select(Leak).where(Leak.sort == "email")).one()
        leak.accept(session, "It is public", by=by)
        id = leak.id
    form_of(pat.get(f"{REPORT}?state=accepted"), f"{REPORT}{id}/reopening").submit(status=302)
    assert leaks(leaky) == [("customer", False), ("customer", False), ("email", False)]


def test_a_guest_reads_and_changes_nothing(leaky, as_):
    page = as_("gil").get(REPORT)
    assert len(shown(page)) == 3
    assert not page.html.select("ol.leaks form, ol.leaks details, ol.leaks a")
    with leaky.app_context():
        id = db.session.scalars(select(Leak.id)).first()
    token = page.html.find("input", attrs={"name": "csrf_token"})["value"]
    as_("gil").post(f"{REPORT}{id}/acceptance", {"csrf_token": token, "reason": "x"}, status=403)
    as_("gil").post(f"{REPORT}{id}/reopening", {"csrf_token": token}, status=403)
    for person in ("ada", "uma", "bea"):
        as_(person).get(REPORT, status=404)
        as_(person).get("/provider/setup/leaks.csv", status=404)


def test_the_table_holds_all_of_the_filter(leaky, as_):
    lines = as_("pat").get("/provider/setup/leaks.csv").text.splitlines()
    assert len(lines) == 4
    assert "Moderate risk,Notification rules,At night,Comment,Names a customer,Beta,Beta AG" in lines[1]
    assert len(as_("pat").get("/provider/setup/leaks.csv?kind=contact-groups").text.splitlines()) == 2


def test_the_report_reads_the_same_however_much_there_is(leaky, as_, statements):
    as_("pat").get(REPORT)
    statements.clear()
    as_("pat").get(REPORT)
    few = len(statements)
    with as_pat(leaky) as (session, pat):
        for number in range(60):
            element(session, "host-groups", f"beta{number}", title=f"Beta {number}", customer="acme", by=pat)
    statements.clear()
    page = as_("pat").get(REPORT)
    assert len(statements) <= few + 1 <= 12
    assert len(shown(page)) == 25
    page.mustcontain("63 leaks")
    assert len(shown(as_("pat").get(page.html.find("a", rel="next")["href"]))) == 25


def test_what_came_past_the_pages_is_searched_by_the_job(leaky, as_):
    with leaky.app_context():
        row = {"title": "Of Gamma", "title_key": "of gamma", "release": "general", "body": {"tags": []}}
        db.session.execute(Element.__table__.insert().values(
            id=db.session.scalar(select(Element.id).where(Element.key == "night")).__class__(int=7), kind="host-tags",
            key="os", version=1, position=0, is_enabled=True, created_at=datetime.now(UTC), **row,
        ))  # fmt: skip
        db.session.commit()
    assert shown(as_("pat").get(f"{REPORT}?kind=host-tags")) == []
    work(leaky)
    as_("pat").get(REPORT).mustcontain("What came past these pages was searched")
    assert len(shown(as_("pat").get(f"{REPORT}?kind=host-tags"))) == 1


def work(app):
    """Do the job of this minute."""
    with app.app_context():
        jobs.enqueue(db.session(), "setup.leaks")
        db.session.commit()
    jobs.work_once(app)


def test_everything_is_searched_anew_when_customers_hosts_or_people_come_and_go(leaky):
    work(leaky)
    before = leaks(leaky)
    with as_pat(leaky) as (session, _pat):
        Customer.create(session, id="whoever", name="Whoever Inc", by=None)
        session.add(Host(site_id="s1", customer_id="acme", name="shift", name_key="shift", seen_at=datetime.now(UTC)))
    change(leaky, "night", body={**RULE, "comment": "Ask whoever has the shift"})
    with leaky.app_context():
        db.session.execute(Leak.__table__.delete())
        db.session.commit()
    work(leaky)
    assert before == [("customer", False), ("customer", False), ("email", False)]
    assert leaks(leaky) == [("customer", False), ("customer", False), ("host", False)]


def test_a_round_goes_on_where_it_stopped(leaky, monkeypatch):
    monkeypatch.setattr(rounds, "AT_ONCE", 1)
    with leaky.app_context():
        db.session.execute(Leak.__table__.delete())
        db.session.commit()
        assert rounds._go_on(db.session())
        db.session.commit()
        assert db.session.scalar(select(func.count(Leak.id))) < 3
        assert rounds.standing(db.session())[1]
        rounds.search(db.session())
    assert len(leaks(leaky)) == 3


def test_global_users_stand_in_the_report_and_no_others(leaky, as_):
    with as_pat(leaky) as (session, _pat):
        id = User.create(
            session, name="Hotline", email="hotline@vendor.example", customer_id=None, roles=["guest"], by=None
        ).id
    page = as_("pat").get(f"{REPORT}?kind=users")
    assert shown(page) == [
        ("The profile of a Global user goes to all sites", "hotline@vendor.example", "All: 3 sites of 2 customers")
    ]
    with as_pat(leaky) as (session, _pat):
        session.get_one(User, id).customer_id = "provider"
    assert shown(as_("pat").get(f"{REPORT}?kind=users")) == []


def test_no_event_or_element_no_leak(as_):
    as_("pat").post(
        f"{REPORT}01980000-0000-7000-8000-000000000000/acceptance",
        {"csrf_token": as_("pat").get(REPORT).html.find("input", attrs={"name": "csrf_token"})["value"], "reason": "x"},
        status=404,
    )
