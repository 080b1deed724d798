"""The poller and a real core: the same answers over TCP and a Unix socket, through restarts and commands."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from portal.monitoring import poller
from portal.monitoring.livestatus.answers import SiteState
from portal.monitoring.livestatus.query import All, Is, Not, Query
from tests.factories.core import Core

BY_STATE = Query("hosts", stats=tuple(All(Is("has_been_checked", "=", 1), Is("state", "=", n)) for n in range(3)))
PENDING = Query("hosts", ("name",), (Is("has_been_checked", "=", 0),))
Until = Callable[[Callable[[], bool]], None]


@pytest.fixture
def sockets(calling: Flask, core: Core) -> None:
    """Let the portal use the core's Unix socket."""
    calling.config["SITE_SOCKETS"] = str(core.folder)


@pytest.mark.usefixtures("sockets")
def test_both_ways_lead_to_the_same_answers(core: Core) -> None:
    tcp, unix = poller.ask([core.target("tcp"), core.target("unix", over="unix")], BY_STATE, PENDING)
    assert tcp.tables == unix.tables == [core.rows("GET hosts\n" + stats(BY_STATE)), [["office-nas"]]]
    assert tcp.status["program_version"].startswith("r2.")
    assert tcp.status["num_hosts"] == 8
    assert "edition" not in tcp.status


def stats(query: Query) -> str:
    return "".join(f"{line}\n" for line in query.text().decode().split("\n") if line.startswith("Stats"))


def test_every_column_pages_ask_for_reads_as_its_kind(core: Core) -> None:
    hosts = Query(
        "hosts",
        ("name", "state", "contact_groups", "groups", "custom_variables", "perf_data", "staleness", "parents"),
        (Is("name", "=", "office-printer"),),
    )
    (answer,) = poller.ask([core.target()], hosts)
    ((name, state, contact_groups, groups, variables, perf_data, staleness, parents),) = answer.tables[0]
    assert (name, state, perf_data) == ("office-printer", 2, "")
    assert (contact_groups, groups, parents) == (["acme-operations"], ["office"], ["office-router"])
    assert variables["dummy_state"] == "2"
    assert staleness >= 0


def test_values_are_taken_as_they_are(core: Core) -> None:
    tricky = ("it's", 'a "quoted" one', "ünïcode", "a|b;c", "\\", "^.*$")
    queries = [Query("hosts", ("name",), (Is("alias", "=", value),)) for value in tricky]
    (answer,) = poller.ask([core.target()], *queries, Query("hosts", ("name",), (Not(Is("alias", "=", "it's")),)))
    assert answer.is_online
    assert [len(table) for table in answer.tables] == [0] * len(tricky) + [8]


def test_what_a_core_does_not_know_is_told_in_one_line(core: Core) -> None:
    (answer,) = poller.ask([core.target()], Query("hosts", ("name", "labels")), Query("hosts", ("name",), limit=1))
    assert answer.state is SiteState.DEAD
    assert answer.reason == "The site cannot answer the question. Column 'labels' does not exist in table 'hosts'."
    assert len(answer.tables[1]) == 1
    assert poller.known(core.target()).is_online


def test_a_command_changes_a_host(core: Core, until: Until) -> None:
    query = Query("hosts", ("state", "plugin_output"), (Is("name", "=", "mail-01"),))
    poller.command(core.target(), "PROCESS_HOST_CHECK_RESULT", "mail-01", 1, "CRITICAL - no answer")
    until(lambda: poller.ask([core.target()], query)[0].tables == [[[1, "CRITICAL - no answer"]]])
    poller.command(core.target(), "PROCESS_HOST_CHECK_RESULT", "mail-01", 0, "back")
    until(lambda: poller.ask([core.target()], query)[0].tables == [[[0, "back"]]])


def test_a_stopped_core_is_dead_and_others_are_not(core: Core, beta_core: Core, until: Until) -> None:
    names = Query("hosts", ("name",))
    assert [answer.is_online for answer in poller.ask([core.target(), beta_core.target()], names)] == [True, True]
    beta_core.stop()
    try:
        until(lambda: not poller.ask([beta_core.target()], names)[0].is_online)
        alive, dead = poller.ask([core.target(), beta_core.target()], names)
        assert (len(alive.tables[0]), dead.state) == (8, SiteState.DEAD)
        assert dead.reason
    finally:
        beta_core.start()
    assert poller.probe(beta_core.target()).is_online
    until(lambda: poller.known(beta_core.target()).is_online)
