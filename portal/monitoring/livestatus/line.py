"""A line: what one process knows of one site, and its connections to it.

A site that fails is remembered as dead and answered for at once from then on, while the line tries it again in the
background, at growing pauses. The pauses start over when a question was answered, not when a try succeeded: a site
that greets and then keeps silent is not waited for every two seconds.
"""

from __future__ import annotations

import asyncio
import random
from collections import deque
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l

from ...database import now
from .address import Allowed, NotReachable
from .answers import SiteState, Standing, Target
from .dial import FAILED, LATE, dial
from .greeting import Greeting
from .wire import CLOSED, Connection, Exchange

if TYPE_CHECKING:
    from .status_host import StatusHost

MOST, KEPT = 4, 2
"""Connections to one site from one process, and how many of them stay open: a core takes some twenty in all."""
FIRST_PAUSE, LONGEST_PAUSE = 2.0, 60.0
"""Seconds between tries of a dead site."""
UNASKED = 900.0
"""Seconds after which a dead site nobody asks for is not tried any more, until somebody does."""

DICE = random.Random()
"""A source of its own: what others draw from the common one in other threads stays as they seeded it."""

UNDETERMINED = Standing(SiteState.WAITING, _l("The status of this site has not been determined yet."))
SILENT = _l("The site does not answer in time.")
BUSY = _l("The site is still busy with earlier questions.")


class Line:
    """The connections to one target. Everything here runs in the switchboard's thread."""

    def __init__(self, target: Target, allowed: Allowed, status_host: StatusHost | None) -> None:
        self.target, self.allowed, self.status_host = target, allowed, status_host
        self.loop = asyncio.get_running_loop()
        self.standing = UNDETERMINED
        self.asked_at = self.loop.time()
        self.greeting = Greeting()
        self.certificate = b""
        self._open: set[Connection] = set()
        self._idle: list[Connection] = []
        self._queue: deque[Exchange] = deque()
        self._waiting: set[Exchange] = set()
        self._dialling: set[asyncio.Task[None]] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._pause = FIRST_PAUSE
        self._is_retired = self._is_resting = False

    # --- questions

    def ask(self, exchange: Exchange, *, past_status_host: bool = False) -> None:
        """Send the questions, or answer at once for a site that is known not to."""
        self.asked_at = self.loop.time()
        if self.standing.state is not SiteState.ONLINE and self.standing is not UNDETERMINED:
            exchange.fail(self.standing, self.asked_at)
            if self._is_resting:
                self.retry()
            return
        self._waiting.add(exchange)
        if self.status_host and not past_status_host:
            is_new = self.standing is UNDETERMINED
            if self.status_host.is_due(self.asked_at):
                self.status_host.ask(self._judged)
            if is_new:
                self._queue.append(exchange)
                return
        self._start(exchange)

    def late(self, exchange: Exchange) -> None:
        """End an exchange whose time is up: the site is dead, unless it only never came to this one."""
        if exchange.is_over:
            return
        if exchange.is_sent or not self._open:
            self.fail(SiteState.DEAD, SILENT if self._open else LATE)
        else:
            self._waiting.discard(exchange)
            exchange.fail(Standing(SiteState.DEAD, BUSY), self.loop.time())

    def _start(self, exchange: Exchange) -> None:
        if self._idle:
            self._idle.pop().send(exchange)
        elif len(self._open) + len(self._dialling) < MOST:
            self._dial(exchange)
        else:
            self._queue.append(exchange)

    def _start_queued(self) -> None:
        queue, self._queue = self._queue, deque()
        for exchange in queue:
            if not exchange.is_over:
                self._start(exchange)

    # --- connections

    def _dial(self, exchange: Exchange | None) -> None:
        task = self.loop.create_task(self._dialled(exchange))
        self._dialling.add(task)
        task.add_done_callback(self._dialling.discard)

    async def _dialled(self, exchange: Exchange | None) -> None:
        try:
            connection = await dial(self.target, self.allowed, lambda: Connection(self))
        except NotReachable as refusal:
            self.fail(SiteState.DEAD, refusal.sentence)
            return
        except Exception:
            self.fail(SiteState.DEAD, FAILED)
            return
        if connection.transport.is_closing():
            self.fail(SiteState.DEAD, CLOSED)
            return
        self._open.add(connection)
        tls = connection.transport.get_extra_info("ssl_object")
        self.certificate = tls.getpeercert(True) or b"" if tls else b""
        first = Exchange(self.greeting.batch, self, self._greeted, self.loop.time())
        connection.send(first, *([exchange] if exchange and not exchange.is_over else []))

    def _greeted(self, exchange: Exchange) -> None:
        """Take the site's status, told on every new connection."""
        try:
            status = self.greeting.read(exchange.answers)
        except NotReachable as refusal:
            self.fail(SiteState.DEAD, refusal.sentence)
            return
        if self.standing.state is not SiteState.ONLINE:
            self.standing = Standing(SiteState.ONLINE, "", now(), status)
            self._start_queued()
        else:
            self.standing = replace(self.standing, status=status)

    # --- what connections tell

    def answered(self, exchange: Exchange) -> None:
        """Take a whole exchange."""
        if exchange in self._waiting:
            self._waiting.discard(exchange)
            self._pause = FIRST_PAUSE
        exchange.end(self.loop.time())

    def free(self, connection: Connection) -> None:
        """Take a connection that has nothing more to answer."""
        connection.used_at = self.loop.time()
        while self._queue:
            exchange = self._queue.popleft()
            if not exchange.is_over:
                connection.send(exchange)
                return
        if self._is_retired or len(self._idle) >= KEPT:
            self._forget(connection)
        else:
            self._idle.append(connection)

    def broken(self, reason: Any) -> None:
        """Take it that a connection carried what it must not: nothing this site says is believed any more."""
        self.fail(SiteState.DEAD, reason)

    def lost(self, connection: Connection) -> None:
        """Take it that the site closed a connection: ask again over a new one where that is sure to be harmless."""
        self._forget(connection)
        left = [exchange for exchange in connection.pending if not exchange.is_over]
        if not left:
            return
        exchange = left[-1]
        if connection.is_kept and connection.is_silent and not exchange.is_again:
            exchange.is_again = True
            for other in self._idle[:]:
                self._forget(other)
        elif not connection.is_after_refusal:
            self.fail(SiteState.DEAD, connection.loss)
            return
        exchange.is_sent = False
        self._dial(exchange if exchange in self._waiting else None)

    def _forget(self, connection: Connection) -> None:
        connection.drop()
        self._open.discard(connection)
        if connection in self._idle:
            self._idle.remove(connection)

    # --- dead sites

    def fail(self, state: SiteState, reason: Any) -> None:
        """Remember that the site gives no answers and why, tell whoever waits for one, and try again after a pause."""
        was = self.standing
        self.standing = Standing(state, reason, (was.state is state and was.since) or now(), was.status)
        self._hang_up()
        waiting, self._waiting = self._waiting, set()
        for exchange in waiting:
            exchange.fail(self.standing, self.loop.time())
        if not self._is_retired:
            self._later(self._pause * DICE.uniform(0.9, 1.1), self.retry)
            self._pause = min(2 * self._pause, LONGEST_PAUSE)

    def retry(self) -> None:
        """Try a dead site once more, its status host first; rest when nobody wants to know."""
        self._hang_up()
        self._is_resting = self.loop.time() - self.asked_at > UNASKED
        if self._is_resting:
            return
        if self.status_host:
            self.status_host.ask(self._judged)
        else:
            self._try()

    def _try(self) -> None:
        self._dial(None)
        self._later(self.target.timeout, self._tried)

    def _tried(self) -> None:
        if self.standing.state is not SiteState.ONLINE:
            self.fail(SiteState.DEAD, SILENT if self._open else LATE)

    def _judged(self, verdict: Standing) -> None:
        """Take what the status host's site says: with the host up, this site is asked."""
        if verdict.state is not SiteState.ONLINE:
            self.fail(verdict.state, verdict.reason)
        elif self.standing is UNDETERMINED:
            self._start_queued()
        elif self.standing.state is not SiteState.ONLINE and not self._is_retired:
            self._try()

    def _later(self, seconds: float, act: Any) -> None:
        if self._timer:
            self._timer.cancel()
        self._timer = self.loop.call_later(seconds, act)

    # --- the end

    def _hang_up(self) -> None:
        """Close every connection and end every attempt at one."""
        if self._timer:
            self._timer.cancel()
        for task in list(self._dialling):
            if task is not asyncio.current_task():
                task.cancel()
        self._dialling.clear()
        for connection in list(self._open):
            self._forget(connection)
        self._queue.clear()

    def close_idle(self, since: float) -> None:
        """Close connections nobody used since then."""
        for connection in [one for one in self._idle if one.used_at < since]:
            self._forget(connection)

    def retire(self) -> None:
        """End: what is being asked is still answered, then every connection closes."""
        self._is_retired = True
        if self._waiting:
            self.close_idle(float("inf"))
        else:
            self._hang_up()

    def end(self) -> None:
        """End at once: whoever waits is told that there is no answer."""
        self._is_retired = True
        self.fail(SiteState.DEAD, FAILED)
