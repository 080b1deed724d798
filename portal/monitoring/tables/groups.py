"""Columns of host groups, of service groups, and of customers: names, and how many of what is how."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from ..livestatus.answers import STATES, SiteState
from . import cells
from .column import Column, Place, by_id
from .counts import HOSTS, SERVICES, count
from .row import Row

HOSTS_SAID = {
    "up": _l("Hosts up"), "down": _l("Hosts down"), "unreachable": _l("Hosts unreachable"),
    "pending": _l("Hosts pending"),
}  # fmt: skip
SERVICES_SAID = {
    "ok": _l("Services OK"), "warn": _l("Services warning"), "crit": _l("Services critical"),
    "unknown": _l("Services unknown"), "pending": _l("Services pending"),
}  # fmt: skip
Narrow = Callable[[Row, Place], dict[str, Any]]
"""What narrows a list to a row's members."""


def _counts(prefix: str, narrow: Narrow, *, with_hosts: bool) -> tuple[Column, ...]:
    def to(page: str, word: str) -> Callable[[Row, Place], str]:
        return lambda row, place: place.address(page, **narrow(row, place), state=word)

    hosts = (
        count(f"{prefix}_{need}", HOSTS_SAID[word], need, to("hosts/", word), tone)
        for word, _title, need, tone in HOSTS
    )
    services = (
        count(f"{prefix}_{need}", SERVICES_SAID[word], need, to("services/", word), tone)
        for word, _title, need, tone in SERVICES
    )
    return (*(hosts if with_hosts else ()), count(f"{prefix}_num_services", _l("Services"), "num_services",
            to("services/", "")), *services)  # fmt: skip


def _of_group(prefix: str, title: Any, filter: str, page: str) -> tuple[Column, ...]:
    def narrow(row: Row, place: Place) -> dict[str, Any]:
        return {filter: str(row.get("name")), "site": place.sites}

    return (
        cells.linked(f"{prefix}_alias", title, ("alias",), lambda row, place: place.address(page, **narrow(row, place)),
                     "main"),
        cells.words(f"{prefix}_name", _l("ID"), "name"),
        *_counts(prefix, narrow, with_hosts=prefix == "hg"),
        replace(cells.names(f"{prefix}_sites", _l("Sites"), "sites"), needs=()),
    )  # fmt: skip


HOST_GROUPS = by_id(*_of_group("hg", _l("Host group"), "hostgroup", "hosts/"))
SERVICE_GROUPS = by_id(*_of_group("sg", _l("Service group"), "servicegroup", "services/"))


def _customer(row: Row, place: Place) -> dict[str, Any]:
    """Return the filter of a customer, or of those of its sites that the table is narrowed to."""
    if any(value.startswith("site:") for value in place.sites):
        return {"site": [f"site:{id}" for id in row.words("sites")]}
    return {"site": f"customer:{row.seen.customer_id}"}


def _hosts(row: Row, place: Place) -> str:
    return place.address("hosts/", **_customer(row, place))


def _states(row: Row) -> list[tuple[SiteState, int]]:
    return [(SiteState(state), number) for state, number in row.get("states").items()]


TONES = {SiteState.ONLINE: "good", SiteState.DISABLED: "neutral", SiteState.WAITING: "info"}


def _states_cell(row: Row, _place: Place) -> Markup:
    said = (_("%(state)s: %(number)d", state=STATES[state], number=number) for state, number in _states(row))
    tones = (TONES.get(state, "bad") for state, _number in _states(row))
    return Markup(" ").join(map(cells.badge, said, tones))


CUSTOMERS = by_id(
    Column(
        "customer_name", _l("Customer"), (),
        lambda row, place: cells.link(_hosts(row, place), row.seen.customer_name),
        lambda row, _place: row.seen.customer_name,
        lambda row: row.seen.customer_name.casefold(),
        "main",
    ),
    cells.of_site("customer_id", _l("ID"), lambda row: row.seen.customer_id),
    count("customer_num_hosts", _l("Hosts"), "num_hosts", _hosts),
    *_counts("customer", _customer, with_hosts=True),
    Column(
        "customer_sites", _l("Sites"), (), _states_cell,
        lambda row, _place: ", ".join(f"{state}: {number}" for state, number in _states(row)),
        lambda row: sum(number for state, number in _states(row) if state is not SiteState.ONLINE),
    ),
)  # fmt: skip
