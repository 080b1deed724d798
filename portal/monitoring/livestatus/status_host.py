"""The status host: a host of another site, which says whether a site can be reached at all.

With it down or unreachable nobody runs into a timeout: the site is known to be beyond reach (reference, section 2).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l

from .answers import SiteState, Standing
from .query import Is, Query
from .tables import Lie, table
from .wire import OK, Batch, Exchange, dead

if TYPE_CHECKING:
    from .line import Line

SECONDS = 5.0
"""How old its state may be."""

UP = Standing(SiteState.ONLINE)
VERDICTS = {
    0: UP,
    1: Standing(SiteState.DOWN, _l("The host that stands for this site is down.")),
    2: Standing(SiteState.UNREACH, _l("The host that stands for this site cannot be reached.")),
}
PENDING = Standing(SiteState.WAITING, _l("The host that stands for this site has not been checked yet."))
SILENT = dead(_l("The site that knows whether this one can be reached does not tell."))
UNKNOWN = dead(_l("The host that is to stand for this site is not known to its site."))
NO_SITE = dead(_l("The site that is to know whether this one can be reached is gone."))


class StatusHost:
    """The status host of one line. `line` gives the line of the site that knows it, None when there is none."""

    def __init__(self, line: Callable[[], Line | None], host: str) -> None:
        self._line = line
        self._batch = Batch([Query("hosts", ("state", "has_been_checked"), where=(Is("name", "=", host),), limit=1)])
        self._asked_at = float("-inf")

    def is_due(self, now: float) -> bool:
        """Tell whether it is time to ask again."""
        return now - self._asked_at > SECONDS

    def ask(self, tell: Callable[[Standing], None]) -> None:
        """Ask for its state; `tell` hears what follows from it for the site."""
        loop = asyncio.get_running_loop()
        self._asked_at = loop.time()
        line = self._line()
        if line is None:
            loop.call_soon(tell, NO_SITE)
            return
        exchange = Exchange(self._batch, line, lambda exchange: tell(_verdict(exchange)), loop.time())
        loop.call_later(line.target.timeout, line.late, exchange)
        line.ask(exchange, past_status_host=True)


def _verdict(exchange: Exchange) -> Standing:
    if exchange.failure or exchange.answers[0][0] != OK:
        return SILENT
    query = Query("hosts", ("state", "has_been_checked"), limit=1)
    try:
        rows = table(exchange.answers[0][1], query)
    except Lie:
        return SILENT
    if not rows:
        return UNKNOWN
    state, is_checked = rows[0]
    return VERDICTS.get(state, SILENT) if is_checked else PENDING
