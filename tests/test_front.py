"""The front hands pages on whole, sends files without holding a thread, and lets nobody who has gone hold one."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psutil
import pytest

from portal.commands.serving import BUFFER
from portal.front import AHEAD
from tests.fronted import THREADS

ROOT = Path(__file__).resolve().parent.parent
SIZE = 64 * 1024 * 1024


class Server:
    """A web server with the small application behind the front."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "content"
        with self.file.open("wb") as content:
            for number in range(SIZE // 4096):
                content.write(number.to_bytes(8, "big") * 512)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        command = [
            *(sys.executable, "-m", "granian", "--interface", "asginl", "--http", "1", "--no-ws", "--workers", "1"),
            *("--http1-buffer-size", str(BUFFER)),
            *(
                "--workers-kill-timeout",
                "2",
                "--log-level",
                "critical",
                "--port",
                str(self.port),
                "tests.fronted:front",
            ),
        ]
        self.process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, "FRONTED_FILE": str(self.file)})
        self.until(lambda: self.ask("GET /slow"))

    def until(self, holds: Callable[[], object]) -> None:
        over = time.monotonic() + 30
        while True:
            try:
                if holds():
                    return
            except OSError:
                pass
            assert time.monotonic() < over
            time.sleep(0.05)

    @contextmanager
    def open(self, request: str, *headers: str, body: bytes = b"") -> Iterator[socket.socket]:
        with socket.create_connection(("127.0.0.1", self.port), timeout=20) as connection:
            lines = [f"{request} HTTP/1.1", "Host: portal.example", *headers, "", ""]
            connection.sendall("\r\n".join(lines).encode("latin-1") + body)
            yield connection

    def ask(self, request: str, *headers: str, body: bytes = b"") -> tuple[int, bytes, bytes]:
        """Return status, head and body of the answer."""
        with self.open(request, "Connection: close", *headers, body=body) as connection:
            return split(everything(connection))

    def noted(self) -> dict[str, list[str]]:
        return json.loads(self.ask("GET /noted")[2])

    def said(self, request: str, *headers: str) -> dict[str, str]:
        return json.loads(self.ask(request, *headers)[2])

    def worker(self) -> psutil.Process:
        return max(psutil.Process(self.process.pid).children(recursive=True), key=lambda p: p.memory_info().rss)


def everything(connection: socket.socket) -> bytes:
    found = bytearray()
    while piece := connection.recv(1 << 20):
        found += piece
    return bytes(found)


def split(answer: bytes) -> tuple[int, bytes, bytes]:
    head, _blank, body = answer.partition(b"\r\n\r\n")
    return int(head.split(b" ", 2)[1]), head, body


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("fronted"))
    yield server
    server.process.terminate()
    server.process.wait(20)


def test_a_page_is_told_what_wsgi_promises(server: Server) -> None:
    said = server.said("POST /said/%C3%BC?q=a%20b", "X-Thing: 1", "Content-Type: text/plain", "Content-Length: 0")
    assert said["REQUEST_METHOD"] == "POST"
    assert said["PATH_INFO"].encode("latin-1").decode() == "/said/ü"
    assert (said["QUERY_STRING"], said["CONTENT_TYPE"], said["HTTP_X_THING"]) == ("q=a%20b", "text/plain", "1")
    assert (said["REMOTE_ADDR"], said["HTTP_HOST"]) == ("127.0.0.1", "portal.example")


def test_an_address_with_bytes_that_are_no_letters_is_no_failure(server: Server) -> None:
    assert server.said("GET /said?q=\xc3\xbc")["QUERY_STRING"] == "q=%C3%BC"
    assert server.ask("GET /said/%ff%00")[0] == 200


def test_nobody_writes_into_a_header_by_its_other_spelling(server: Server) -> None:
    said = server.said("GET /said", "X_Forwarded_For: 6.6.6.6", "X-Forwarded-For: 10.0.0.1")
    assert said["HTTP_X_FORWARDED_FOR"] == "10.0.0.1"


def test_a_cookie_may_be_set_twice(server: Server) -> None:
    assert server.ask("GET /said")[1].lower().count(b"set-cookie: ") == 2


def test_nothing_of_one_request_is_left_for_the_next(server: Server) -> None:
    said = [server.said("GET /said") for _number in range(3 * THREADS)]
    assert {one["seen"] for one in said} == {"nothing"}


def test_one_connection_carries_several_requests(server: Server) -> None:
    more = b"POST /upload HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabcGET /slow HTTP/1.1\r\nHost: x\r\n"
    with server.open("GET /slow", body=more + b"Connection: close\r\n\r\n") as connection:
        assert everything(connection).count(b"200 OK") == 3


def test_http_1_0_is_answered_and_closed(server: Server) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as connection:
        connection.sendall(b"GET /slow HTTP/1.0\r\n\r\n")
        assert everything(connection).endswith(b"slow")


@pytest.mark.parametrize(
    ("headers", "body", "number"),
    [
        (("Content-Length: 5",), b"hello", b"5"),
        (("Transfer-Encoding: chunked",), b"5\r\nhello\r\n3\r\nyou\r\n0\r\n\r\n", b"8"),
        (("Content-Length: 0",), b"", b"0"),
        ((), b"", b"0"),
    ],
)
def test_an_upload_comes_whole(server: Server, headers: tuple[str, ...], body: bytes, number: bytes) -> None:
    assert server.ask("POST /upload", *headers, body=body)[2] == number


def test_who_asks_first_is_told_to_go_on(server: Server) -> None:
    with server.open("POST /upload", "Expect: 100-continue", "Content-Length: 3", "Connection: close") as connection:
        assert connection.recv(100).startswith(b"HTTP/1.1 100 ")
        connection.sendall(b"abc")
        assert everything(connection).endswith(b"\r\n\r\n3")


def test_a_large_upload_streams_through(server: Server) -> None:
    before = server.worker().memory_info().rss
    pieces = 200 * 16
    with server.open("POST /upload", f"Content-Length: {pieces * 65536}", "Connection: close") as connection:
        for _number in range(pieces):
            connection.sendall(bytes(65536))
        assert everything(connection).endswith(str(pieces * 65536).encode())
    assert server.worker().memory_info().rss - before < 20 * 1024 * 1024


@pytest.mark.parametrize(
    ("header", "begun"),
    [
        (f"Content-Length: {3 * AHEAD}", bytes(2 * AHEAD)),
        ("Transfer-Encoding: chunked", b"%x\r\n%s\r\n" % (2 * AHEAD, bytes(2 * AHEAD))),
    ],
)
def test_half_an_upload_never_passes_for_all_of_it(server: Server, header: str, begun: bytes) -> None:
    known = server.noted()["uploads"]
    with server.open("POST /upload", header, body=begun):
        time.sleep(0.2)
    server.until(lambda: len(server.noted()["uploads"]) > len(known))
    assert server.noted()["uploads"][-1].startswith("broke off")


@pytest.mark.parametrize("begun", [b"a", bytes(2 * AHEAD)], ids=["hardly begun", "well begun"])
def test_slow_uploads_hold_up_no_page(server: Server, begun: bytes) -> None:
    expected = len(server.noted()["uploads"]) + 1 + (10 * THREADS if len(begun) > AHEAD else 0)
    with ExitStack() as stalled:
        for _number in range(10 * THREADS):
            stalled.enter_context(server.open("POST /upload", f"Content-Length: {3 * AHEAD}", body=begun))
        began = time.monotonic()
        assert server.said("GET /said")["seen"] == "nothing"
        assert server.ask("POST /upload", "Content-Length: 3", body=b"abc")[2] == b"3"
        assert time.monotonic() - began < 1
    server.until(lambda: len(server.noted()["uploads"]) == expected)


def test_uploads_that_stall_let_go_of_their_threads(server: Server) -> None:
    known = len(server.noted()["uploads"])
    with ExitStack() as stalled:
        for _number in range(THREADS):
            stalled.enter_context(server.open("POST /upload", f"Content-Length: {3 * AHEAD}", body=bytes(2 * AHEAD)))
        server.until(lambda: len(server.noted()["uploads"]) == known + THREADS)


def test_who_sends_a_byte_now_and_then_is_cut_off(server: Server) -> None:
    known = len(server.noted()["uploads"])
    with server.open("POST /upload", f"Content-Length: {3 * AHEAD}", body=bytes(AHEAD)) as connection:
        for _second in range(20):
            if len(server.noted()["uploads"]) > known:
                break
            connection.sendall(b"a")
            time.sleep(0.4)
    assert server.noted()["uploads"][-1].startswith("broke off")


def test_a_whole_file_is_sent(server: Server) -> None:
    status, head, body = server.ask(f"GET /file?length={SIZE}")
    assert status == 200
    assert re.search(rb"content-length: %d\r\n" % SIZE, head, re.IGNORECASE)
    assert body == server.file.read_bytes()


@pytest.mark.parametrize(("start", "length"), [(1, SIZE - 1), (0, 1), (SIZE - 7, 7), (5_000_000, 3_000_001)])
def test_a_part_of_a_file_is_sent(server: Server, start: int, length: int) -> None:
    body = server.ask(f"GET /file?start={start}&length={length}")[2]
    assert body == server.file.read_bytes()[start : start + length]


def test_the_head_of_a_file_is_all_a_head_gets(server: Server) -> None:
    status, head, body = server.ask(f"HEAD /file?length={SIZE}")
    assert (status, body) == (200, b"")
    assert b"content-length: %d" % SIZE in head.lower()


def test_a_file_that_ends_early_is_no_whole_answer(server: Server) -> None:
    body = server.ask(f"GET /file?start={SIZE - 100}&length=500000")[2]
    assert len(body) == 100, "the connection is cut where 500000 bytes were promised"


def test_a_page_that_fails_halfway_is_no_whole_answer(server: Server) -> None:
    assert not server.ask("GET /torn")[2].endswith(b"0\r\n\r\n"), "the last chunk would say that this was all"


@pytest.mark.parametrize("place", [f"length={SIZE}", f"start=1&length={SIZE - 1}"])
def test_slow_downloads_hold_no_thread(server: Server, place: str) -> None:
    downloads = [server.open(f"GET /file?{place}") for _number in range(10 * THREADS)]
    try:
        for download in downloads:
            download.__enter__().recv(10)
        begun = time.monotonic()
        assert server.said("GET /said")["seen"] == "nothing"
        assert time.monotonic() - begun < 1
    finally:
        for download in downloads:
            download.__exit__(None, None, None)
    server.until(lambda: server.noted()["open"] == 0)


def test_a_download_nobody_takes_is_given_up(server: Server) -> None:
    with server.open(f"GET /file?start=1&length={SIZE - 1}") as connection:
        connection.recv(10)
        server.until(lambda: server.noted()["open"] == 1)
        server.until(lambda: server.noted()["open"] == 0)


def test_nobody_who_has_gone_holds_a_thread(server: Server) -> None:
    known = len(server.noted()["streams"])
    for _number in range(2 * THREADS):
        with server.open("GET /stream") as connection:
            connection.recv(10)
    server.until(lambda: len(server.noted()["streams"]) == known + 2 * THREADS)
    assert set(server.noted()["streams"]) == {"left early"}


def test_a_download_under_way_does_not_keep_the_server_from_ending(tmp_path: Path) -> None:
    server = Server(tmp_path)
    with server.open(f"GET /file?start=1&length={SIZE - 1}") as connection:
        connection.recv(10)
        server.process.send_signal(signal.SIGTERM)
        server.process.wait(20)
