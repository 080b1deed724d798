"""A portal that fails on demand: the same data, and one address for each way things go wrong."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from werkzeug.exceptions import RequestEntityTooLarge

from portal.access.guard import public
from portal.errors import Busy, Forged, Refused, StorageFull, TooMany
from tests.e2e.portal import Portal, close
from tests.factories.serving import served

FAILURES: dict[int, Any] = {
    403: Forged("role"),
    409: Refused("A company needs a super user."),
    413: RequestEntityTooLarge(),
    429: TooMany("There were too many wrong passwords for this name.", retry_after=300),
    500: ZeroDivisionError("division by zero"),
    503: Busy("Too many documents are being made right now."),
    507: StorageFull("There is no room left to keep the file."),
}


@contextmanager
def failing(portal: Portal) -> Iterator[str]:
    """Serve `/fail/<status>` beside a portal, for its people; yield the address."""
    app = portal.app()
    app.config["COMPRESS_STREAMS"] = False  # what compresses files leaves them open

    @app.get("/fail/<int:status>")
    @public
    def fail(status: int) -> None:
        raise FAILURES[status]

    try:
        with served(app) as address:
            yield address
    finally:
        close(app)
