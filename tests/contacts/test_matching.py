"""Matching: what conditions say of one host, and that asking many rules at once says the same."""

from __future__ import annotations

import time

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from portal.contacts.allocation.folders import folder_of, is_within, lineage
from portal.contacts.allocation.matching import Conditions, Facts, Lines, Matcher, beginning, places
from portal.contacts.patterns import refusal

HOST = Facts("harbour", "acme", "web01", "/linux/db", frozenset({"os:linux", "tier:one"}), frozenset({"crit:prod"}))


@pytest.mark.parametrize(
    ("file", "folder"),
    [
        ("/wato/hosts.mk", "/"), ("/wato/linux/hosts.mk", "/linux"), ("/wato/linux/db/hosts.mk", "/linux/db"),
        ("", "/"), ("/etc/icinga2/conf.d/hosts.conf", "/"), ("/wato//a//b/hosts.mk", "/a/b"),
    ],
)  # fmt: skip
def test_a_host_lies_where_its_file_does(file: str, folder: str) -> None:
    assert folder_of(file) == folder


def test_folders_are_counted_from_the_root_down() -> None:
    assert lineage("/linux/db") == ["/", "/linux", "/linux/db"]
    assert lineage("/") == ["/"]
    assert is_within("/linux/db", "/linux")
    assert not is_within("/linux2", "/linux")


@pytest.mark.parametrize(
    ("body", "holds"),
    [
        ({}, True), ({"folder": "/linux"}, True), ({"folder": "/lin"}, False), ({"hosts": ["web01", "x"]}, True),
        ({"hosts": ["web"]}, False), ({"hosts": ["~web"]}, True), ({"hosts": ["~eb"]}, False),
        ({"hosts": ["~.*0[0-9]$"]}, True), ({"hosts": ["~("]}, False), ({"labels": ["os:linux", "tier:one"]}, True),
        ({"labels": ["os:linux", "tier:two"]}, False), ({"tags": ["crit:prod"]}, True),
        ({"tags": ["crit:test"]}, False), ({"sites": ["harbour", "quay"]}, True), ({"sites": ["quay"]}, False),
        ({"customers": ["acme"]}, True),
        ({"customers": ["beta"]}, False), ({"hosts": ["web01"], "folder": "/windows"}, False),
    ],
)  # fmt: skip
def test_all_conditions_that_are_given_must_hold(body: dict[str, object], holds: bool) -> None:
    assert Conditions.of(body, None).hold(HOST) is holds
    assert bool(Matcher([Conditions.of(body, None)]).of(HOST)) is holds


def test_a_customers_rule_holds_at_its_sites_alone() -> None:
    assert Conditions.of({}, "acme").hold(HOST)
    assert not Conditions.of({}, "beta").hold(HOST)


@pytest.mark.parametrize(
    ("pattern", "begins"),
    [("web-0", "web-0"), ("web0*", "web"), ("web.*", "web"), ("web|db", ""), ("(?i)web", ""), (".*", ""), ("w?eb", "")],
)
def test_patterns_are_tried_only_where_names_begin_alike(pattern: str, begins: str) -> None:
    assert beginning(pattern) == begins


names = st.sampled_from(("web01", "web02", "db01", "x"))
lines = st.lists(st.sampled_from(("web01", "db01", "~web", "~.*1$", "~web0?", "~x|db", "~(?:db|web)0")), max_size=3)
bodies = st.fixed_dictionaries(
    {},
    optional={
        "hosts": lines, "folder": st.sampled_from(("", "/", "/linux", "/linux/db")),
        "labels": st.lists(st.sampled_from(("os:linux", "tier:one")), max_size=2),
        "tags": st.lists(st.just("crit:prod"), max_size=1), "sites": st.lists(st.sampled_from(("harbour", "quay"))),
        "customers": st.lists(st.sampled_from(("acme", "beta"))),
    },
)  # fmt: skip
facts = st.builds(
    Facts, st.sampled_from(("harbour", "quay")), st.sampled_from(("acme", "beta")), names,
    st.sampled_from(("/", "/linux", "/linux/db", "/windows")), st.frozensets(st.sampled_from(("os:linux", "tier:one"))),
    st.frozensets(st.just("crit:prod")),
)  # fmt: skip


@given(st.lists(st.tuples(bodies, st.sampled_from((None, "acme", "beta"))), max_size=6), st.lists(facts, max_size=6))
def test_many_rules_at_once_hold_as_each_does(
    rules: list[tuple[dict[str, object], str | None]], hosts: list[Facts]
) -> None:
    conditions = [Conditions.of(body, customer) for body, customer in rules]
    matcher = Matcher(conditions)
    for host in hosts:
        wanted = [place for place, one in enumerate(conditions) if one.hold(host)]
        assert list(places(matcher.of(host))) == wanted


def test_lines_of_services_fit_names_and_beginnings() -> None:
    assert Lines.of(["CPU load", "~Filesystem"]).fit("Filesystem /var")
    assert not Lines.of(["CPU load", "~Filesystem"]).fit("My Filesystem")


@pytest.mark.parametrize(
    "pattern",
    [
        "a?" * 22 + "a" * 22,
        "a{0,99}" * 6 + "b",
        "(?:a|aa)" * 25 + "b",
        "(a+)+b",
        "(a|a)*b",
        ".*a.*a.*a.*b",
        r"(a)\1",
        "(",
    ],
)
def test_patterns_that_explode_are_refused(app: Flask, pattern: str) -> None:
    with app.test_request_context():
        assert refusal(f"~{pattern}")


@pytest.mark.parametrize(
    "pattern", ["web", r"(web|db|app)-?\d{1,3}\.acme$", "Filesystem /.*", ".*prod.*db", r"[a-z]+\d+-x"]
)
def test_patterns_as_people_write_them_are_taken_and_quick(app: Flask, pattern: str) -> None:
    with app.test_request_context():
        assert not refusal(f"~{pattern}")
    start = time.perf_counter()
    Lines.of([f"~{pattern}"]).fit("a" * 255)
    assert time.perf_counter() - start < 1
