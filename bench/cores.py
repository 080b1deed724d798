"""Simulated cores for the clock: many in one process, on real sockets, each answer held back by a latency.

Run as `python -m bench.cores NUMBER HOSTS LATENCY`: it prints the ports and serves until its input ends.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.factories.fleets import fleet
from tests.factories.livestatus import Tables, answer

SERVICES = 10


class Core(asyncio.Protocol):
    """A connection to a core; answers come from memory once they were worked out."""

    def __init__(self, tables: Tables, kept: dict[bytes, bytes], latency: float) -> None:
        self.tables, self.kept, self.latency = tables, kept, latency
        self.heard = b""

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        *requests, self.heard = (self.heard + data).split(b"\n\n")
        said = b"".join(self.told(request) for request in requests)
        asyncio.get_running_loop().call_later(self.latency, self.transport.write, said)

    def told(self, request: bytes) -> bytes:
        if request not in self.kept:
            self.kept[request] = answer(self.tables, request.decode())
        return self.kept[request]


async def serve(number: int, hosts: int, latency: float) -> None:
    loop, tables, kept = asyncio.get_running_loop(), fleet(hosts, SERVICES), {}
    servers = [await loop.create_server(lambda: Core(tables, kept, latency), "127.0.0.1", 0) for _ in range(number)]
    print(*(server.sockets[0].getsockname()[1] for server in servers), flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


@contextmanager
def running(number: int, hosts: int, latency: float, *, processes: int = 2) -> Iterator[list[int]]:
    """Serve cores in processes of their own and give their ports."""
    command = [sys.executable, "-m", "bench.cores", str(number // processes), str(hosts), str(latency)]
    started = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(processes)
    ]
    try:
        yield [int(port) for process in started for port in process.stdout.readline().split()]
    finally:
        for process in started:
            process.communicate()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])))
