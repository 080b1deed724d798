"""What cores merely say differently is put right: pages get the same values from each."""

from __future__ import annotations

import json
import tracemalloc
from typing import Any

import pytest

from portal.monitoring.livestatus import rows
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


@pytest.mark.parametrize("blanks", ["", " ", "\r\n "])
def test_large_answers_are_read_like_small_ones(monkeypatch, blanks: str) -> None:
    monkeypatch.setattr(rows, "PORTION", 700)
    told = [[f"web{number}", number, ["linux", "a [strange], group"], "x" * (number % 500)] for number in range(2000)]
    body = blanks + json.dumps(told, separators=(f"{blanks},{blanks}", ":")).replace("[[", f"[{blanks}[") + blanks
    query = Query("hosts", ("name", "state", "groups", "plugin_output"))
    assert table(body.encode(), query) == told
    cut_off, unending = body[: -3 - len(blanks)], '["' + "a" * 99_999
    for wrong in (cut_off, body + "]", body + "[]", body.replace('""]', '""] ]', 1), "{" + body, unending):
        with pytest.raises(Lie):
            table(wrong.encode(), query)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"[" + b"[]," * 1_000_000 + b"[]]", id="empty rows"),
        pytest.param(b"[" + b'["a"],' * 500_000 + b'["a"]]', id="too many rows"),
        pytest.param(b"[[" + b"[0]," * 750_000 + b"0]]", id="a row without end"),
    ],
)
def test_a_large_lie_is_not_read_to_its_end(body: bytes) -> None:
    tracemalloc.start()
    try:
        with pytest.raises(Lie):
            table(body, Query("hosts", ("name",), limit=100))
        assert tracemalloc.get_traced_memory()[1] < 10 * len(body)
    finally:
        tracemalloc.stop()


def test_an_answer_without_a_limit_has_one_all_the_same() -> None:
    with pytest.raises(Lie, match="more rows than the portal reads at once"):
        table(b"[" + b'["a"],' * 300_000 + b'["a"]]', Query("hosts", ("name",)))
