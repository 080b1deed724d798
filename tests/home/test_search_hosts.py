"""Hosts in the search: by the beginning of their names, and only for who sees them."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from portal.customers.sites import Site
from portal.database import db, now
from tests.factories.contacts import Allocation, group, see_all
from tests.factories.sites import connect


@pytest.fixture(autouse=True)
def _hosts(app: Flask) -> None:
    for site, customer in (("acme_hamburg", "acme"), ("beta_zurich", "beta")):
        connect(app, site, customer)
    with app.app_context():
        group("web", "uma")
        given = Allocation()
        for number in range(4):
            given.host("acme_hamburg", f"web{number}", "web", alias=f"Shop {number}")
            given.host("acme_hamburg", f"web-db{number}")
        given.host("beta_zurich", "web-of-beta")
        see_all("ada")


def found(browser: Any, text: str) -> list[str]:
    return [link.text for link in browser.get("/search", {"q": text}).html.select("main .list a")]


def test_hosts_are_found_by_the_beginning_of_their_names(as_: Any):
    page = as_("ada").get("/search", {"q": "WEB"})
    assert [link.text for link in page.html.select("main .list a")] == [
        "web-db0", "web-db1", "web-db2", "web-db3", "web0"]  # fmt: skip
    assert page.html.find("a", string="All that match")["href"] == "/monitoring/hosts/?q=WEB"
    assert found(as_("ada"), "web3") == ["web3"]
    assert "Shop 3" in as_("ada").get("/search", {"q": "web3"})
    link = as_("ada").get("/search", {"q": "web3"}).html.select_one("main .list a")["href"]
    assert link == "/monitoring/host?site=acme_hamburg&name=web3"


def test_who_is_no_contact_for_a_host_does_not_find_it(as_: Any):
    assert found(as_("uma"), "web") == ["web0", "web1", "web2", "web3"]
    assert "Nothing found" in as_("uma").get("/search", {"q": "web-db1"})


def test_others_find_it_neither(as_: Any):
    assert found(as_("bob"), "web-db") == []
    assert found(as_("ada"), "web-of") == []


def test_hosts_of_a_site_that_is_gone_are_not_found(app: Flask, as_: Any):
    with app.app_context():
        db.session.get(Site, "acme_hamburg").archived_at = now()
        db.session.commit()
    assert found(as_("ada"), "web3") == []
