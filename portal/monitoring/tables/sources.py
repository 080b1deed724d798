"""Sources: what a table can be of. Each knows its columns and filters and what is shown when nobody chose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

from . import events, filters, groups, hosts, services
from .column import Column
from .filters import Filter


@dataclass(frozen=True)
class Source:
    """A kind of rows. `table` is its core's; `keys` are the columns that tell rows of one site apart.

    `rows` says how they come about: one for each row of a core, or one for a group of the same name at all sites, or
    one for a customer.
    """

    id: str
    title: Any
    help: Any
    table: str
    rows: str
    keys: tuple[str, ...]
    columns: Mapping[str, Column]
    filters: Mapping[str, Filter]
    shown: tuple[str, ...]
    sort: tuple[str, ...]
    is_optional: bool = False
    """Whether cores may lack it altogether; those that do are not named as silent."""
    for_staff: bool = False
    """Whether only the provider's door offers it."""


SOURCES: dict[str, Source] = {
    source.id: source
    for source in (
        Source(
            "hosts", _l("Hosts"), _l("One row for each host."), "hosts", "own", ("name",),
            hosts.COLUMNS, filters.HOSTS,
            ("host_state", "host", "host_icons", "host_plugin_output", "host_state_age", "num_services_ok",
             "num_services_warn", "num_services_crit", "num_services_unknown", "sitealias"),
            ("host",),
        ),
        Source(
            "services", _l("Services"), _l("One row for each service of each host."), "services", "own",
            ("host_name", "description"), services.COLUMNS, filters.SERVICES,
            ("service_state", "host", "service_description", "service_icons", "svc_plugin_output", "svc_state_age",
             "svc_check_age", "perfometer"),
            ("host", "service_description"),
        ),
        Source(
            "hostgroups", _l("Host groups"), _l("One row for each host group."), "hostgroups", "groups", ("name",),
            groups.HOST_GROUPS, filters.GROUPS,
            ("hg_alias", "hg_num_hosts_up", "hg_num_hosts_down", "hg_num_hosts_unreach", "hg_num_hosts_pending",
             "hg_num_services_ok", "hg_num_services_warn", "hg_num_services_crit", "hg_num_services_unknown",
             "hg_num_services_pending"),
            ("hg_alias",),
        ),
        Source(
            "servicegroups", _l("Service groups"), _l("One row for each service group."), "servicegroups", "groups",
            ("name",), groups.SERVICE_GROUPS, filters.GROUPS,
            ("sg_alias", "sg_num_services", "sg_num_services_ok", "sg_num_services_warn", "sg_num_services_crit",
             "sg_num_services_unknown", "sg_num_services_pending"),
            ("sg_alias",),
        ),
        Source(
            "events", _l("Events"), _l("One row for each event of an Event Console."), "eventconsoleevents", "own",
            ("event_id",), events.COLUMNS, filters.EVENTS,
            ("event_state", "event_host", "event_text", "event_application", "event_count", "event_last", "sitealias"),
            ("-event_state", "event_last"), is_optional=True,
        ),
        Source(
            "customers", _l("All customers"), _l("One row for each customer, with the numbers of its sites."), "hosts",
            "customers", (), groups.CUSTOMERS, filters.CUSTOMERS,
            ("customer_name", "customer_num_hosts_up", "customer_num_hosts_down", "customer_num_hosts_unreach",
             "customer_num_hosts_pending", "customer_num_services_ok", "customer_num_services_warn",
             "customer_num_services_crit", "customer_num_services_unknown", "customer_num_services_pending",
             "customer_sites"),
            ("customer_name",), for_staff=True,
        ),
    )
}  # fmt: skip
