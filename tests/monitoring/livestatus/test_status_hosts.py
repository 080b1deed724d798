"""A host of another site says whether a site can be reached: nobody calls one that cannot."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from portal.monitoring import poller
from portal.monitoring.livestatus import line, status_host
from portal.monitoring.livestatus.answers import SiteState, Target
from portal.monitoring.livestatus.query import Query
from tests.factories.core import free_port
from tests.factories.fleets import fleet
from tests.factories.simulated import Simulated, Stage

NAMES = Query("hosts", ("name",))
Until = Callable[[Callable[[], bool]], None]


@pytest.fixture
def central(simulate: Stage) -> Simulated:
    """The site that watches the way to the other."""
    return simulate(fleet(1), site_id="central")


def behind(site: Simulated, central: Simulated, host: str = "host-0001") -> Target:
    return site.target(status_site_id="central", status_host=host, status_site=central.target())


@pytest.mark.parametrize(
    ("values", "state", "told"),
    [
        ({"state": 0}, SiteState.ONLINE, ""),
        ({"state": 1}, SiteState.DOWN, "is down"),
        ({"state": 2}, SiteState.UNREACH, "cannot be reached"),
        ({"state": 0, "has_been_checked": 0}, SiteState.WAITING, "not been checked yet"),
    ],
)
def test_its_state_is_that_of_the_site(
    simulate: Stage, central: Simulated, values: dict[str, int], state: SiteState, told: str
) -> None:
    central.tables["hosts"][0].update(values)
    site = simulate(site_id="site")
    for _ in range(2):
        (answer,) = poller.ask([behind(site, central)], NAMES)
        assert answer.state is state
        assert told in answer.reason
    assert bool(site.connections) == answer.is_online


def test_one_nobody_knows_leaves_the_site_dead(simulate: Stage, central: Simulated) -> None:
    site = simulate(site_id="site")
    (answer,) = poller.ask([behind(site, central, "no such host")], NAMES)
    assert (answer.state, site.connections) == (SiteState.DEAD, 0)
    assert "not known to its site" in answer.reason


@pytest.mark.parametrize("is_there", [True, False], ids=["dead", "removed"])
def test_so_does_a_site_that_cannot_be_asked_for_it(simulate: Stage, is_there: bool) -> None:
    site = simulate(site_id="site")
    other = Target("central", f"tcp:127.0.0.1:{free_port()}") if is_there else None
    target = site.target(status_site_id="central", status_host="host-0001", status_site=other)
    (answer,) = poller.ask([target], NAMES)
    assert (answer.state, site.connections) == (SiteState.DEAD, 0)


def test_sites_that_stand_for_each_other_are_asked_all_the_same(simulate: Stage) -> None:
    one, other = simulate(fleet(1), site_id="one"), simulate(fleet(1), site_id="other")
    targets = [
        one.target(status_site_id="other", status_host="host-0001", status_site=other.target()),
        other.target(status_site_id="one", status_host="host-0001", status_site=one.target()),
    ]
    assert [answer.is_online for answer in poller.ask(targets, NAMES)] == [True, True]


def test_a_site_comes_back_with_its_status_host(
    simulate: Stage, central: Simulated, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line, "FIRST_PAUSE", 0.02)
    central.tables["hosts"][0]["state"] = 1
    site = simulate(site_id="site")
    target = behind(site, central)
    assert poller.ask([target], NAMES)[0].state is SiteState.DOWN

    central.tables["hosts"][0]["state"] = 0
    central.forget()
    until(lambda: poller.known(target).is_online)
    assert poller.ask([target], NAMES)[0].is_online


def test_a_site_goes_with_its_status_host(
    simulate: Stage, central: Simulated, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(status_host, "SECONDS", 0.0)
    site = simulate(site_id="site")
    target = behind(site, central)
    assert poller.ask([target], NAMES)[0].is_online

    central.tables["hosts"][0]["state"] = 1
    central.forget()
    until(lambda: poller.ask([target], NAMES)[0].state is SiteState.DOWN)
