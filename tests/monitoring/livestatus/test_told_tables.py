"""What cores merely say differently is put right: pages get the same values from each."""

from __future__ import annotations

from typing import Any

import pytest

from portal.monitoring.livestatus.query import Is, Query
from portal.monitoring.livestatus.tables import Lie, table


@pytest.mark.parametrize(
    ("column", "said", "value"),
    [
        ("state", b"2", 2),
        ("is_flapping", b"true", 1),
        ("host_staleness", b"null", 0),
        ("staleness", b"0.25", 0.25),
        ("num_services_crit", b"3", 3),
        ("perf_data", b"null", ""),
        ("notes", b"7", "7"),
        ("plugin_output", '"71 °C"'.encode(), "71 °C"),
        ("plugin_output", b'"\xb0C"', "\ufffdC"),
        ("plugin_output", rb'"a\u0000b"', "a\ufffdb"),
        ("plugin_output", b'"a\x00b\tc"', "a\ufffdb\tc"),
        ("plugin_output", rb'"\ud83d\ude00 \ud83d"', "\U0001f600 ?"),
        ("contact_groups", b"null", []),
        ("host_groups", b'["linux"]', ["linux"]),
        ("services_with_state", b'[["PING", 0, 1]]', [["PING", 0, 1]]),
        ("labels", b'{"cmk/os_family": "linux"}', {"cmk/os_family": "linux"}),
        ("custom_variables", b'[["OS", "Linux"], ["CORES", 4]]', {"OS": "Linux", "CORES": "4"}),
        ("custom_variables", b"[]", {}),
        ("custom_variables", b"null", {}),
    ],
)
def test_a_value_is_of_its_column(column: str, said: bytes, value: Any) -> None:
    assert table(b"[[" + said + b"]]", Query("services", (column,))) == [[value]]


@pytest.mark.parametrize("said", [b'["a", {}]', b'[["a", ["b"]]]', b'"x"', b"[[1, 2, 3]]"])
def test_pairs_that_are_none_are_a_lie(said: bytes) -> None:
    with pytest.raises(Lie):
        table(b"[[" + said + b"]]", Query("hosts", ("custom_variables",)))


def test_stats_stand_behind_columns_and_are_numbers() -> None:
    query = Query("services", ("host_name",), stats=(Is("state", "=", 0), Is("state", "=", 1)))
    assert table(b'[["web1", 3, 0], ["db1", 1, null]]', query) == [["web1", 3, 0], ["db1", 1, 0]]
    with pytest.raises(Lie):
        table(b'[["web1", 3, "many"]]', query)


def test_all_columns_are_as_wide_as_they_come() -> None:
    assert table(b'[["a", 1, ["x"]], ["b", 2, []]]', Query("hosts")) == [["a", 1, ["x"]], ["b", 2, []]]
    with pytest.raises(Lie):
        table(b'[["a"], ["b", 2]]', Query("hosts"))
