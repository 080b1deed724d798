"""Sums: rows that stand for more than one of a core's: groups of one name at many sites, and customers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from .. import conditions
from ..livestatus.query import Query
from .asking import Told
from .counts import HOSTS, SERVICES
from .row import Row
from .table import Table


def groups(told: Iterable[Told]) -> list[Row]:
    """Return one row for each name of a group, with the numbers of all sites that have it."""
    found: dict[str, tuple[Told, dict[str, Any]]] = {}
    for one in told:
        for row in one.tables[0]:
            name = str(row.get("name"))
            if name not in found:
                found[name] = one, {**row, "sites": [one.seen.alias]}
                continue
            kept = found[name][1]
            kept["sites"].append(one.seen.alias)
            for column, value in row.items():
                if column.startswith("num_") and isinstance(value, int) and not isinstance(value, bool):
                    before = kept.get(column)
                    kept[column] = value + (before if isinstance(before, int) else 0)
    return [Row(one.seen, values) for one, values in found.values()]


def queries(_table: Table) -> tuple[Query, ...]:
    """Return what each site is asked for the rows of customers: how many hosts and services are in which state."""
    return tuple(
        Query(table, stats=tuple(conditions.of(table)[word] for word, *_rest in counts))
        for table, counts in (("hosts", HOSTS), ("services", SERVICES))
    )


def customers(told: Sequence[Told]) -> list[Row]:
    """Return one row for each customer: numbers of the sites that answered, and how all of its sites stand."""
    found: dict[str, tuple[Told, dict[str, Any], Counter[str]]] = {}
    for one in told:
        _first, numbers, states = found.setdefault(one.seen.customer_id, (one, {}, Counter()))
        states[one.answer.state.value] += 1
        for table, counts in zip(one.tables, (HOSTS, SERVICES), strict=True):
            for row in table:
                for (_word, _title, need, _tone), value in zip(counts, row.values(), strict=True):
                    if isinstance(value, (int, float)):
                        numbers[need] = numbers.get(need, 0) + int(value)
    sites: dict[str, list[str]] = {}
    for one in told:
        sites.setdefault(one.seen.customer_id, []).append(one.seen.target.site_id)
    for first, numbers, states in found.values():
        for total, counts in (("num_hosts", HOSTS), ("num_services", SERVICES)):
            parts = [numbers[need] for _word, _title, need, _tone in counts if need in numbers]
            if parts:
                numbers[total] = sum(parts)
        numbers |= {"states": dict(states), "sites": sites[first.seen.customer_id]}
    return [Row(one.seen, numbers) for one, numbers, _states in found.values()]
