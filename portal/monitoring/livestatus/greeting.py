"""The greeting: what a site is asked first on every connection: that it is there, and what it is.

Not every core knows its edition and process: once one refuses those columns it is not asked for them again.
"""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from .address import NotReachable
from .query import Query
from .tables import Lie, table
from .wire import OK, Batch

STATUS = Query(
    "status", ("program_version", "livestatus_version", "program_start", "num_hosts", "num_services"), limit=1
)
MORE = Query("status", ("edition", "core_pid"), limit=1)
BOTH, ONE = Batch((STATUS, MORE)), Batch((STATUS,))

NO_STATUS = _l("The site does not tell its status.")


class Greeting:
    """What one site is asked on a new connection."""

    def __init__(self) -> None:
        self.batch = BOTH

    def read(self, answers: list[tuple[int, bytes]]) -> dict[str, Any]:
        """Return the status by column; raises NotReachable when the site does not tell it."""
        found: dict[str, Any] = {}
        for (code, body), query in zip(answers, (STATUS, MORE), strict=False):
            if code != OK and query is STATUS:
                raise NotReachable(NO_STATUS)
            if code != OK:
                self.batch = ONE
                continue
            try:
                rows = table(body, query)
            except Lie as lie:
                raise NotReachable(lie.sentence) from None
            if not rows:
                raise NotReachable(NO_STATUS)
            found |= zip(query.columns, rows[0], strict=True)
        return found
