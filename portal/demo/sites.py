"""The demo's monitoring sites, connected by the real deed; the cores that `serve --demo` starts answer there."""

from __future__ import annotations

import os
from functools import cache

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from ..accounts.users import User
from ..database import at
from ..monitoring import hints
from ..monitoring.livestatus.answers import Target
from ..setup import sites
from . import cores
from .past import on

SITES = (
    ("central", "Central", "provider", "https://central.nordwind.example/central/check_mk/", "provider"),
    ("acme_hamburg", "Acme Hamburg", "acme", "https://monitoring.acme.example/acme_hamburg/check_mk/", "acme"),
    ("acme_lab", "Acme lab", "acme", "https://lab.acme.example/acme_lab/check_mk/", ""),
    ("beta_zurich", "Beta Zürich", "beta", "https://monitoring.beta.example/beta_zurich/check_mk/", "beta"),
)
"""ID, alias, customer, address of its pages, what its core watches; the lab is switched off."""

INSTALL = f"apt-get install --no-install-recommends {' '.join(cores.PACKAGES)}"


def fill(session: Session) -> None:
    """Connect the sites; nothing is committed."""
    pat = session.scalars(select(User).where(User.username == "pat")).one()
    for days, (id, alias, customer_id, gui_url, fleet) in enumerate(SITES):
        with at(on(120 - 7 * days, "11:00")):
            sites.connect(
                session, id=id, alias=alias, customer_id=customer_id, livestatus=address(id), gui_url=gui_url,
                is_disabled=not fleet, by=pat,
            )  # fmt: skip


def address(site_id: str) -> str:
    """Return where the core of a site of the demo answers."""
    return f"unix:{current_app.config['DATA']}/cores/{site_id}/live"


def hint(target: Target) -> str:
    """Return why a site of the demo is silent, and what helps."""
    if not target.livestatus.endswith(f"/cores/{target.site_id}/live"):
        return ""
    if not _is_installed():
        return str(_("The demo’s sites are Debian’s Icinga 2, which this machine lacks: %(command)s", command=INSTALL))
    if not os.path.exists(os.path.dirname(target.livestatus.removeprefix("unix:"))):
        return str(_("The demo’s sites run only as long as the portal was started with “serve --demo”."))
    return ""


@cache
def _is_installed() -> bool:
    return cores.is_installed()


hints.add(hint)
