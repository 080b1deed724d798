"""Reports: what sites are asked to know what is not well, and what their answers mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ...database import now
from .. import conditions
from ..keeping import LONGEST
from ..livestatus import query as livestatus
from ..livestatus.query import BadValue, Condition, Is, Query, checked
from ..values import moment, number, text
from .changes import Present

STATE = (
    "state", "state_type", "last_hard_state_change", "last_state_change", "plugin_output", "acknowledged",
    "scheduled_downtime_depth", "notifications_enabled", "is_flapping",
)  # fmt: skip
OF_HOST = (
    "last_check", "host_state", "host_has_been_checked", "host_scheduled_downtime_depth", "host_last_hard_state_change",
)  # fmt: skip
NOT_PLAIN = livestatus.Any(Is("state", "!=", 0), Is("scheduled_downtime_depth", ">", 0))
Told = Mapping[str, Any]


def queries(hosts: Condition = NOT_PLAIN, services: Condition = NOT_PLAIN) -> tuple[Query, Query]:
    """Return what is asked: the hosts and the services that are not simply well, or others."""
    return (
        Query("hosts", ("name", *STATE), (conditions.CHECKED, hosts)),
        Query("services", ("host_name", "description", *STATE, *OF_HOST), (conditions.CHECKED, services)),
    )


def read(tables: Sequence[Sequence[Told]]) -> dict[tuple[str, str], Present]:
    """Return what a site says by host and description, "" for the host itself; names nobody can ask for are left out.

    Hosts stand first: whoever is told of both is told of the host before its services.
    """
    hosts, services = tables
    found = [_host(told) for told in hosts] + [_service(told) for told in services]
    return {(one.host, one.service): one for one in found if _can_be_asked(one)}


def _host(told: Told) -> Present:
    return _present(str(told.get("name") or ""), "", told, is_held=_is_on(told, "is_flapping"))


def _service(told: Told) -> Present:
    """Return a service; it is held while its host has a problem or a downtime, and until it is checked after one."""
    of_host = (
        _is_on(told, "host_has_been_checked") and number(told.get("host_state")) != 0
        or _is_on(told, "host_scheduled_downtime_depth")
        or number(told.get("last_check")) < number(told.get("host_last_hard_state_change"))
    )  # fmt: skip
    is_held = of_host or _is_on(told, "is_flapping")
    return _present(str(told.get("host_name") or ""), str(told.get("description") or ""), told, is_held=is_held)


def _present(host: str, service: str, told: Told, *, is_held: bool) -> Present:
    since = moment(told.get("last_hard_state_change")) or moment(told.get("last_state_change")) or now()
    return Present(
        host, service, number(told.get("state")) % 128, since, text(told.get("plugin_output")),
        is_soft=_is_off(told, "state_type"),
        is_acknowledged=_is_on(told, "acknowledged"), in_downtime=_is_on(told, "scheduled_downtime_depth"),
        is_held=is_held,
        is_silenced=_is_off(told, "notifications_enabled"),
    )  # fmt: skip


def _is_on(told: Told, name: str) -> bool:
    return number(told.get(name)) != 0


def _is_off(told: Told, name: str) -> bool:
    """Tell whether a site says that something is not so; a core that does not know it says nothing."""
    return told.get(name) is not None and not _is_on(told, name)


def _can_be_asked(one: Present) -> bool:
    try:
        checked(one.host + one.service)
    except BadValue:
        return False
    return bool(one.host) and len(one.host) <= LONGEST and len(one.service) <= LONGEST
