"""Cores of the tests: what sites answer is said by the test; the poller itself is tested elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from portal.customers.sites import Site
from portal.database import db
from portal.monitoring.livestatus.answers import Answer, SiteState, Target
from portal.monitoring.livestatus.query import Query
from tests.cast import CUSTOMERS_PEOPLE
from tests.factories.contacts import see_all

SITES = (
    ("acme_hamburg", "Hamburg", "acme"),
    ("acme_lab", "Lab", "acme"),
    ("beta_zurich", "Zurich", "beta"),
    ("central", "Central", "provider"),
)
Says = Callable[[Query], list[list[Any]] | None]
"""The rows of a query; None refuses it."""


class Cores:
    """Stands for the poller: `says["acme_lab"]` gives the rows of a query, `dead["acme_lab"]` a reason."""

    def __init__(self) -> None:
        self.says: dict[str, Says] = {}
        self.dead: dict[str, str] = {}
        self.rounds: list[list[str]] = []

    def ask(self, targets: Sequence[Target], *queries: Query) -> list[Answer]:
        """Answer as the poller does."""
        self.rounds.append(sorted(target.site_id for target in targets))
        return [self._answer(target, queries) for target in targets]

    def ask_each(self, questions: Sequence[tuple[Target, Sequence[Query]]]) -> list[Answer]:
        """Answer as the poller does."""
        self.rounds.append(sorted(target.site_id for target, _queries in questions))
        return [self._answer(target, queries) for target, queries in questions]

    def known(self, target: Target) -> Answer:
        """Answer without a word from the site."""
        return self._answer(target, ())

    def _answer(self, target: Target, queries: Sequence[Query]) -> Answer:
        if target.is_disabled:
            return Answer(target.site_id, SiteState.DISABLED, "Switched off.")
        if reason := self.dead.get(target.site_id):
            return Answer(target.site_id, SiteState.DEAD, reason)
        says = self.says.get(target.site_id, lambda _query: [])
        refused = [query for query in queries if says(query) is None]
        tables = [says(query) or [] for query in queries]
        if refused:
            reason = f"The site does not know what it was asked for. (Table '{refused[0].table}' does not exist.)"
            return Answer(target.site_id, SiteState.DEAD, reason, tables, [False] * len(tables))
        return Answer(target.site_id, SiteState.ONLINE, "", tables, [False] * len(tables), {"program_version": "x"})


def connect() -> None:
    """Add the sites of the cast; call it within an application context."""
    for id, alias, customer in SITES:
        Site.create(db.session(), id=id, alias=alias, customer_id=customer, livestatus="tcp:192.0.2.1:6557", by=None)
    see_all(*CUSTOMERS_PEOPLE)  # what contacts see has tests of its own
