"""Links: where a number of monitoring leads, in either door: the list of just what it counts."""

from __future__ import annotations

from urllib.parse import urlencode

PROVIDER, OWN = "/provider/monitoring/", "/monitoring/"


def listed(door: str, table: str, state: str = "", *, site: str = "") -> str:
    """Return the list of hosts, services or events of a state; `site` is a value of the site filter."""
    return f"{door}{table}/{_query(site=site, state='' if state == 'all' else state)}"


def host(door: str, site_id: str, name: str) -> str:
    """Return the page of a host."""
    return f"{door}host{_query(site=site_id, name=name)}"


def service(door: str, site_id: str, host: str, description: str) -> str:
    """Return the page of a service."""
    return f"{door}service{_query(site=site_id, host=host, service=description)}"


def _query(**parameters: str) -> str:
    query = urlencode({name: value for name, value in parameters.items() if value}, safe=":")
    return f"?{query}" if query else ""
