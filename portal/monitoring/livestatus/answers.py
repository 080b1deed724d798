"""Answers: what one site said, or why it said nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from flask_babel import lazy_gettext as _l


class SiteState(StrEnum):
    """How a site stands with us (reference, section 2)."""

    ONLINE = "online"
    DISABLED = "disabled"
    DOWN = "down"
    UNREACH = "unreach"
    DEAD = "dead"
    WAITING = "waiting"
    MISSING = "missing"


STATES = {
    SiteState.ONLINE: _l("Online"),
    SiteState.DISABLED: _l("Disabled"),
    SiteState.DOWN: _l("Down"),
    SiteState.UNREACH: _l("Unreachable"),
    SiteState.DEAD: _l("Dead"),
    SiteState.WAITING: _l("Waiting"),
    SiteState.MISSING: _l("Missing"),
}


@dataclass(frozen=True)
class Target:
    """A site as the poller needs it; equal targets share connections.

    `status_site` is the site whose host `status_host` says whether this one can be reached; None where there is none
    such (any more).
    """

    site_id: str
    livestatus: str
    timeout: float = field(default=2.0, compare=False)
    """Seconds."""
    tls_ca: str = ""
    is_disabled: bool = False
    status_site_id: str = ""
    status_host: str = ""
    status_site: Target | None = None


@dataclass(frozen=True)
class Standing:
    """How a site stands: its state, why, since when, and its status row as last heard."""

    state: SiteState
    reason: Any = ""
    since: datetime | None = None
    status: dict[str, Any] = field(default_factory=dict)


@dataclass
class Answer:
    """What a site answered: one table of rows for each query, in their order; empty ones where it did not.

    `reason` is a sentence for the reader when the state is not online, `since` when it came to that. `is_cut` tells for
    each query whether there are more rows than its limit. `status` is the site's own status row by column, as last
    heard. A site that refuses one of the questions counts as dead in that answer alone, and says what it refused.
    """

    site_id: str
    state: SiteState
    reason: str = ""
    tables: list[list[list[Any]]] = field(default_factory=list)
    is_cut: list[bool] = field(default_factory=list)
    status: dict[str, Any] = field(default_factory=dict)
    seconds: float = 0.0
    since: datetime | None = None
    as_of: datetime | None = None
    """Of an answer that the portal gave from its inventory, because the site could not be asked: as of when."""
    certificate: bytes = b""
    """What the site showed on a `tls:` connection, in DER."""

    @property
    def is_online(self) -> bool:
        """Tell whether the site answered."""
        return self.state is SiteState.ONLINE
