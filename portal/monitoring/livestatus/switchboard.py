"""The switchboard: one thread per process that holds the lines to all sites and waits for all of them at once."""

from __future__ import annotations

import asyncio
import math
import os
import threading
from collections import defaultdict
from collections.abc import Coroutine, Sequence
from concurrent.futures import Future
from typing import Any, cast

from .address import Allowed
from .answers import SiteState, Standing, Target
from .greeting import STATUS
from .line import Line
from .status_host import StatusHost
from .wire import Batch, Exchange

SWEEP_SECONDS = 5.0
IDLE_SECONDS = 15.0
"""After which an unused connection closes: a small core serves no more than a few, and who acts needs one."""
FORGET_SECONDS = 24 * 3600.0
"""After which a site nobody asks for any more is forgotten."""


PROBE = Batch([STATUS])


class Call:
    """Questions to many sites, until the last one has answered or failed."""

    def __init__(self, count: int) -> None:
        self.exchanges: list[Exchange] = []
        self._left = count
        self._finished = threading.Event()
        if not count:
            self._finished.set()

    def done(self, _exchange: Exchange) -> None:
        """Count one more."""
        self._left -= 1
        if not self._left:
            self._finished.set()

    def wait(self, seconds: float) -> bool:
        """Wait until all are done; tell whether they are."""
        return self._finished.wait(seconds)


class Switchboard:
    """All lines of a process, by target and by what was allowed when it was asked for."""

    def __init__(self) -> None:
        self.pid = os.getpid()
        self.loop = asyncio.new_event_loop()
        self._lines: dict[tuple[Target, Allowed], Line] = {}
        self._targets: defaultdict[tuple[str, Allowed], set[Target]] = defaultdict(set)
        self._thread = threading.Thread(target=self._run, name="livestatus", daemon=True)
        self._thread.start()

    # --- from any thread

    def call(self, questions: Sequence[tuple[Target, Batch]], allowed: Allowed) -> Call:
        """Ask every target its questions; return the call to wait for."""
        call = Call(len(questions))
        if questions:
            self.loop.call_soon_threadsafe(self._call, call, questions, allowed)
        return call

    def probe(self, target: Target, allowed: Allowed) -> Call:
        """Ask a target over a line of its own; return the call to wait for."""
        call = Call(1)
        self.loop.call_soon_threadsafe(self._probe, call, target, allowed)
        return call

    def distrust(self, line: Line, reason: Any) -> Standing:
        """Take it that a site lied, unless its line failed meanwhile; return how it stands."""

        async def fail() -> Standing:
            if line.standing.state is SiteState.ONLINE:
                line.fail(SiteState.DEAD, reason)
            return line.standing

        return cast(Standing, self.run(fail()).result())

    def run(self, work: Coroutine[Any, Any, Any]) -> Future[Any]:
        """Run a coroutine in the thread."""
        return asyncio.run_coroutine_threadsafe(work, self.loop)

    def leave(self, site_id: str, allowed: Allowed) -> None:
        """Close the connections to a site that is not to be called any more."""
        if self._targets.get((site_id, allowed)):
            self.loop.call_soon_threadsafe(self.drop, site_id, allowed)

    def standing(self, target: Target, allowed: Allowed) -> Standing | None:
        """Return what is remembered of a site."""
        line = self._lines.get((target, allowed))
        return line.standing if line else None

    def close(self) -> None:
        """Close every connection and end the thread."""
        if self._thread.is_alive():
            self.loop.call_soon_threadsafe(self.loop.stop)
            self._thread.join(5)

    # --- in the thread

    def line(self, target: Target, allowed: Allowed) -> Line:
        """Return the line of a target. Those to where the site was before an edit end."""
        key = (target, allowed)
        line = self._lines.get(key)
        if line is None:
            place = (target.livestatus, target.tls_ca)
            self.drop(target.site_id, allowed, unless=place)
            self._targets[target.site_id, allowed].add(target)
            line = self._lines[key] = Line(target, allowed, self._status_host(target, allowed))
        return line

    def drop(self, site_id: str, allowed: Allowed, unless: tuple[str, str] | None = None) -> None:
        """End the lines to a site, but not those to that address with that CA."""
        known = self._targets[site_id, allowed]
        for target in [one for one in known if (one.livestatus, one.tls_ca) != unless]:
            known.discard(target)
            self._lines.pop((target, allowed)).retire()

    def _status_host(self, target: Target, allowed: Allowed) -> StatusHost | None:
        if not target.status_host:
            return None
        other = target.status_site
        known = other is not None and not other.is_disabled
        return StatusHost(lambda: self.line(other, allowed) if other and known else None, target.status_host)

    def _call(self, call: Call, questions: Sequence[tuple[Target, Batch]], allowed: Allowed) -> None:
        started = self.loop.time()
        by_timeout = defaultdict(list)
        for target, batch in questions:
            line = self._lines.get((target, allowed)) or self.line(target, allowed)
            line.target = target  # an equal one, perhaps with another timeout
            exchange = Exchange(batch, line, call.done, started)
            call.exchanges.append(exchange)
            by_timeout[target.timeout].append(exchange)
        for timeout, exchanges in by_timeout.items():
            self.loop.call_later(timeout, self._late, exchanges)
        for exchange in call.exchanges:
            exchange.line.ask(exchange)

    def _probe(self, call: Call, target: Target, allowed: Allowed) -> None:
        line = Line(target, allowed, None)

        def done(exchange: Exchange) -> None:
            line.retire()
            kept = self._lines.get((target, allowed))
            if kept and not exchange.failure and kept.standing.state is not SiteState.ONLINE:
                kept.retry()
            call.done(exchange)

        call.exchanges.append(Exchange(PROBE, line, done, self.loop.time()))
        self.loop.call_later(target.timeout, self._late, call.exchanges)
        line.ask(call.exchanges[0])

    def _late(self, exchanges: list[Exchange]) -> None:
        for exchange in exchanges:
            if not exchange.is_over:
                exchange.line.late(exchange)

    def rest(self) -> None:
        """Close the connections that nobody uses now."""
        for line in self._lines.values():
            line.close_idle(math.inf)

    def _sweep(self) -> None:
        now = self.loop.time()
        for key, line in list(self._lines.items()):
            line.close_idle(now - IDLE_SECONDS)
            if line.asked_at < now - FORGET_SECONDS:
                self._targets[key[0].site_id, key[1]].discard(key[0])
                self._lines.pop(key).retire()
        self.loop.call_later(SWEEP_SECONDS, self._sweep)

    def _run(self) -> None:
        asyncio.set_event_loop(self.loop)
        self.loop.call_later(SWEEP_SECONDS, self._sweep)
        try:
            self.loop.run_forever()
        finally:
            self.loop.run_until_complete(self._end())
            self.loop.close()

    async def _end(self) -> None:
        for line in self._lines.values():
            line.end()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.sleep(0)  # aborted transports close their sockets in the next round
