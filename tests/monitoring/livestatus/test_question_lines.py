"""Whatever a person types as a filter reaches the core as the one line it is, or is refused."""

from __future__ import annotations

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.monitoring import poller
from portal.monitoring.livestatus.query import All, Any, BadValue, Is, Not, Query
from tests.factories.fleets import fleet
from tests.factories.simulated import Simulated, Stage

TAIL = ["OutputFormat: json", "ResponseHeader: fixed16", "KeepAlive: on", "ColumnHeaders: off"]
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
TEXTS = st.text(max_size=60) | st.builds(
    "{}{}{}".format, st.text(max_size=8), st.sampled_from(["\n", "\r\n", "\0", "\x0b", "\x85", "\u2028", ";", "|"]),
    st.sampled_from(["Limit: 1", "AuthUser: pat", "\nCOMMAND [1] SHUTDOWN_PROGRAM", "Filter: state = 0", "GET hosts"]),
)  # fmt: skip


@pytest.fixture(scope="module")
def core() -> Any:
    stage = Stage()
    yield stage(fleet(1))
    stage.close()


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(value=TEXTS, user=TEXTS)
def test_a_value_is_one_line_or_refused(core: Simulated, value: str, user: str) -> None:
    query = Query("hosts", ("name",), (Is("alias", "=", value), Not(Is("name", "!~~", "x"))), limit=5, user=user)
    core.requests.clear()
    try:
        poller.ask([core.target()], query)
    except BadValue:
        assert CONTROL.search(value + user)
        assert core.requests == []
        return
    assert not CONTROL.search(value + user)
    named = [f"AuthUser: {user}"] if user else []
    expected = ["GET hosts", "Columns: name", f"Filter: alias = {value}".rstrip(" "), "Filter: name !~~ x", "Negate:"]
    assert core.requests[-1].split("\n") == [*expected, "Limit: 6", *named, *TAIL]
    assert core.commands == []


def test_names_and_operators_are_no_way_in_either() -> None:
    for query in (
        Query("hosts\nLimit: 1"),
        Query("hosts", ("name state\nAuthUser: pat",)),
        Query("hosts", ("name",), (Is("name\n", "=", "x"),)),
        Query("hosts", ("name",), (Is("name", "= x\nLimit:", "x"),)),
        Query("hosts", ("name",), (Is("name", "=", "x" * 2001),)),
    ):
        with pytest.raises(BadValue):
            query.text()


def test_conditions_are_joined_as_they_stand() -> None:
    condition = All(Any(Is("state", "=", 1), Is("state", "=", 2)), Not(Is("acknowledged", "=", 1)))
    filters = Query("hosts", where=(condition,)).text().decode().split("\n")
    assert filters[1:7] == [
        "Filter: state = 1", "Filter: state = 2", "Or: 2", "Filter: acknowledged = 1", "Negate:", "And: 2",
    ]  # fmt: skip
    stats = Query("hosts", stats=(condition,)).text().decode().split("\n")
    assert stats[1:7] == [
        "Stats: state = 1", "Stats: state = 2", "StatsOr: 2", "Stats: acknowledged = 1", "StatsNegate:", "StatsAnd: 2",
    ]  # fmt: skip
