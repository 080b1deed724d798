"""A ticket from its first question to its second life: in browsers, through a mail server, and by an answered mail."""

from __future__ import annotations

import email
import hashlib
import re
import socket
import time
from collections.abc import Iterator
from email import policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from playwright.sync_api import Browser, expect

from tests.e2e.chromium import Visitor
from tests.e2e.portal import Portal
from tests.post import text_of

DUMP = 200 * 1024 * 1024
MARKER = "zebra-crossing-47"
UMA = "uma.dietrich@acme.example"


class Post:
    """A mail server that keeps what it is handed."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        self.messages.append(email.message_from_bytes(envelope.original_content, policy=policy.default))
        return "250 OK"

    def newest_to(self, address: str, words: str) -> EmailMessage:
        """Return the newest message to somebody that holds these words, waiting for it."""
        until = time.monotonic() + 30
        while time.monotonic() < until:
            for message in reversed(self.messages):
                if address in message["To"] and words in f"{message['Subject']} {text_of(message)}":
                    return message
            time.sleep(0.2)
        raise AssertionError(f"no mail to {address} says {words!r}: {[text_of(m)[:300] for m in self.messages]}")


@pytest.fixture
def post() -> Iterator[Post]:
    sink = Post()
    controller = Controller(sink, hostname="127.0.0.1", port=sink.port)
    controller.start()
    yield sink
    controller.stop()


@pytest.fixture
def helped(portal: Portal, places: Any, post: Post, tmp_path: Path) -> Iterator[Portal]:
    """A copy of the portal that sends mail to the sink and takes answers."""
    settings = {
        "PORTAL_SMTP_URL": f"smtp://127.0.0.1:{post.port}", "PORTAL_SUPPORT_ADDRESS": "help@provider.example",
        "PORTAL_SUPPORT_DESK": "desk@provider.example",
    }  # fmt: skip
    with Portal(tmp_path / "data", like=portal, settings=settings) as live:
        yield live


@pytest.fixture
def enter(window: Browser, helped: Portal) -> Iterator[Any]:
    windows: list[Visitor] = []

    def visitor(username: str) -> Visitor:
        windows.append(Visitor(window, helped.address).sign_in(username))
        return windows[-1]

    yield visitor
    noticed = [what for one in windows for what in one.noticed]
    for one in windows:
        one.close()
    assert noticed == []


def dump(path: Path) -> str:
    """Write 200 MB of what no compression shrinks; return its SHA-256."""
    block = hashlib.shake_256(b"diagnostics").digest(1024 * 1024)
    digest = hashlib.sha256()
    with path.open("wb") as file:
        for number in range(DUMP // len(block)):
            part = number.to_bytes(4, "big") + block[4:]
            file.write(part)
            digest.update(part)
    return digest.hexdigest()


def answer_to(message: EmailMessage, body: str) -> bytes:
    """Return what a mail program sends when somebody answers a message, quoting it."""
    reply = EmailMessage()
    reply["From"], reply["To"] = message["To"], message["Reply-To"]
    reply["Subject"], reply["Message-ID"] = f"Re: {message['Subject']}", "<answer-1@acme.example>"
    reply["In-Reply-To"] = reply["References"] = message["Message-ID"]
    quoted = "\n".join(f"> {line}" for line in text_of(message).splitlines())
    reply.set_content(f"{body}\n\nOn Sun, 22 Nov 2026 at 10:00, Customer Portal <portal@localhost> wrote:\n{quoted}\n")
    return reply.as_bytes()


def test_a_ticket_is_opened_answered_by_page_and_mail_solved_and_reopened(enter, helped, post, tmp_path):
    whole = tmp_path / "diagnostics.tar"
    expected = dump(whole)
    uma, pat = enter("uma"), enter("pat")
    uma.open("/support/tickets/new")
    uma.page.get_by_label("Subject").fill("Graphs stay empty")
    uma.page.get_by_label("Description").fill("Since the update **all** graphs are empty.")
    uma.page.get_by_role("radio", name="Significant").check()
    uma.page.get_by_label("Version").fill("2.4.0p12")
    uma.page.get_by_label("Attachments").set_input_files(whole)
    uma.page.get_by_role("button", name="Open the ticket").click()
    uma.page.wait_for_url(re.compile(r"/support/tickets/[0-9a-f-]{36}$"), timeout=90_000)
    ticket = uma.page.url.rsplit("/", 1)[1]
    expect(uma.page.locator(".conversation strong")).to_contain_text(["all"])
    with uma.page.expect_download() as download:
        uma.page.get_by_role("link", name="diagnostics.tar").click()
    assert hashlib.sha256(download.value.path().read_bytes()).hexdigest() == expected
    post.newest_to(UMA, "Graphs stay empty")
    post.newest_to("desk@provider.example", "Graphs stay empty")

    pat.open(f"/provider/support/tickets/{ticket}")
    pat.page.locator("#noting textarea").fill(f"Looks like {MARKER}: ask the developers")
    pat.page.get_by_role("button", name="Keep the note").click()
    expect(pat.page.locator(".conversation")).to_contain_text(MARKER)
    pat.page.locator("#reply textarea").fill("Which browser do you use?")
    pat.page.get_by_role("button", name="Send the answer").click()
    expect(pat.page.locator(".conversation")).to_contain_text("Which browser")
    asked = post.newest_to(UMA, "Which browser do you use?")

    helped.run("receive-mail", given=answer_to(asked, "It is Firefox."))
    uma.open(f"/support/tickets/{ticket}")
    expect(uma.page.locator(".conversation")).to_contain_text("It is Firefox.")
    assert "wrote:" not in uma.page.locator(".conversation").inner_text()
    post.newest_to("pat.lindner@provider.example", "It is Firefox.")

    pat.open(f"/provider/support/tickets/{ticket}")
    pat.page.get_by_role("button", name="It is solved").click()
    post.newest_to(UMA, "solved")
    uma.page.reload()
    uma.page.get_by_role("button", name="Open it again").click()
    expect(uma.page.locator("main")).to_contain_text("Reopened")
    post.newest_to("pat.lindner@provider.example", "reopened")

    ada = enter("ada")
    found = [
        visitor.open(address).locator("main").inner_text()
        for visitor in (uma, ada)
        for address in (f"/support/tickets/{ticket}", "/support/tickets/", "/search?q=developers", "/")
    ]
    found += [ada.open("/history/").locator("main").inner_text()]
    found += [one.context.request.get("/support/tickets.csv").text() for one in (uma, ada)]
    found += [message.as_string() for message in post.messages]
    assert [text for text in found if MARKER in text] == []
