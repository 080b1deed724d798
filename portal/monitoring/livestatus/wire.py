"""The wire: requests that go out together, and the frames that come back, over one connection.

A frame is `ResponseHeader: fixed16`: three digits, a blank, a length in eleven characters, a line feed, then the body.
Nothing of a body is read before its announced length is known to be one that the question can have.
"""

from __future__ import annotations

import asyncio
import re
import socket
from collections import deque
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l

from .answers import SiteState, Standing
from .query import Query

if TYPE_CHECKING:
    from .line import Line

HEADER = re.compile(rb"([0-9]{3}) (?=[ 0-9]{11}\n) *([0-9]+)\n")
HEADER_SIZE = 16
OK = 200

NOT_LIVESTATUS = _l("What answers there does not speak Livestatus.")
SPEAKS_TLS = _l("The site speaks TLS: its address begins with tls:.")
TOO_LARGE = _l("The site announced an answer larger than the question can have.")
TOO_MUCH = _l("The site sent more than was asked.")
CUT_OFF = _l("The site broke its answer off.")
CLOSED = _l("The site closes the connection without an answer. It may expect TLS, or not let this portal in.")
NOT_KEPT = _l("The site closes the connection after an answer, though it was asked to keep it.")


class Batch:
    """Requests that are asked together: their bytes, and the most bytes each answer may have."""

    def __init__(self, queries: Sequence[Query]) -> None:
        self.requests = [query.text() for query in queries]
        self.largest = [query.largest for query in queries]
        self.all = b"".join(self.requests)


class Exchange:
    """One batch and one site: the answers as far as they came, or how the site stands that gave none."""

    __slots__ = ("answers", "batch", "done", "ended", "failure", "is_again", "is_over", "is_sent", "line", "started")

    def __init__(self, batch: Batch, line: Line, done: Callable[[Exchange], None], started: float) -> None:
        self.batch, self.line, self.done, self.started = batch, line, done, started
        self.answers: list[tuple[int, bytes]] = []
        self.failure: Standing | None = None
        self.is_over = self.is_sent = self.is_again = False
        self.ended = 0.0

    def unanswered(self) -> bytes:
        """Return the requests that have no answer yet."""
        count = len(self.answers)
        return b"".join(self.batch.requests[count:]) if count else self.batch.all

    def fail(self, standing: Standing, now: float) -> None:
        """End without an answer."""
        self.failure = standing
        self.end(now)

    def end(self, now: float) -> None:
        """End, once."""
        if not self.is_over:
            self.is_over, self.ended = True, now
            self.done(self)


class Connection(asyncio.Protocol):
    """A connection of a line. Whatever is wrong with it, the line is told once, and it carries nothing any more."""

    def __init__(self, line: Line) -> None:
        self.line = line
        self.transport: Any = None
        self._hurry: Any = None
        self.pending: deque[Exchange] = deque()
        self.used_at = 0.0
        self.is_kept = False
        """Whether it has answered a batch before: the site may have closed it meanwhile."""
        self._is_dropped = False
        self._chunks: list[bytes] = []
        self._have, self._need, self._heard, self._last = 0, HEADER_SIZE, 0, OK

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Note the transport."""
        self.transport = transport
        line = transport.get_extra_info("socket")
        if line is not None and line.family != socket.AF_UNIX and hasattr(socket, "TCP_QUICKACK"):
            self._hurry = line

    def send(self, *exchanges: Exchange) -> None:
        """Ask; the answers come in the same order."""
        self.pending.extend(exchanges)
        self._heard, self._last = 0, OK
        for exchange in exchanges:
            exchange.is_sent = True
        self.transport.write(
            exchanges[0].unanswered() if len(exchanges) == 1 else b"".join(e.unanswered() for e in exchanges)
        )
        if self._hurry is not None:
            # A core that writes header and body apart waits for our receipt of the first, which is put off by 40 ms.
            self._hurry.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)

    def drop(self) -> None:
        """Close at once and say no more."""
        self._is_dropped = True
        self._chunks.clear()
        if self.transport is not None:
            self.transport.abort()

    def data_received(self, data: bytes) -> None:
        """Take what came, and give each exchange its answers as soon as they are whole."""
        if self._is_dropped:
            return
        self._heard += len(data)
        self._chunks.append(data)
        self._have += len(data)
        if self._have < self._need:
            return
        self._keep(self._frames(data if len(self._chunks) == 1 else b"".join(self._chunks)))

    def _keep(self, rest: bytes) -> None:
        """Keep what belongs to a frame that has not come whole; with nothing more to come the connection is free."""
        if self._is_dropped:
            return
        if rest and not self.pending:
            self.line.broken(TOO_MUCH)
            return
        self._chunks, self._have = [rest] if rest else [], len(rest)
        if not self.pending:
            self.is_kept = True
            self.line.free(self)

    def _frames(self, data: bytes) -> bytes:
        """Hand over every whole frame and return what is left; notes how much the next one needs."""
        at, self._need = 0, HEADER_SIZE
        while self.pending and len(data) - at >= HEADER_SIZE:
            exchange = self.pending[0]
            header = HEADER.match(data, at)
            if not header:
                self.line.broken(SPEAKS_TLS if _is_tls(data[at:]) else NOT_LIVESTATUS)
                return b""
            code, size = int(header[1]), int(header[2])
            if size > exchange.batch.largest[len(exchange.answers)]:
                self.line.broken(TOO_LARGE)
                return b""
            start = at + HEADER_SIZE
            if len(data) < start + size:
                self._need = HEADER_SIZE + size
                break
            exchange.answers.append((code, data[start : start + size]))
            at, self._last = start + size, code
            if len(exchange.answers) == len(exchange.batch.requests):
                self.pending.popleft()
                self.line.answered(exchange)
                if self._is_dropped:
                    return b""
        return data[at:]

    def connection_lost(self, error: Exception | None) -> None:
        """Tell the line, unless it was the line that closed."""
        if not self._is_dropped:
            self._is_dropped = True
            self.line.lost(self)

    @property
    def is_silent(self) -> bool:
        """Tell whether nothing came since the last request."""
        return not self._heard

    @property
    def loss(self) -> Any:
        """Return in a sentence what the loss of this connection means."""
        if self._have:
            return SPEAKS_TLS if _is_tls(b"".join(self._chunks)) else CUT_OFF
        return NOT_KEPT if self._heard else CLOSED

    @property
    def is_after_refusal(self) -> bool:
        """Tell whether the last thing heard was a whole answer that refused: some cores close after one."""
        return not self._have and self._last != OK


def _is_tls(data: bytes) -> bool:
    return data[:2] in (b"\x15\x03", b"\x16\x03")


def dead(reason: Any) -> Standing:
    """Return the standing of a site that gave no answer for that reason."""
    return Standing(SiteState.DEAD, reason)
