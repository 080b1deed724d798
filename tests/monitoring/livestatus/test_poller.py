"""The poller: connections are kept, shared and bounded; the dead are remembered, tried again, and never waited for."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from flask import Flask

from portal.monitoring import poller
from portal.monitoring.livestatus import address, line
from portal.monitoring.livestatus.answers import Answer, SiteState, Target
from portal.monitoring.livestatus.query import Is, Query
from tests.factories.core import free_port
from tests.factories.fleets import fleet
from tests.factories.simulated import Stage, Talk
from tests.monitoring.livestatus.lies import silence, to_questions

NAMES = Query("hosts", ("name",))
COUNT = Query("hosts", stats=(Is("state", "=", 0), Is("state", "=", 1)))
Until = Callable[[Callable[[], bool]], None]


def elsewhere(app: Flask, target: Target, *queries: Query) -> Answer:
    """Ask as another request does, in its thread."""
    with app.app_context():
        return poller.ask([target], *queries)[0]


def test_answers_come_in_the_order_of_the_targets(simulate: Stage) -> None:
    cores = [simulate(fleet(number), site_id=f"s{number}", latency=0.05 / number) for number in range(1, 9)]
    answers = poller.ask([core.target() for core in cores], COUNT, NAMES)
    assert [answer.site_id for answer in answers] == [core.site_id for core in cores]
    assert [len(answer.tables[1]) for answer in answers] == list(range(1, 9))
    assert all(answer.tables[0] == [[len(answer.tables[1]), 0]] for answer in answers)


def test_one_row_more_than_wanted_says_that_there_are_more(simulate: Stage) -> None:
    target = simulate(fleet(5)).target()
    (answer,) = poller.ask([target], *(Query("hosts", ("name",), limit=limit) for limit in (4, 5)))
    assert answer.is_cut == [True, False]
    assert [len(table) for table in answer.tables] == [4, 5]


def test_a_contact_sees_what_is_theirs(simulate: Stage) -> None:
    target = simulate(fleet(5, contact="ada")).target()
    (answer,) = poller.ask([target], *(Query("hosts", ("name",), user=user) for user in ("ada", "bob", "")))
    assert [len(table) for table in answer.tables] == [5, 0, 5]


def test_a_site_tells_what_it_is(simulate: Stage) -> None:
    target = simulate(fleet(5, 4, edition="managed")).target()
    (answer,) = poller.ask([target])
    assert answer.status["edition"] == "managed"
    assert answer.status["program_version"] == "Check_MK 2.4.0p1"
    assert (answer.status["num_hosts"], answer.status["num_services"]) == (5, 20)
    assert poller.known(target).status == answer.status


def test_a_connection_is_kept(simulate: Stage) -> None:
    core = simulate()
    for _ in range(5):
        assert poller.ask([core.target(timeout=9.0)], NAMES, COUNT)[0].is_online
    assert core.connections == 1


def test_a_job_keeps_none_that_others_may_need(simulate: Stage) -> None:
    core = simulate()
    for number in range(1, 4):
        assert poller.ask([core.target()], NAMES)[0].is_online
        assert core.connections == number
        poller.rest()


def test_one_that_the_site_closed_meanwhile_is_replaced(simulate: Stage) -> None:
    core = simulate()
    for number in range(1, 4):
        assert poller.ask([core.target()], NAMES)[0].is_online
        assert core.connections == number
        core.hang_up()


def test_one_that_closes_on_the_question_is_replaced_once(simulate: Stage) -> None:
    core = simulate()
    assert poller.ask([core.target()], NAMES)[0].is_online
    closed: list[str] = []

    async def close_once(talk: Talk) -> None:
        if closed:
            await talk.send(talk.truth)
        else:
            closed.append(talk.request)
            talk.writer.close()

    core.behave = close_once
    (answer,) = poller.ask([core.target()], COUNT, NAMES)
    assert answer.tables == [[[3, 0]], [["host-0001"], ["host-0002"], ["host-0003"]]]
    assert core.connections == 2


def test_a_site_is_asked_four_things_at_a_time_at_most(simulate: Stage, calling: Flask) -> None:
    asked: list[int] = [0]

    async def take_time(talk: Talk) -> None:
        asked.append(asked[-1] + 1)
        await asyncio.sleep(0.01)
        asked.append(asked[-1] - 1)
        await talk.send(talk.truth)

    core = simulate(behave=to_questions(take_time))
    with ThreadPoolExecutor(12) as threads:
        answers = list(threads.map(lambda _number: elsewhere(calling, core.target(), NAMES), range(36)))
    assert all(len(answer.tables[0]) == 3 for answer in answers)
    assert 1 < max(asked) <= line.MOST


def test_requests_that_read_the_settings_at_once_share_the_lines(simulate: Stage, calling: Flask) -> None:
    core = simulate()
    for _read in range(3):
        address.allowed.cache_clear()  # as when two threads compute what neither has found
        assert elsewhere(calling, core.target(), NAMES).is_online
    assert core.connections == 1


def test_others_are_answered_while_one_is_silent(simulate: Stage, calling: Flask) -> None:
    asked, released = threading.Event(), threading.Event()

    async def ponder(talk: Talk) -> None:
        asked.set()
        while not released.is_set():
            await asyncio.sleep(0.005)
        await talk.send(talk.truth)

    silent, other = simulate(site_id="silent", behave=to_questions(ponder)), simulate(site_id="other")
    with ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(elsewhere, calling, silent.target(timeout=60.0), NAMES)
        assert asked.wait(30)
        assert poller.ask([other.target()], NAMES)[0].is_online
        assert not waiting.done()
        released.set()
        assert waiting.result().is_online


def test_a_dead_site_is_answered_for_at_once_and_tried_in_the_background(
    simulate: Stage, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line, "FIRST_PAUSE", 0.02)
    core = simulate()
    target = core.target()
    assert poller.ask([target], NAMES)[0].is_online
    core.do(core.shut())

    (answer,) = poller.ask([target], NAMES)
    assert answer.state is SiteState.DEAD
    assert answer.since is not None
    (again,) = poller.ask([target], NAMES)
    assert again.since == answer.since
    assert poller.known(target).reason == again.reason != ""

    core.do(core.open())
    until(lambda: poller.known(target).is_online)
    assert poller.ask([target], NAMES)[0].tables == [[["host-0001"], ["host-0002"], ["host-0003"]]]


def test_tries_grow_rarer_while_a_site_greets_but_does_not_answer(
    simulate: Stage, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line, "FIRST_PAUSE", 0.01)
    pauses: list[float] = []
    later = line.Line._later

    def note(self: line.Line, seconds: float, act: Callable[[], None]) -> None:
        if act == self.retry:
            pauses.append(seconds)
        later(self, seconds, act)

    monkeypatch.setattr(line.Line, "_later", note)
    target = simulate(behave=silence).target(timeout=0.05)
    for _ in range(4):
        until(lambda: poller.ask([target], NAMES)[0].state is SiteState.DEAD)
        until(lambda: poller.known(target).is_online)
    assert len(pauses) == 4
    assert all(after > 1.5 * before for before, after in zip(pauses, pauses[1:], strict=False))


def test_an_edited_site_gets_a_connection_of_its_own(simulate: Stage, until: Until) -> None:
    old, new = simulate(fleet(1), site_id="site"), simulate(fleet(2), site_id="site")
    assert len(poller.ask([old.target()], NAMES)[0].tables[0]) == 1
    assert len(poller.ask([new.target()], NAMES)[0].tables[0]) == 2
    until(lambda: not old.open_connections)
    assert new.open_connections == 1


def test_a_site_switched_off_is_left_alone(simulate: Stage, until: Until) -> None:
    core = simulate()
    assert poller.ask([core.target()], NAMES)[0].is_online
    assert poller.ask([core.target(is_disabled=True)], NAMES)[0].state is SiteState.DISABLED
    until(lambda: not core.open_connections)


def test_a_dead_site_nobody_asks_for_is_left_alone(
    simulate: Stage, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line, "FIRST_PAUSE", 0.01)
    monkeypatch.setattr(line, "UNASKED", 0.0)
    core = simulate()
    core.do(core.shut())
    assert poller.ask([core.target()], NAMES)[0].state is SiteState.DEAD
    until(lambda: all(one._is_resting for one in poller.switchboard()._lines.values()))
    core.do(core.open())
    monkeypatch.setattr(line, "UNASKED", 900.0)
    assert not poller.ask([core.target()], NAMES)[0].is_online  # who asks first hears what is remembered
    until(lambda: poller.ask([core.target()], NAMES)[0].is_online)


def test_disabled_and_missing_sites_are_not_called(simulate: Stage) -> None:
    core = simulate()
    disabled, missing = poller.ask([core.target(is_disabled=True), Target("gone", "")], NAMES)
    assert (disabled.state, missing.state) == (SiteState.DISABLED, SiteState.MISSING)
    assert disabled.tables == missing.tables == [[]]
    assert core.connections == 0
    assert poller.known(core.target(is_disabled=True)).state is SiteState.DISABLED


def test_what_was_never_asked_is_waiting(simulate: Stage) -> None:
    target = simulate().target()
    assert poller.known(target).state is SiteState.WAITING
    assert poller.ask([target], NAMES)[0].is_online
    assert poller.known(target).is_online


def test_a_refused_question_is_told_of_and_costs_no_connection(simulate: Stage) -> None:
    core = simulate()
    unknown, no_table = Query("hosts", ("name", "colour")), Query("houses", ("name",))
    (answer,) = poller.ask([core.target()], unknown, NAMES, no_table)
    assert answer.state is SiteState.DEAD
    assert "no such table 'houses'" in answer.reason
    assert [len(table) for table in answer.tables] == [0, 3, 0]
    assert poller.known(core.target()).is_online
    assert core.connections == 1


def test_each_can_be_asked_something_else(simulate: Stage) -> None:
    one, other = simulate(fleet(1), site_id="one"), simulate(fleet(2), site_id="other")
    gone = Target("gone", "")
    answers = poller.ask_each([(one.target(), [NAMES]), (other.target(), [COUNT, NAMES]), (gone, [NAMES])])
    assert [answer.tables for answer in answers] == [
        [[["host-0001"]]],
        [[[2, 0]], [["host-0001"], ["host-0002"]]],
        [[]],
    ]


def test_addresses_beyond_reach_are_dead_with_a_reason(tmp_path: Path) -> None:
    targets = [
        Target("refusing", f"tcp:127.0.0.1:{free_port()}"),
        Target("forbidden", "tcp:192.0.2.1:6557"),
        Target("metadata", "tcp:169.254.169.254:80"),
        Target("nameless", "tcp:no-such-host.invalid:6557", timeout=10.0),
        Target("no socket", f"unix:{tmp_path}/live"),
        Target("elsewhere", "unix:/etc/passwd"),
        Target("malformed", "gopher://127.0.0.1"),
    ]
    answers = poller.ask(targets, NAMES)
    assert {answer.state for answer in answers} == {SiteState.DEAD}
    assert [answer.reason.split(".")[0] for answer in answers] == [
        "The site refuses the connection",
        "This address is in no network in which sites may be reached",
        "This address is in no network in which sites may be reached",
        "The name of the site's host is not known",
        "There is no socket at this path",
        "This path is in no folder that may hold sockets of sites",
        "Write tcp:host:port, tls:host:port or unix:/path, an IPv6 address in brackets",
    ]
