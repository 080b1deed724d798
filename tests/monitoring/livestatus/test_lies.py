"""A site that lies is dead with a reason, at once from then on, and no other site's answer suffers."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from portal.monitoring import poller
from portal.monitoring.livestatus.answers import SiteState
from portal.monitoring.livestatus.query import Is, Query
from tests.factories.simulated import Behaviour, Stage, honest
from tests.monitoring.livestatus.lies import LIES, SILENT, closing

HOSTS = Query("hosts", ("name", "state", "groups"), limit=25)
QUICK = {name: behave for name, (behave, reason) in LIES.items() if reason != SILENT}
DOWN = Query("hosts", stats=(Is("state", "=", 1),))


@pytest.mark.parametrize(("behave", "reason"), LIES.values(), ids=LIES)
def test_a_lie_is_told_of_and_remembered_and_costs_nobody_else(simulate: Stage, behave: Behaviour, reason: str) -> None:
    liar, other = simulate(site_id="liar", behave=behave), simulate(site_id="other")
    waits = reason == SILENT
    targets = [liar.target(timeout=0.3 if waits else 10.0), other.target()]

    lie, truth = poller.ask(targets, HOSTS)

    if lie.is_online:  # what came after a proper answer shows when the next one is asked for
        lie, truth = poller.ask(targets, HOSTS)
    assert lie.state is SiteState.DEAD
    assert reason in lie.reason
    assert lie.tables == [[]]
    assert truth.is_online
    assert len(truth.tables[0]) == 3

    heard = len(liar.requests)
    again, truth = poller.ask(targets, HOSTS)
    assert (again.state, again.reason, again.since) == (lie.state, lie.reason, lie.since)
    assert truth.is_online
    assert len(liar.requests) == heard


@pytest.mark.parametrize("behave", QUICK.values(), ids=QUICK)
def test_a_site_that_stops_lying_is_believed(
    simulate: Stage, until: Callable[[Callable[[], bool]], None], behave: Behaviour
) -> None:
    core = simulate(behave=behave)
    poller.ask([core.target()], HOSTS)
    until(lambda: not poller.ask([core.target()], HOSTS)[0].is_online)

    core.behave = honest
    assert poller.probe(core.target()).is_online

    until(lambda: poller.known(core.target()).is_online)
    (answer,) = poller.ask([core.target()], HOSTS, DOWN)
    assert answer.tables == [[["host-0001", 0, ["all"]], ["host-0002", 0, ["all"]], ["host-0003", 0, ["all"]]], [[0]]]


def test_a_site_that_keeps_no_connection_cannot_be_asked_two_things(simulate: Stage) -> None:
    core = simulate(behave=closing)
    (answer,) = poller.ask([core.target()], HOSTS, DOWN)
    assert answer.state is SiteState.DEAD
    assert "though it was asked to keep it" in answer.reason
