"""The front: the portal as an ASGI application, so that sending a file holds none of the threads that make pages.

An answer that is a file (`wsgi.file_wrapper`, PEP 3333) leaves its thread at once and is sent from here: as a whole by
the server itself (`http.response.pathsend`), in part chunk by chunk. A page goes back in one piece, because each turn
between thread and event loop costs it a tenth of a millisecond; only what is long is sent as it is made.

Nor do slow clients hold up the others: a thread takes a request once its body is there, or its beginning, and no more
than half of the threads take what is longer.
"""

from __future__ import annotations

import asyncio
import os
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from contextvars import copy_context
from io import BufferedReader
from typing import Any, BinaryIO
from urllib.parse import quote_from_bytes

from a2wsgi.wsgi import Body, build_environ

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

CHUNK = 128 * 1024
"""Bytes read at once: the server keeps some of them for each connection, so more costs memory, fewer speed."""
PATIENCE = 60.0
"""Seconds a client may neither send nor take anything before its connection is cut."""
SLOWEST = 1024
"""Bytes a second; who sends fewer uses up that patience."""
AHEAD = 64 * 1024
"""Bytes of a body that are collected before a thread takes the request: all of most forms."""
ASCII = bytes(range(0x21, 0x7F)).decode()


class Gone(ConnectionError):
    """The client has gone, or moves nothing any more."""


class FileBody:
    """A file as the body of an answer: from where it stands, as many bytes as Content-Length says."""

    def __init__(self, file: BinaryIO, block_size: int = CHUNK) -> None:
        self.file, self._block_size = file, block_size

    def __iter__(self) -> Iterator[bytes]:
        return iter(lambda: self.file.read(self._block_size), b"")

    def close(self) -> None:
        """Close the file."""
        self.file.close()


class Front:
    """The ASGI application around a WSGI application that runs in `threads` threads."""

    def __init__(self, app: Callable[..., Iterable[bytes]], *, threads: int) -> None:
        self._app = app
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="page")
        self._uploads = asyncio.Semaphore(max(threads // 2, 1))

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        """Answer one request."""
        # WSGI makes one of two spellings of a header: a client could write into what the proxy says.
        scope["headers"] = [(name, value) for name, value in scope["headers"] if b"_" not in name]
        scope["query_string"] = quote_from_bytes(scope["query_string"], safe=ASCII).encode()
        exchange = Exchange(receive, send)
        environ: Any = build_environ(scope, Body(exchange.loop, exchange.receive))  # type: ignore[arg-type]
        environ["wsgi.file_wrapper"] = FileBody
        if "HTTP_TRANSFER_ENCODING" in environ:
            environ["wsgi.input_terminated"] = True
        has_body = "CONTENT_LENGTH" in environ or "HTTP_TRANSFER_ENCODING" in environ
        try:
            async with self._uploads if has_body and not await exchange.collect() else nullcontext():
                await exchange.loop.run_in_executor(self._threads, copy_context().run, self._make, environ, exchange)
            await exchange.finish()
        except Gone:
            pass
        finally:
            exchange.close()

    def _make(self, environ: Any, exchange: Exchange) -> None:
        """Let the page be made, in one of the threads; what follows its first piece is sent meanwhile."""
        body = self._app(environ, exchange.start)
        if isinstance(body, FileBody) and isinstance(body.file, BufferedReader):
            exchange.file = body.file
            return
        try:
            for piece in body:
                if exchange.held:
                    asyncio.run_coroutine_threadsafe(exchange.push(exchange.held), exchange.loop).result()
                exchange.held = piece
        finally:
            getattr(body, "close", lambda: None)()


class Exchange:
    """A request and its answer, between the server and the thread that makes the page.

    The server says nowhere but in `receive` that the client has gone: what is sent then vanishes silently.
    """

    def __init__(self, receive: Receive, send: Send) -> None:
        self.loop = asyncio.get_running_loop()
        self._receive, self._send = receive, send
        self._collected: deque[Message] = deque()
        self._patience = PATIENCE
        self._head: Message | None = None
        self._length: int | None = None
        self._watch: asyncio.Task[None] | None = None
        self._gone = False
        self.held = b""
        self.file: BufferedReader | None = None

    def start(self, status: str, headers: list[tuple[str, str]], _error: Any = None) -> Callable[[bytes], None]:
        """Note how the answer begins: WSGI's `start_response`."""
        self._head = {
            "type": "http.response.start",
            "status": int(status.split(" ", 1)[0]),
            "headers": [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers],
        }
        self._length = next((int(value) for name, value in headers if name.lower() == "content-length"), None)
        return self._write

    def _write(self, piece: bytes) -> None:
        self.held += piece

    async def collect(self) -> bool:
        """Wait for the beginning of the body; return whether that is all of it."""
        size, more = 0, True
        while more and size < AHEAD:
            message = await self._await_piece()
            self._collected.append(message)
            size, more = size + len(message.get("body", b"")), message.get("more_body", False)
        return not more

    async def receive(self) -> Message:
        """Return the next piece of the request; raises Gone, so that half of an upload never passes for all of it."""
        return self._collected.popleft() if self._collected else await self._await_piece()

    async def _await_piece(self) -> Message:
        began = self.loop.time()
        try:
            message = await asyncio.wait_for(self._receive(), self._patience)
        except TimeoutError:
            raise Gone from None
        if message["type"] == "http.disconnect":
            raise Gone
        earned = len(message.get("body", b"")) / SLOWEST
        self._patience = min(self._patience - (self.loop.time() - began) + earned, PATIENCE)
        return message

    async def push(self, piece: bytes | bytearray, *, more: bool = True) -> None:
        """Send a piece of something long; raises Gone when nobody takes it."""
        try:
            await asyncio.wait_for(self._hand_on(piece, more=more), PATIENCE)
        except TimeoutError:
            raise Gone from None

    async def finish(self) -> None:
        """Send what is left: the page or its last piece, or its file."""
        if self.file is not None:
            await self._send_file(self.file)
        else:
            await self._begin()
            await self._send({"type": "http.response.body", "body": self.held, "more_body": False})

    async def _begin(self) -> None:
        if self._head is not None:
            head, self._head = self._head, None
            await self._send(head)

    async def _hand_on(self, piece: bytes | bytearray, *, more: bool) -> None:
        if self._watch is None:
            self._watch = asyncio.create_task(self._wait_for_end())
        if self._gone:
            raise Gone
        await self._begin()
        await self._send({"type": "http.response.body", "body": piece, "more_body": more})

    async def _send_file(self, file: BufferedReader) -> None:
        size, at = os.fstat(file.fileno()).st_size, file.tell()
        end = size if self._length is None else at + self._length
        if (at, end) == (0, size):
            await self._begin()
            await self._send({"type": "http.response.pathsend", "path": os.fspath(file.name)})
            return
        try:
            async with asyncio.timeout(PATIENCE) as limit:
                while at < end:
                    piece = await _read(file.fileno(), min(CHUNK, end - at), at)
                    if not piece:
                        raise OSError(f"{file.name} ends {end - at} bytes early")
                    at += len(piece)
                    await self._hand_on(piece, more=at < end)
                    limit.reschedule(self.loop.time() + PATIENCE)
        except TimeoutError:
            raise Gone from None

    async def _wait_for_end(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self._gone = True

    def close(self) -> None:
        """Leave nothing open."""
        if self._watch is not None:
            self._watch.cancel()
        if self.file is not None:
            self.file.close()


async def _read(descriptor: int, size: int, at: int) -> bytes | bytearray:
    """Return so many bytes of a file; what lies in memory without the detour through a thread."""
    piece = bytearray(size)
    try:
        if os.preadv(descriptor, [piece], at, os.RWF_NOWAIT) == size:
            return piece
    except OSError:  # not in memory, or a file system that cannot tell
        pass
    return await asyncio.to_thread(os.pread, descriptor, size, at)
