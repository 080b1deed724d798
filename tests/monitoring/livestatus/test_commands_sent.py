"""Commands reach the core as the one line they are, or are refused."""

from __future__ import annotations

import re

import pytest

from portal.monitoring import poller
from portal.monitoring.livestatus.answers import Target
from portal.monitoring.livestatus.query import BadValue
from tests.factories.core import free_port
from tests.factories.simulated import Stage
from tests.monitoring.livestatus.lies import closing_at_once, silence_from_the_start


def test_a_command_carries_its_time_and_arguments(simulate: Stage) -> None:
    core = simulate()
    poller.command(core.target(), "PROCESS_HOST_CHECK_RESULT", "web1", 1, "down; and | out")
    (heard,) = core.commands
    assert re.fullmatch(r"COMMAND \[\d{10}\] PROCESS_HOST_CHECK_RESULT;web1;1;down; and \| out", heard)


@pytest.mark.parametrize(
    "words",
    [
        ("process_host_check_result", "web1"),
        ("ACKNOWLEDGE\nSHUTDOWN_PROGRAM",),
        ("ACKNOWLEDGE_HOST_PROBLEM", "web1;1", "more"),
        ("ACKNOWLEDGE_HOST_PROBLEM", "web1", "text\n\nCOMMAND [1] SHUTDOWN_PROGRAM"),
        ("ACKNOWLEDGE_HOST_PROBLEM;web1", "more"),
    ],
)
def test_what_could_be_another_command_is_refused(simulate: Stage, words: tuple[str, ...]) -> None:
    core = simulate()
    with pytest.raises(BadValue):
        poller.command(core.target(), *words)
    assert core.connections == 0


def test_a_site_that_does_not_read_it_is_an_error(simulate: Stage) -> None:
    silent = simulate(behave=silence_from_the_start)
    with pytest.raises(OSError, match="in time"):
        poller.command(silent.target(timeout=0.2), "DISABLE_NOTIFICATIONS")
    with pytest.raises(OSError, match="refuses"):
        poller.command(Target("gone", f"tcp:127.0.0.1:{free_port()}"), "DISABLE_NOTIFICATIONS")
    with pytest.raises(OSError, match="in no network"):
        poller.command(Target("far", "tcp:192.0.2.1:6557"), "DISABLE_NOTIFICATIONS")


def test_one_that_closes_after_a_command_has_read_it(simulate: Stage) -> None:
    core = simulate(behave=closing_at_once)
    poller.command(core.target(), "DISABLE_NOTIFICATIONS")
    assert len(core.commands) == 1
