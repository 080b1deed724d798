"""Livestatus as Checkmk's cores speak it, over rows in memory: filters, stats, order, limit and AuthUser."""

from __future__ import annotations

import json
import operator
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

Row = Mapping[str, Any]
Tables = dict[str, list[dict[str, Any]]]
Test = Callable[[Row], bool]

RESTRICTED = {"hosts", "services", "hostgroups", "servicegroups", "eventconsoleevents", "downtimes", "comments"}
"""Tables that answer as the contact named in `AuthUser` may see; the others ignore it."""
_LINE = re.compile(r"(\w+) (!?(?:=~|~~|<=|>=|=|~|<|>)) ?(.*)")
_COMPARED = {"<": operator.lt, ">": operator.gt, "<=": operator.le, ">=": operator.ge}
_AGGREGATED: dict[str, Callable[[Sequence[float]], float]] = {
    "sum": sum,
    "min": lambda values: min(values, default=0),
    "max": lambda values: max(values, default=0),
    "avg": lambda values: sum(values) / len(values) if values else 0,
}


class Invalid(Exception):
    """Say with which code a question is refused, and in which words."""

    def __init__(self, code: int, sentence: str) -> None:
        super().__init__(sentence)
        self.code, self.sentence = code, sentence


def answer(tables: Tables, request: str) -> bytes:
    """Return the frame that answers a question."""
    try:
        return frame(200, json.dumps(_rows(tables, request)).encode())
    except Invalid as invalid:
        return frame(invalid.code, f"{invalid.sentence}\n".encode())


def frame(code: int, body: bytes) -> bytes:
    """Return a body behind its `fixed16` header."""
    return b"%3d %11d\n%s" % (code, len(body), body)


def _rows(tables: Tables, request: str) -> list[list[Any]]:
    first, *lines = request.split("\n")
    name = first.removeprefix("GET ")
    if name not in tables:
        raise Invalid(404, f"Invalid GET request, no such table '{name}'")
    headers = [(header, value.strip()) for header, _, value in (line.partition(":") for line in lines if line)]
    said = dict(headers)
    rows: list[dict[str, Any]] = tables[name]
    if (user := said.get("AuthUser")) and name in RESTRICTED:
        rows = [row for row in rows if user in row.get("contacts", ())]
    columns = said.get("Columns", "").split() or (sorted(rows[0]) if rows and "Stats" not in said else [])
    known = set().union(*tables[name]) if tables[name] else set(columns)
    if unknown := [column for column in columns if column not in known]:
        raise Invalid(452, f"Table '{name}' has no column '{unknown[0]}'")
    filters, stats = _stack(headers, "Filter", known), _stack(headers, "Stats", known)
    rows = [row for row in rows if all(test(row) for test in filters)]
    for header, value in reversed(headers):
        if header == "OrderBy":
            column, _, way = value.partition(" ")
            rows = sorted(rows, key=lambda row, column=column: row[column], reverse=way == "desc")
    found = _counted(rows, columns, stats) if stats else [[row.get(column) for column in columns] for row in rows]
    return found[: int(said["Limit"])] if "Limit" in said else found


def _counted(rows: list[dict[str, Any]], columns: Sequence[str], stats: Sequence[Any]) -> list[list[Any]]:
    groups: dict[str, tuple[list[Any], list[dict[str, Any]]]] = {}
    for row in rows:
        key = [row[column] for column in columns]
        groups.setdefault(json.dumps(key), (key, []))[1].append(row)
    if not columns:
        groups.setdefault("[]", ([], []))
    return [[*key, *(_stat(stat, members) for stat in stats)] for key, members in groups.values()]


def _stat(stat: Any, rows: list[dict[str, Any]]) -> float:
    if isinstance(stat, tuple):
        return _AGGREGATED[stat[0]]([float(row[stat[1]]) for row in rows])
    return sum(1 for row in rows if stat(row))


def _stack(headers: Sequence[tuple[str, str]], word: str, known: set[str]) -> list[Any]:
    """Return the conditions of `Filter` or `Stats` lines, joined as `And`, `Or` and `Negate` say."""
    prefix = "Stats" if word == "Stats" else ""
    stack: list[Any] = []
    for header, value in headers:
        if header == word:
            stack.append(_condition(word, value, known))
        elif header in (f"{prefix}And", f"{prefix}Or"):
            count = int(value)
            if count > len(stack):
                raise Invalid(400, f"cannot join {count} conditions, only {len(stack)} left")
            joined, stack = stack[len(stack) - count :], stack[: len(stack) - count]
            join = all if header.endswith("And") else any
            stack.append(lambda row, joined=joined, join=join: join(test(row) for test in joined))
        elif header == f"{prefix}Negate":
            if not stack:
                raise Invalid(400, "nothing to negate")
            last = stack.pop()
            stack.append(lambda row, test=last: not test(row))
    return stack


def _condition(word: str, line: str, known: set[str]) -> Any:
    aggregated = line.split(" ")
    if word == "Stats" and aggregated[0] in _AGGREGATED and len(aggregated) == 2:
        return aggregated[0], aggregated[1]
    found = _LINE.fullmatch(line)
    if not found:
        raise Invalid(400, f"invalid condition '{line}'")
    column, compare, value = found.groups()
    if column not in known:
        raise Invalid(452, f"no column '{column}'")
    test = _test(column, compare.removeprefix("!"), value)
    return (lambda row: not test(row)) if compare.startswith("!") else test


def _test(column: str, compare: str, value: str) -> Test:
    def test(row: Row) -> bool:
        held = row[column]
        if isinstance(held, list):
            if compare == ">=":
                return value in held
            return value not in held if compare == "<" else (not held) == (compare == "=" and not value)
        if isinstance(held, dict):
            key, _, wanted = value.partition(" ")
            return held.get(key.strip("'")) == wanted.strip("'")
        if isinstance(held, int | float):
            number = float(value or 0)
            return held == number if compare == "=" else bool(_COMPARED[compare](held, number))
        if compare in ("~", "~~"):
            return re.search(value, held, re.IGNORECASE if compare == "~~" else 0) is not None
        if compare == "=~":
            return held.lower() == value.lower()
        return held == value if compare == "=" else bool(_COMPARED[compare](held, value))

    return test
