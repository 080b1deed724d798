"""Columns of hosts."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from . import cells
from .column import Column, by_id
from .common import OF_SITE, of_check, of_host, site_id
from .counts import SERVICES, count


def _services(word: str) -> Any:
    return lambda row, place: place.address(
        "services/", site=f"site:{site_id(row.seen)}", host=f"={row.get('name')}", state=word
    )


def _relative(row: Any, place: Any, name: str) -> str:
    return str(place.address("host", site=site_id(row.seen), name=name))


COLUMNS: dict[str, Column] = by_id(
    *of_host(""),
    *of_check("host", "", "host_perfometer"),
    cells.names("host_parents", _l("Parents"), "parents", _relative),
    cells.names("host_childs", _l("Children"), "childs", _relative),
    cells.names("host_contacts", _l("Contacts"), "contacts"),
    count("num_services", _l("Services"), "num_services", _services("")),
    *(count(f"num_services_{word}", title, need, _services(word), tone) for word, title, need, tone in SERVICES),
    *OF_SITE,
)
