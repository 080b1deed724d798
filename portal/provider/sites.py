"""The list of sites: whose each is, and what the portal knows of it without waiting for any."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from cryptography.x509 import load_der_x509_certificate
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from ..customers.models import Customer
from ..customers.sites import Site
from ..i18n import format_number
from ..monitoring import poller, sight
from ..monitoring.livestatus.answers import STATES, Answer, SiteState, Target
from ..setup.certificates import Certificate, described
from ..setup.distribution import standing
from ..setup.editions import MANAGED, edition_name
from ..text import fold, sort_key

SHOWN = {
    "": _l("Any site"),
    "enabled": _l("Enabled"),
    "disabled": _l("Disabled"),
    "held-back": _l("Wrong edition"),
}
_CONDITIONS = {
    "enabled": Site.is_disabled.is_(False),
    "disabled": Site.is_disabled.is_(True),
    "held-back": (Site.edition != "") & func.lower(Site.edition).not_in(sorted(MANAGED)),
}


@dataclass(frozen=True)
class State:
    """How a site stands: a word with its tone, and the reason when it does not answer."""

    label: Any
    tone: str
    reason: str = ""
    is_online: bool = False


_TONES = {
    SiteState.ONLINE: "good",
    SiteState.DISABLED: "neutral",
    SiteState.MISSING: "neutral",
    SiteState.WAITING: "info",
}
NOT_ASKED = State(_l("Not asked"), "neutral")
"""How the site of an archived customer stands."""


def read_id(text: str) -> str:
    """Return a cursor's ID; raise ValueError when it is none."""
    if not re.fullmatch(Customer.ID_PATTERN, text, re.ASCII):
        raise ValueError(text)
    return text


def listed(reader: Any, *, q: str = "", customer: str = "", shown: str = "") -> Select[*tuple[Any, ...]]:
    """Return the select of the list's rows."""
    statement = (
        select(
            Site.id, Site.alias, Site.customer_id, Customer.name.label("customer_name"), Site.livestatus,
            Site.is_disabled, Site.edition, Site.product_version, Customer.archived_at.label("customer_archived_at"),
            *standing.columns(),
        )
        .join(Customer, Customer.id == Site.customer_id)
        .outerjoin(standing.SiteStanding, standing.SiteStanding.site_id == Site.id)
        .where(Site.seen_by(reader), Site.archived_at.is_(None))
    )  # fmt: skip
    if customer:
        statement = statement.where(Site.customer_id == customer)
    if shown in _CONDITIONS:
        statement = statement.where(_CONDITIONS[shown])
    for word in fold(q).split()[:8]:
        statement = statement.where(
            or_(
                Site.alias_key.contains(sort_key(word), autoescape=True),
                func.lower(Site.id).contains(word, autoescape=True),
                func.lower(Site.livestatus).contains(word, autoescape=True),
                Customer.name_key.contains(sort_key(word), autoescape=True),
            )
        )
    return statement


def options(session: Session, *, but: str = "", limit: int = 500) -> list[tuple[str, str]]:
    """Return IDs and aliases of sites for a look-up; any other ID can still be typed."""
    rows = session.execute(
        select(Site.id, Site.alias)
        .where(Site.archived_at.is_(None), Site.id != but)
        .order_by(Site.alias_key, Site.id)
        .limit(limit)
    )
    return [(row.id, row.alias) for row in rows]


def states(session: Session, reader: Any, ids: Iterable[str]) -> dict[str, State]:
    """Return how these sites stand: each is asked for its status, dead ones are remembered. One statement."""
    return {answer.site_id: state_of(answer) for answer in poller.ask(_targets(session, reader, ids))}


def state_of(answer: Answer) -> State:
    """Return how a site stands by what it answered."""
    return State(STATES[answer.state], _TONES.get(answer.state, "bad"), answer.reason, answer.is_online)


def target(session: Session, reader: Any, site: Site) -> Target:
    """Return a site as the poller knows it; that of an archived customer, which it does not, by itself."""
    known = _targets(session, reader, [site.id])
    return known[0] if known else Target(site.id, site.livestatus, site.timeout / 1000, site.tls_ca)


def _targets(session: Session, reader: Any, ids: Iterable[str]) -> list[Target]:
    only = [f"site:{id}" for id in ids]
    return [seen.target for seen in sight.sites(session, reader, only=only, even_hidden=True)] if only else []


def facts(answer: Answer) -> list[tuple[Any, Any]]:
    """Return what a site said of itself when its connection was tested, as pairs for a page."""
    status = answer.status
    found = [
        (_("Version"), status.get("program_version")),
        (_("Edition"), edition_name(str(status.get("edition") or "")) or _("Unknown: this core does not say")),
        (_("Hosts"), _number(status.get("num_hosts"))),
        (_("Services"), _number(status.get("num_services"))),
        (_("Answered within"), _("%(number)s seconds", number=format_number(Decimal(f"{answer.seconds:.3f}")))),
    ]
    return [(label, value) for label, value in found if value is not None]


def shown_certificate(answer: Answer) -> Certificate | None:
    """Return the certificate a site showed when it was asked over TLS; None without one."""
    try:
        return described(load_der_x509_certificate(answer.certificate)) if answer.certificate else None
    except ValueError:
        return None


def _number(value: Any) -> str | None:
    return format_number(value) if isinstance(value, int) else None
