"""Lists: the tables that have an address and a name of their own, before anybody keeps a view."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

from .table import Table


@dataclass(frozen=True)
class List:
    """A table under a name; `slug` is its address."""

    slug: str
    title: Any
    lead: Any
    table: Table

    @property
    def for_staff(self) -> bool:
        """Tell whether only the provider's door has it."""
        return self.table.source.for_staff


LISTS = (
    List("hosts", _l("Hosts"), _l("Every host, as its site sees it now."), Table.of("hosts")),
    List("services", _l("Services"), _l("Every service of every host, as its site sees it now."), Table.of("services")),
    List(
        "problems", _l("Service problems"),
        _l("Services that are not well, that nobody has acknowledged and that are not in downtime; the worst first."),
        Table.of("services", filters={"state": "unhandled"}, sort=("-service_state", "svc_state_age")),
    ),
    List("host-groups", _l("Host groups"), _l("Groups of hosts, and how their hosts and services are."),
         Table.of("hostgroups")),
    List("service-groups", _l("Service groups"), _l("Groups of services, and how they are."),
         Table.of("servicegroups")),
    List("events", _l("Events"), _l("What the Event Consoles of the sites have open."), Table.of("events")),
    List("customers", _l("All customers"), _l("One row for each customer: its hosts, services and sites in numbers."),
         Table.of("customers")),
)  # fmt: skip
