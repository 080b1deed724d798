"""Columns of services."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from . import cells, words
from .column import Column, by_id
from .common import OF_SITE, group_address, of_check, of_host, site_id


def service_address(row: Any, place: Any) -> str:
    """Return the address of a row's service."""
    host, service = str(row.get("host_name") or ""), str(row.get("description") or "")
    return str(place.address("service", site=site_id(row.seen), host=host, service=service))


COLUMNS: dict[str, Column] = by_id(
    cells.state("service_state", _l("State"), ("state", "has_been_checked"), words.service_state),
    cells.linked("service_description", _l("Service"), ("description",), service_address, "main"),
    *of_check("svc", "", "perfometer"),
    cells.words("svc_long_plugin_output", _l("Long output"), "long_plugin_output"),
    cells.names("svc_group_memberlist", _l("Service groups"), "groups", group_address("services/", "servicegroup")),
    cells.names("svc_contact_groups", _l("Contact groups"), "contact_groups"),
    cells.names("svc_contacts", _l("Contacts"), "contacts"),
    cells.pairs("service_labels", _l("Labels"), "labels"),
    *of_host("host_"),
    *OF_SITE,
)
