"""Which leaks an element holds, and which are none."""

from __future__ import annotations

import time
import uuid
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from portal.accounts.users import User
from portal.contacts import memberships
from portal.contacts.inventory import Host, Service
from portal.customers.models import Customer
from portal.customers.sites import Site
from portal.database import db
from portal.setup.leaks import finder
from portal.setup.leaks.sorts import SORTS, Sort
from portal.setup.leaks.subjects import of_parts, of_user
from portal.text import sort_key
from tests.factories.certificates import certificate
from tests.factories.elements import as_pat, element, site

GENERAL = {"release": "general", "customer_id": None}
NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def session(app):
    """A session in which acme and beta have hosts and services."""
    with as_pat(app) as (session, _pat):
        for customer, hosts in (("acme", ("acme-db7", "shared1", "zeus")), ("beta", ("web-01", "shared1", "mail"))):
            site(session, f"s_{customer}", customer)
            session.flush()
            for name in hosts:
                host(session, customer, name)
                service(session, customer, name, "CPU load")
        service(session, "beta", "web-01", "Oracle PROD7")
        session.flush()
        yield session


def host(session, customer, name):
    """Add a host."""
    session.add(Host(site_id=f"s_{customer}", customer_id=customer, name=name, name_key=sort_key(name), seen_at=NOW))


def service(session, customer, host, description):
    """Add a service."""
    session.add(
        Service(
            site_id=f"s_{customer}", customer_id=customer, host_name=host, description=description,
            name_key=sort_key(f"{host} {description}"), seen_at=NOW,
        )
    )  # fmt: skip


def found(session, slug, body=None, *, key="one", title="One", release="general", customer_id=None):
    """Return sort, field, customer and words of what an element leaks."""
    subject = of_parts(uuid.uuid4(), slug, 1, key, title, body or {}, release=release, customer_id=customer_id)
    return [
        (str(one.sort), str(subject.places[one.place]), one.named_id, *one.words)
        for one in finder.find(session, [subject])[subject.id]
    ]


def of_comment(session, text, **more):
    """Return what a notification rule leaks by its comment."""
    return [one[0:1] + one[2:] for one in found(session, "notification-rules", {"comment": text}, **more)]


@pytest.mark.parametrize(
    ("text", "leaks"),
    [
        ("only web-01 at night", [("host", "beta", "web-01")]),
        ("only WEB-01.beta.example", [("host", "beta", "WEB-01"), ("customer", "beta", "beta")]),
        ("see shared1", [("host", None, "shared1")]),
        ("Zeus is slow", [("host", "acme", "Zeus")]),
        ("see web-011, web-01-old, myweb-01", []),
        ("mail whoever is on call", []),
        ("Oracle PROD7 is special", [("service", "beta", "Oracle PROD7")]),
        ("CPU load is known everywhere", []),
        ("call Beta AG", [("customer", "beta", "Beta")]),
        ("BETA and beta_dc", [("customer", "beta", "BETA", "beta")]),
        ("betatron, alphabeta", []),
        ("the provider and its people", []),
        ("bea.hansen@beta.example", [("email", "beta", "bea.hansen@beta.example")]),
        ("hotline@beta.example", [("email", "beta", "hotline@beta.example")]),
        ("somebody@elsewhere.example", [("email", None, "somebody@elsewhere.example")]),
        ("pat.lindner@provider.example", [("email", None, "pat.lindner@provider.example")]),
    ],
)
def test_a_text_that_all_may_read(session, text, leaks):
    assert of_comment(session, text) == leaks


@pytest.mark.parametrize("slug", ["host-tags", "time-periods", "contact-groups"])
def test_the_id_and_title_of_every_kind_are_searched(session, slug):
    leaks = found(
        session, slug, key="beta-oncall", title="Gamma Ltd", release="global" if slug[0] == "c" else "general"
    )
    assert leaks == [("customer", "ID", "beta", "beta"), ("customer", "Title", "gamma", "Gamma")]


def test_an_id_that_is_a_word_of_everyday_language_counts_only_alone(session):
    Customer.create(session, id="it", name="IT GmbH", by=None)
    assert of_comment(session, "ask IT, it is them") == []
    assert of_comment(session, "for\nIT\n") == [("customer", "it", "IT")]
    assert of_comment(session, "that of IT GmbH") == [("customer", "it", "IT GmbH")]


def test_names_of_several_words_and_of_other_scripts(session):
    Customer.create(session, id="mws", name="Müller & Söhne Werkzeugbau OHG", by=None)
    Customer.create(session, id="sky", name="Небо", by=None)
    assert of_comment(session, "bei MÜLLER & SÖHNE werkzeugbau") == [("customer", "mws", "MÜLLER SÖHNE werkzeugbau")]
    assert of_comment(session, "bei Müller, dem Bäcker") == []
    assert of_comment(session, "небо") == [("customer", "sky", "небо")]


def test_a_rule_that_names_hosts_services_and_addresses(session):
    body = {"hosts": ["web-01", "unknown9", "~shared"], "services": ["Any"], "emails": ["bea.hansen@beta.example"]}
    assert found(session, "notification-rules", body) == [
        ("explicit", "Hosts", "beta", "web-01"),
        ("explicit", "Hosts", None, "unknown9"),
        ("explicit", "Services", None, "Any"),
        ("email", "Tell addresses", "beta", "bea.hansen@beta.example"),
    ]
    assert found(session, "notification-rules", {"hosts": ["~^web-01$"]}) == [("host", "Hosts", "beta", "web-01")]


def test_a_rule_that_is_about_a_site_or_a_customer(session):
    Site.create(session, id="harbour", alias="Harbour", customer_id="acme", livestatus="unix:/nowhere", by=None)
    body = {"sites": ["harbour"], "customers": ["beta"], "bulk_minutes": 10, "effect": "cancel", "events": ["crit"]}
    assert found(session, "notification-rules", body) == [
        ("explicit", "Sites", None, "harbour"),
        ("customer", "Customers", "beta", "beta"),
    ]


def test_what_is_one_customers_must_not_be_referred_to_by_all(session):
    element(session, "contact-groups", "night", title="Night shift", customer="acme")
    element(session, "contact-groups", "ours", customer="provider")
    body = {"contact_groups": ["night", "ours"], "users": ["bea", "pat"]}
    assert found(session, "notification-rules", body) == [
        ("reference", "Tell contact groups", "acme", "Night shift"),
        ("reference", "Tell people", "beta", "Bea Hansen"),
    ]


def test_an_element_of_a_customer_may_name_itself_and_no_other(session):
    mine = {"release": "customer", "customer_id": "acme"}
    text = "acme Acme GmbH acme-db7 shared1 ada.arnold@acme.example pat.lindner@provider.example x@elsewhere.example"
    assert of_comment(session, text, **mine) == []
    assert of_comment(session, "web-01 bea.hansen@beta.example Gamma", **mine) == [
        ("host", "beta", "web-01"),
        ("email", "beta", "bea.hansen@beta.example"),
        ("customer", "gamma", "Gamma"),
    ]
    nodes = {"nodes": ["acme-db7", "web-01", "unknown9"]}
    assert found(session, "bi-aggregations", nodes, **mine) == [("host", "Nodes", "beta", "web-01")]


def test_elements_of_the_provider_reach_the_provider_alone(session):
    ours = {"release": "customer", "customer_id": "provider"}
    assert of_comment(session, "acme web-01 bea.hansen@beta.example", **ours) == []


def test_a_ca_certificate_is_a_high_risk(session):
    pem = certificate("Beta AG Root")
    kept_back = found(session, "global-settings", {"value": [pem]}, key="trusted_certificate_authorities")
    assert kept_back == [("certificate", "Value", None, "Beta AG Root")]
    assert SORTS[Sort.CERTIFICATE].rank == 0
    assert of_comment(session, f"trust this\n{pem}") == [("certificate", None, "Beta AG Root")]
    assert of_comment(session, "-----BEGIN CERTIFICATE-----\ncut off") == [
        ("certificate", None, "-----BEGIN CERTIFICATE-----")
    ]


def test_settings_are_searched_by_value_alone(session):
    Customer.create(session, id="heading", name="Page Heading", by=None)
    assert found(session, "global-settings", {"value": "Welcome"}, key="page_heading", title="Page heading") == []
    assert found(session, "global-settings", {"value": "For Beta"}, key="page_heading") == [
        ("customer", "Value", "beta", "Beta")
    ]
    assert found(session, "global-settings", {"value": 90}, key="user_idle_timeout") == []


def test_the_profile_of_a_global_user(session):
    hotline = User.create(
        session, name="Beta hotline", email="hotline@vendor.example", customer_id=None, roles=["guest"], by=None
    )
    for key, customer in (("night", "acme"), ("everybody", "provider")):
        group = element(session, "contact-groups", key, title=key.capitalize(), customer=customer)
        memberships.put(
            session, hotline.id, {group.id, *(one.id for one in memberships.groups_of(session, hotline.id))}
        )
    subject = of_user(hotline)
    assert [(str(one.sort), one.named_id, one.words) for one in finder.find(session, [subject])[hotline.id]] == [
        ("profile", None, ("hotline@vendor.example",)),
        ("customer", "beta", ("Beta",)),
        ("membership", "acme", ("Night",)),
    ]


def test_50_kib_are_searched_in_no_time(session):
    text = "\n".join(f"call web-01 or host{number} of Beta at n{number}@x.example" for number in range(1000))
    assert len(text) > 45_000
    begin = time.perf_counter()
    leaks = {one[0]: len(one) - 2 for one in of_comment(session, text)}
    assert time.perf_counter() - begin < 5
    assert leaks == {"host": 1, "customer": 1, "email": 1000}


def test_the_statements_do_not_follow_the_number_of_elements(session, statements):
    def count(number):
        subjects = [
            of_parts(uuid.uuid4(), "host-tags", 1, f"k{at}", f"word{at} of {at}", {}, **GENERAL) for at in range(number)
        ]
        statements.clear()
        finder.find(session, subjects)
        return len(statements)

    assert count(1) <= count(200) <= 8


def test_patterns_of_people_are_never_run(session):
    begin = time.perf_counter()
    found(session, "notification-rules", {"hosts": ["~(a+)+$", "~" + "(x*)*" * 40], "comment": "a" * 5000 + "!"})
    assert time.perf_counter() - begin < 2


def test_people_who_were_deleted_are_no_longer_named(session):
    bea = session.scalars(select(User).where(User.username == "ben")).one()
    bea.delete(by=session.scalars(select(User).where(User.username == "bea")).one())
    session.flush()
    leaks = of_comment(session, "ben.ivers@beta.example")
    assert leaks == [("email", "beta", "ben.ivers@beta.example")]
    assert db.session() is session
