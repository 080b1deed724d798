"""Commands: what a site is told to do. A site answers none; that it read one shows in its answer to what follows."""

from __future__ import annotations

import asyncio
import math
import re
import time
from typing import Any

from .address import Allowed, NotReachable
from .answers import Target
from .dial import LATE, dial
from .greeting import STATUS
from .query import BadValue, checked
from .wire import CLOSED

_NAME = re.compile(r"[A-Z][A-Z0-9_]*")


def text(*words: str | int) -> bytes:
    """Return a command, its name first, as it goes over the wire; raises BadValue.

    Arguments are separated by semicolons: only the last may hold one. Its time is this second's end: a result from its
    beginning may be older than what the core has, which it would then ignore.
    """
    name, *arguments = map(str, words)
    if not _NAME.fullmatch(name) or any(";" in argument for argument in arguments[:-1]):
        raise BadValue(f"no command: {name[:40]!r}")
    return f"COMMAND [{math.ceil(time.time())}] {';'.join((name, *map(checked, arguments)))}\n\n".encode()


class _Sender(asyncio.Protocol):
    """Waits for the first sign that what was sent has been read."""

    def __init__(self) -> None:
        self.heard: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.transport: Any = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def data_received(self, _data: bytes) -> None:
        if not self.heard.done():
            self.heard.set_result(None)

    def connection_lost(self, error: Exception | None) -> None:
        if not self.heard.done():
            self.heard.set_exception(NotReachable(CLOSED)) if error else self.heard.set_result(None)

    def drop(self) -> None:
        self.transport.abort()


async def send(target: Target, allowed: Allowed, command: bytes) -> None:
    """Send a command and wait until it is read; raises NotReachable."""
    sender = await dial(target, allowed, _Sender)
    try:
        sender.transport.write(command + STATUS.text())
        async with asyncio.timeout(target.timeout):
            await sender.heard
    except TimeoutError:
        raise NotReachable(LATE) from None
    finally:
        sender.drop()
