"""What a simulated core watches: hosts and services by the thousand, with labels, tags and contacts."""

from __future__ import annotations

from typing import Any

from tests.factories.livestatus import Tables

CHECKED_AT = 1_790_000_000


def fleet(
    hosts: int = 3, services: int = 2, *, edition: str = "managed", prefix: str = "host", contact: str = "ada"
) -> Tables:
    """Return the tables of a core: every tenth host is down, every fifth service critical."""
    watched = [_host(f"{prefix}-{number:04}", number, services, contact) for number in range(1, hosts + 1)]
    serving = [_service(host, number) for host in watched for number in range(1, services + 1)]
    status = {
        "program_version": "Check_MK 2.4.0p1", "livestatus_version": "2.4.0p1", "program_start": CHECKED_AT,
        "num_hosts": len(watched), "num_services": len(serving), "core_pid": 4711, "edition": edition,
    }  # fmt: skip
    group = {"name": "all", "alias": "All hosts", "members": [host["name"] for host in watched], "contacts": [contact]}
    event = {
        "event_id": 1, "event_host": watched[0]["name"] if watched else "", "event_text": "link down", "event_state": 2,
        "event_phase": "open", "event_count": 1, "event_first": CHECKED_AT, "event_last": CHECKED_AT,
        "event_contact_groups": ["everything"], "contacts": [contact],
    }  # fmt: skip
    return {
        "status": [status],
        "hosts": watched,
        "services": serving,
        "hostgroups": [group],
        "servicegroups": [],
        "contacts": [{"name": contact, "alias": contact.capitalize(), "email": "", "pager": ""}],
        "contactgroups": [{"name": "everything", "alias": "Everything", "members": [contact]}],
        "eventconsoleevents": [event],
    }


def _host(name: str, number: int, services: int, contact: str) -> dict[str, Any]:
    state = 1 if number % 10 == 0 else 0
    return {
        "name": name, "alias": f"Host {number}", "address": f"192.0.2.{number % 250}", "state": state,
        "has_been_checked": 1, "hard_state": state, "state_type": 1, "acknowledged": 0, "scheduled_downtime_depth": 0,
        "staleness": 0.4, "plugin_output": "OK - rta 1.2ms" if not state else "CRITICAL - no answer",
        "perf_data": "rta=1.2ms;200;500;0", "last_check": CHECKED_AT, "last_state_change": CHECKED_AT - 3600,
        "num_services": services, "num_services_crit": services // 5, "groups": ["all"], "contacts": [contact],
        "contact_groups": ["everything"], "labels": {"cmk/os_family": "linux"}, "tags": {"criticality": "prod"},
        "filename": "/wato/hosts.mk", "custom_variables": {}, "parents": [], "notes_url": "",
    }  # fmt: skip


def _service(host: dict[str, Any], number: int) -> dict[str, Any]:
    state = 2 if number % 5 == 0 else 0
    return {
        "description": f"Service {number}", "display_name": f"Service {number}", "state": state, "has_been_checked": 1,
        "acknowledged": 0, "scheduled_downtime_depth": 0, "staleness": 0.4,
        "plugin_output": "OK" if not state else "CRIT - too much", "long_plugin_output": "", "perf_data": "value=1;2;3",
        "check_command": "check_mk-mem", "last_check": CHECKED_AT, "last_state_change": CHECKED_AT - 60,
        "groups": [], "contacts": host["contacts"], "contact_groups": host["contact_groups"], "labels": {}, "tags": {},
        "notes_url": "", "custom_variables": {}, **{f"host_{name}": value for name, value in host.items()},
    }  # fmt: skip
