"""Columns that hosts and services share: each knows its core's names for them, with or without `host_` before."""

from __future__ import annotations

from typing import Any

from flask import current_app
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from ..sight import Seen
from . import cells, charts, perf, words
from .column import Column, Place
from .row import Row

OF_SITE = (
    cells.of_site("sitealias", _l("Site"), lambda row: row.seen.alias),
    cells.of_site("sitename_plain", _l("ID of the site"), lambda row: row.seen.target.site_id),
    cells.of_site("customer_name", _l("Customer"), lambda row: row.seen.customer_name),
)


def site_id(seen: Seen) -> str:
    """Return the ID of a row's site."""
    return seen.target.site_id


def host_address(name: str) -> Any:
    """Return what gives the address of a row's host; `name` is its core's column."""
    return lambda row, place: place.address("host", site=site_id(row.seen), name=str(row.get(name) or ""))


def group_address(page: str, filter: str) -> Any:
    """Return what gives the address of the list of a group's members."""
    return lambda row, place, group: place.address(page, site=f"site:{site_id(row.seen)}", **{filter: group})


def of_host(prefix: str) -> tuple[Column, ...]:
    """Return the columns on a host, in hosts (no prefix) or in services (`host_`)."""
    return (
        cells.state(
            "host_state", _l("State") if not prefix else _l("State of the host"),
            (f"{prefix}state", f"{prefix}has_been_checked"), words.host_state, "" if prefix else "side",
        ),
        cells.linked("host", _l("Host"), (f"{prefix}name",), host_address(f"{prefix}name"), "" if prefix else "main"),
        cells.words("alias", _l("Alias"), f"{prefix}alias"),
        cells.words("host_address", _l("Address"), f"{prefix}address"),
        cells.names(
            "host_group_memberlist", _l("Host groups"), f"{prefix}groups", group_address("hosts/", "hostgroup")
        ),
        cells.names("host_contact_groups", _l("Contact groups of the host"), f"{prefix}contact_groups"),
        cells.pairs("host_labels", _l("Labels of the host"), f"{prefix}labels"),
        cells.pairs("host_tags", _l("Tags"), f"{prefix}tags"),
        cells.words("host_filename", _l("Folder"), f"{prefix}filename"),
    )  # fmt: skip


def of_check(id: str, prefix: str, meter: str) -> tuple[Column, ...]:
    """Return the columns on what was checked: ids begin with `id`, its core's names with `prefix`."""
    return (
        icons(f"{'service' if id == 'svc' else 'host'}_icons", prefix),
        cells.words(f"{id}_plugin_output", _l("Output"), f"{prefix}plugin_output", "output"),
        cells.age(f"{id}_state_age", _l("Since"), f"{prefix}last_state_change"),
        cells.age(f"{id}_check_age", _l("Checked"), f"{prefix}last_check"),
        cells.moment(f"{id}_next_check", _l("Next check"), f"{prefix}next_check"),
        perfometer(meter, f"{prefix}perf_data"),
        cells.words(f"{id}_perf_data", _l("Performance data"), f"{prefix}perf_data", most=1000),
        cells.words(f"{id}_check_command", _l("Check command"), f"{prefix}check_command"),
        cells.number(f"{id}_staleness", _l("Staleness"), f"{prefix}staleness"),
        attempt(f"{id}_attempt", prefix),
    )


def flags(row: Row, prefix: str = "") -> list[tuple[str, str, str]]:
    """Return what else stands about a host or service: code, words, tone."""
    found = []
    if row.number(f"{prefix}acknowledged"):
        found.append(("ack", str(_("Acknowledged")), "info"))
    if row.number(f"{prefix}scheduled_downtime_depth"):
        found.append(("downtime", str(_("In downtime")), "info"))
    if row.number("host_scheduled_downtime_depth"):
        found.append(("host_downtime", str(_("Host in downtime")), "info"))
    if row.number(f"{prefix}is_flapping"):
        found.append(("flapping", str(_("Flapping")), "warn"))
    if row.number(f"{prefix}notifications_enabled") == 0:
        found.append(("notifications_disabled", str(_("No notifications")), "neutral"))
    if (row.number(f"{prefix}staleness") or 0) >= current_app.config["STALENESS"]:
        found.append(("stale", str(_("Stale")), "neutral"))
    return found


FLAGS = ("acknowledged", "scheduled_downtime_depth", "is_flapping", "notifications_enabled", "staleness")


def icons(id: str, prefix: str) -> Column:
    """Return the column of what else stands about a host or service; Checkmk draws icons, here they are words."""
    needs = tuple(f"{prefix}{name}" for name in FLAGS)
    if id == "service_icons":
        needs += ("host_scheduled_downtime_depth",)

    def cell(row: Row, _place: Place) -> Markup:
        return Markup(" ").join(cells.badge(word, tone) for _code, word, tone in flags(row, prefix))

    return Column(
        id, _l("Also"), needs, cell, lambda row, _place: " ".join(code for code, *_rest in flags(row, prefix)),
        role="also",
    )  # fmt: skip


def perfometer(id: str, need: str) -> Column:
    """Return the column of the first figure of the performance data, drawn small."""

    def key(row: Row) -> float:
        shares = [metric.share for metric in perf.parse(row.get(need)) if metric.share is not None]
        return shares[0] if shares else -1.0

    return Column(
        id, _l("Figure"), (need,),
        lambda row, _place: charts.meter(perf.parse(row.get(need))),
        lambda row, _place: charts.meter_text(perf.parse(row.get(need))),
        key, "meter", starts_down=True,
    )  # fmt: skip


def attempt(id: str, prefix: str) -> Column:
    """Return the column of which attempt of how many a state is."""

    def text(row: Row, _place: Place) -> str:
        now, most = row.number(f"{prefix}current_attempt"), row.number(f"{prefix}max_check_attempts")
        return "" if now is None or most is None else f"{now}/{most}"

    return Column(
        id, _l("Attempt"), (f"{prefix}current_attempt", f"{prefix}max_check_attempts"),
        lambda row, place: text(row, place) or cells.EMPTY, text, role="num",
    )  # fmt: skip
