"""What is looked for before an activation: each thing that would be broken on a site, said by site, until mended."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from portal.accounts.users import User
from portal.contacts.inventory import Host, Sweep
from portal.database import db, now
from portal.errors import Refused
from portal.setup.distribution import checks
from portal.setup.distribution.activation import Broken
from tests.setup import sites as at
from tests.setup.people import contact_group, join, make_global


@pytest.fixture
def connected(app, monkeypatch):
    monkeypatch.setitem(app.config, "GLOBAL_KINDS", "contact-groups bi-aggregations rules rule-packs")
    at.connect(app, "acme-1", "beta-1", "provider-1")
    return app


def problems(app) -> set[tuple[str, str, str]]:
    """Return customer, kind and key of what keeps an activation of all sites."""
    with pytest.raises(Broken) as caught:
        at.activate(app)
    return {(problem.customer_id, problem.kind, problem.key) for problem in caught.value.found.problems}


def with_hosts(app, site: str, *names: str) -> None:
    """Let the inventory know a site's hosts."""
    customer = site.partition("-")[0]
    with app.app_context():
        db.session.add(Sweep(site_id=site, customer_id=customer, finished_at=now()))
        db.session.add_all(
            Host(site_id=site, customer_id=customer, name=name, name_key=name.lower(), seen_at=now()) for name in names
        )
        db.session.commit()
        db.session.remove()


class TestReferences:
    def test_a_rule_and_its_password(self, connected):
        at.add(connected, "passwords", "pw", "beta", secret="x")
        at.add(connected, "rule-packs", "pack", "acme")
        at.add(connected, "rules", "rule", "acme", pack="pack", body={"password": "pw"})
        assert problems(connected) == {("acme", "rules", "rule")}
        at.move(connected, "passwords", "pw", "acme")
        at.activate(connected)

    def test_what_was_moved_away_since(self, connected):
        at.add(connected, "contact-groups", "ours", "acme")
        at.add(connected, "bi-aggregations", "shop", "acme", body={"contact_groups": ["ours"]})
        at.activate(connected)
        at.move(connected, "contact-groups", "ours", "provider")
        assert problems(connected) == {("acme", "bi-aggregations", "shop")}

    def test_what_is_general_or_global_and_names_a_customers(self, connected):
        at.add(connected, "contact-groups", "ours", "acme")
        at.add(connected, "notification-rules", "tell", None, body={"contact_groups": ["ours"]})
        at.add(connected, "bi-aggregations", "all", "global", body={"contact_groups": ["ours"]})
        others = {
            (customer, *named)
            for customer in ("beta", "provider")
            for named in (("notification-rules", "tell"), ("bi-aggregations", "all"))
        }
        assert problems(connected) == others
        at.activate(connected, "acme-1")

    def test_people_whom_a_rule_tells(self, connected):
        at.add(connected, "notification-rules", "tell", None, body={"users": ["ada"]})
        assert problems(connected) == {
            ("beta", "notification-rules", "tell"),
            ("provider", "notification-rules", "tell"),
        }
        with at.setup(connected) as (session, _pat):
            session.scalars(select(User).where(User.username == "ada")).one().archived_at = now()
        assert ("acme", "notification-rules", "tell") in problems(connected)

    def test_global_and_unassigned_are_there_for_all(self, connected):
        at.add(connected, "contact-groups", "shared", "global")
        at.add(connected, "rule-packs", "open", "")
        for customer in ("acme", "beta"):
            at.add(connected, "rules", f"rule-{customer}", customer, pack="open", body={"contact_groups": ["shared"]})
        at.activate(connected)


class TestPeople:
    def test_somebody_in_a_group_of_another_customer(self, connected):
        contact_group(connected, "theirs", "beta")
        join(connected, "ada", "theirs")
        assert {(customer, kind) for customer, kind, _key in problems(connected)} == {("acme", "users")}

    def test_a_global_user_in_a_customers_group(self, connected):
        make_global(connected, "gil")
        contact_group(connected, "ours", "acme")
        join(connected, "gil", "ours")
        assert {customer for customer, _kind, _key in problems(connected)} == {"acme", "beta", "provider"}

    def test_sites_where_nobody_could_sign_in(self, connected):
        with at.setup(connected) as (session, _pat):
            for user in session.scalars(select(User).where(User.customer_id == "beta")):
                user.disabled_at = now()
        assert problems(connected) == {("beta", "customers", "beta")}
        make_global(connected, "gil")
        at.activate(connected)


class TestHosts:
    def test_no_site_of_the_customer_has_the_host(self, connected):
        with_hosts(connected, "acme-1", "web")
        with_hosts(connected, "beta-1", "db")
        at.add(connected, "bi-aggregations", "shop", "acme", body={"nodes": ["web;HTTP", "db"]})
        assert problems(connected) == {("acme", "bi-aggregations", "shop")}

    def test_a_site_that_was_never_read_holds_nothing_back_and_that_is_said(self, connected):
        at.add(connected, "bi-aggregations", "shop", "acme", body={"nodes": ["web"]})
        with connected.app_context():
            found = checks.find(db.session(), {"acme"})
            db.session.remove()
        assert found.problems == []
        assert "nobody knows yet which hosts Acme-1 has" in found.notes[0]
        at.activate(connected)

    def test_of_two_sites_either_may_have_it(self, connected):
        at.connect(connected, "acme-2")
        with_hosts(connected, "acme-1")
        with_hosts(connected, "acme-2", "web")
        at.add(connected, "bi-aggregations", "shop", "acme", body={"nodes": ["web"]})
        at.activate(connected)


def test_the_page_lists_every_problem_by_site_with_where_it_is_mended(connected, as_):
    contact_group(connected, "theirs", "beta")
    join(connected, "ada", "theirs")
    at.add(connected, "contact-groups", "ours", "acme")
    at.add(connected, "notification-rules", "tell", None, body={"contact_groups": ["ours"]})
    page = as_("pat").get("/provider/changes/").forms["activation"].submit(status=409)
    alert = page.html.find(role="alert")
    links = {link["href"] for link in alert.find_all("a")}
    assert "/provider/setup/notification-rules/tell" in links
    assert any(link.startswith("/provider/setup/users/") for link in links)
    text = alert.get_text(" ", strip=True)
    assert "Acme GmbH" in text
    assert "Beta-1" in text
    assert "Nothing was activated" in text
    for link in links:
        as_("pat").get(link)


def test_a_fixed_number_of_statements(connected, statements):
    def cost() -> int:
        with connected.app_context():
            statements.clear()
            checks.find(db.session(), {"acme", "beta", "provider"})
            db.session.remove()
        return len(statements)

    at.add(connected, "bi-aggregations", "one", "acme", body={"nodes": ["web"]})
    before = cost()
    contact_group(connected, "theirs", "beta")
    for number in range(20):
        at.add(
            connected,
            "bi-aggregations",
            f"more-{number}",
            "acme",
            body={"nodes": [f"h{number}"], "contact_groups": ["theirs"]},
        )
    assert cost() == before


def test_refused_is_a_conflict_and_nothing_else(connected):
    at.activate(connected)
    with pytest.raises(Refused):
        at.activate(connected)
