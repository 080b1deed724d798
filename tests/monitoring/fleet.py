"""A fleet of cores for tests of tables: rows as dictionaries, filters evaluated as Livestatus does."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

import pytest
from flask import Flask

from portal.customers.sites import Site
from portal.database import db, now
from portal.monitoring import poller
from portal.monitoring.livestatus import query as livestatus
from portal.monitoring.livestatus.answers import Answer, SiteState, Target
from portal.monitoring.livestatus.query import Is, Not, Query
from portal.monitoring.tables import asking
from tests.cast import CUSTOMERS_PEOPLE
from tests.factories.contacts import see_all

SITES = (
    ("acme_hamburg", "Hamburg", "acme"),
    ("acme_lab", "Lab", "acme"),
    ("beta_zurich", "Zurich", "beta"),
    ("central", "Central", "provider"),
)


def host(name: str, state: int = 0, **values: Any) -> dict[str, Any]:
    """Return a host as a core has it."""
    usual: dict[str, Any] = {
        "name": name, "alias": name, "address": "192.0.2.1", "state": state, "has_been_checked": 1, "acknowledged": 0,
        "scheduled_downtime_depth": 0, "staleness": 0.1, "is_flapping": 0, "notifications_enabled": 1,
        "plugin_output": "PING", "long_plugin_output": "", "perf_data": "", "last_state_change": _ago(3600),
        "last_check": _ago(30), "groups": [], "contact_groups": [], "contacts": [], "parents": [], "childs": [],
        "num_services": 0, "num_services_ok": 0, "num_services_warn": 0, "num_services_crit": 0,
        "num_services_unknown": 0, "num_services_pending": 0, "labels": {}, "tags": {},
    }  # fmt: skip
    return usual | values


def service(host_name: str, description: str, state: int = 0, **values: Any) -> dict[str, Any]:
    """Return a service as a core has it."""
    own = host("", state)
    return own | {
        "host_name": host_name, "description": description, "host_state": 0, "host_has_been_checked": 1,
        "host_scheduled_downtime_depth": 0, "host_groups": [], "host_alias": host_name, "host_address": "",
        "host_labels": {},
    } | values  # fmt: skip


def _ago(seconds: int) -> int:
    return int(now().timestamp()) - seconds


class Fleet:
    """Stands for the poller. `rows[site][table]` are its rows, `lacks[site]` columns its core does not know."""

    def __init__(self) -> None:
        self.rows: dict[str, dict[str, list[dict[str, Any]]]] = {id: {} for id, *_rest in SITES}
        self.lacks: dict[str, set[str]] = {}
        self.dead: dict[str, str] = {}
        self.asked: list[tuple[list[str], tuple[Query, ...]]] = []

    def add(self, site: str, table: str, *rows: dict[str, Any]) -> None:
        """Give a site rows."""
        self.rows[site].setdefault(table, []).extend(rows)

    def ask(self, targets: Sequence[Target], *queries: Query) -> list[Answer]:
        """Answer as the poller does."""
        for query in queries:
            query.text()  # raises BadValue as the poller does
        self.asked.append(([target.site_id for target in targets], queries))
        return [self._answer(target, queries) for target in targets]

    def ask_each(self, questions: Sequence[tuple[Target, Sequence[Query]]]) -> list[Answer]:
        """Answer as the poller does."""
        for _target, queries in questions:
            for query in queries:
                query.text()
        self.asked += [([target.site_id], tuple(queries)) for target, queries in questions]
        return [self._answer(target, queries) for target, queries in questions]

    def known(self, target: Target) -> Answer:
        """Answer without a word from the site."""
        return self._answer(target, ())

    def _answer(self, target: Target, queries: Sequence[Query]) -> Answer:
        none: list[list[list[Any]]] = [[] for _ in queries]
        if target.is_disabled:
            return Answer(target.site_id, SiteState.DISABLED, "Switched off.", none, [False] * len(queries))
        if reason := self.dead.get(target.site_id):
            return Answer(target.site_id, SiteState.DEAD, reason, none, [False] * len(queries))
        answer = Answer(target.site_id, SiteState.ONLINE)
        for query in queries:
            missing = sorted(self.lacks.get(target.site_id, set()) & {*query.columns, *_columns(query.where)})
            rows: list[list[Any]] = []
            if missing:
                answer.state = SiteState.DEAD
                answer.reason = f"Cannot answer. Column '{missing[0]}' does not exist in table '{query.table}'."
            else:
                rows = self._table(target.site_id, query)
            is_cut = query.limit is not None and len(rows) > query.limit
            answer.tables.append(rows[: query.limit] if is_cut else rows)
            answer.is_cut.append(is_cut)
        return answer

    def _table(self, site: str, query: Query) -> list[list[Any]]:
        rows = [row for row in self.rows[site].get(query.table, []) if all(holds(one, row) for one in query.where)]
        if query.stats:
            parts: dict[tuple[Any, ...], list[dict[str, Any]]] = {} if query.columns else {(): []}
            for row in rows:
                parts.setdefault(tuple(row.get(column) for column in query.columns), []).append(row)
            return [
                [*key, *(sum(holds(stat, row) for row in part) for stat in query.stats)] for key, part in parts.items()
            ]
        return [[row.get(column) for column in query.columns] for row in rows]


def _columns(conditions: Iterable[Any]) -> set[str]:
    found: set[str] = set()
    for condition in conditions:
        if isinstance(condition, Is):
            found.add(condition.column)
        else:
            found |= _columns([condition.condition] if isinstance(condition, Not) else condition.conditions)
    return found


def holds(condition: Any, row: dict[str, Any]) -> bool:
    """Tell whether a row fulfils a condition."""
    if isinstance(condition, Not):
        return not holds(condition.condition, row)
    if isinstance(condition, livestatus.All):
        return all(holds(one, row) for one in condition.conditions)
    if isinstance(condition, livestatus.Any):
        return any(holds(one, row) for one in condition.conditions)
    have, wanted = row.get(condition.column), condition.value
    if isinstance(have, dict):
        return any(f"'{key}' '{value}'" == wanted for key, value in have.items())
    if isinstance(have, list):
        return {">=": wanted in have, "<": wanted not in have, "!=": have != [] and not wanted}[condition.operator]
    if condition.operator == "~~":
        return re.search(str(wanted), str(have), re.IGNORECASE) is not None
    if isinstance(have, (int, float)):
        number = float(wanted)
        return {"=": have == number, "!=": have != number, ">": have > number, ">=": have >= number}[condition.operator]
    return {"=": have == wanted, "!=": have != wanted}[condition.operator]


def answering(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Fleet:
    """Return a fleet without hosts, connected, that answers in place of a network."""
    found = Fleet()
    monkeypatch.setattr(poller, "ask", found.ask)
    monkeypatch.setattr(poller, "ask_each", found.ask_each)
    monkeypatch.setattr(poller, "known", found.known)
    asking._lacks.clear()
    with app.app_context():
        connect()
    return found


def connect() -> None:
    """Add the sites; call it within an application context."""
    for id, alias, customer in SITES:
        where = f"unix:/{id}"
        site = Site.create(db.session(), id=id, alias=alias, customer_id=customer, livestatus=where, by=None)
        site.gui_url = f"https://{id.replace('_', '-')}.example/"
    see_all(*CUSTOMERS_PEOPLE)  # what contacts see has tests of its own
    db.session.remove()


def names(page: Any) -> list[str]:
    """Return what the rows of a page of a table are of."""
    return [row.select_one("td.main").text for row in page.html.select("table.monitored tbody tr[data-key]")]


def column(page: Any, title: str) -> list[str]:
    """Return the cells of a column of a page of a table."""
    at = [heading.text for heading in page.html.select("table.monitored thead th")].index(title)
    return [row.find_all("td")[at].text for row in page.html.select("table.monitored tbody tr[data-key]")]
