"""A simulated core: it speaks Livestatus as Checkmk's do, over real sockets, and lies as it is told."""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Awaitable, Callable
from typing import Any

from portal.monitoring.livestatus.answers import Target
from tests.factories.fleets import fleet
from tests.factories.livestatus import Tables, answer


class Talk:
    """One request on one connection, for whoever answers it."""

    def __init__(self, core: Simulated, request: str, writer: asyncio.StreamWriter) -> None:
        self.core, self.request, self.writer = core, request, writer

    @property
    def truth(self) -> bytes:
        """Return the frame an honest core sends."""
        return self.core.told(self.request)

    @property
    def is_greeting(self) -> bool:
        """Tell whether it only asks for the status."""
        return self.request.startswith("GET status")

    async def send(self, data: bytes) -> None:
        """Send bytes as they are."""
        self.writer.write(data)
        await self.writer.drain()

    def reset(self) -> None:
        """Break the connection off."""
        self.writer.transport.abort()


Behaviour = Callable[[Talk], Awaitable[None]]


async def honest(talk: Talk) -> None:
    """Answer the truth."""
    await talk.send(talk.truth)


class Simulated:
    """A core on a TCP port of this machine. `behave` may be changed while it runs; `requests` holds what it heard."""

    def __init__(
        self,
        tables: Tables | None = None,
        *,
        site_id: str = "simulated",
        latency: float = 0.0,
        tls: ssl.SSLContext | None = None,
        behave: Behaviour = honest,
    ) -> None:
        self.tables = fleet() if tables is None else tables
        self.site_id, self.latency, self.tls, self.behave = site_id, latency, tls, behave
        self.requests: list[str] = []
        self.commands: list[str] = []
        self.connections = 0
        self.port = 0
        self._kept: dict[str, bytes] = {}
        self._writers: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    def target(self, **more: Any) -> Target:
        """Return how the poller reaches it."""
        address = f"{'tls' if self.tls else 'tcp'}:127.0.0.1:{self.port}"
        return Target(self.site_id, **{"livestatus": address, "timeout": 10.0, **more})

    @property
    def open_connections(self) -> int:
        """Return how many connections there are now."""
        return len(self._writers)

    def told(self, request: str) -> bytes:
        """Return the true answer; the same question gets it from memory until `forget()`."""
        if request not in self._kept:
            self._kept[request] = answer(self.tables, request)
        return self._kept[request]

    def forget(self) -> None:
        """Look at the tables again."""
        self._kept.clear()

    async def open(self) -> None:
        """Listen, on the port of before if there was one."""
        self._loop = asyncio.get_running_loop()
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port, ssl=self.tls)
        self.port = self._server.sockets[0].getsockname()[1]

    async def shut(self) -> None:
        """Refuse connections and break those there are."""
        if self._server:
            self._server.close()
            for writer in list(self._writers):
                writer.transport.abort()
            await self._server.wait_closed()
            self._server = None
        await asyncio.sleep(0)

    def do(self, work: Any) -> None:
        """Run `open()` or `shut()` from a test."""
        assert self._loop is not None
        asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    def hang_up(self) -> None:
        """Close all connections as an idle core does, and listen on."""

        async def close() -> None:
            for writer in list(self._writers):
                writer.close()

        self.do(close())

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._writers.add(writer)
        loop, heard = asyncio.get_running_loop(), b""
        try:
            while data := await reader.read(2**16):
                due = loop.time() + self.latency
                *requests, heard = (heard + data).split(b"\n\n")
                for request in requests:
                    await self._take(request.decode(), writer, due - loop.time())
        except (asyncio.CancelledError, OSError):
            pass
        finally:
            self._writers.discard(writer)
            writer.transport.abort()

    async def _take(self, request: str, writer: asyncio.StreamWriter, delay: float) -> None:
        if request.startswith("COMMAND "):
            self.commands.append(request)
            return
        self.requests.append(request)
        if delay > 0:
            await asyncio.sleep(delay)
        await self.behave(Talk(self, request, writer))


class Stage:
    """The thread in which simulated cores run."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._cores: list[Simulated] = []
        self._thread = threading.Thread(target=self._loop.run_forever, name="simulated cores", daemon=True)
        self._thread.start()

    def __call__(self, *arguments: Any, **more: Any) -> Simulated:
        """Start a core; the arguments are those of `Simulated`."""
        core = Simulated(*arguments, **more)
        asyncio.run_coroutine_threadsafe(core.open(), self._loop).result(10)
        self._cores.append(core)
        return core

    def close(self) -> None:
        """Stop all cores and the thread."""

        async def end() -> None:
            for core in self._cores:
                await core.shut()
            tasks = asyncio.all_tasks() - {asyncio.current_task()}
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await asyncio.sleep(0)

        asyncio.run_coroutine_threadsafe(end(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()
