"""The post: what the portal has mailed, as its readers get it."""

from __future__ import annotations

import email
import re
from email import policy
from email.message import EmailMessage

from flask import Flask

from portal.jobs import work_once


def deliver(app: Flask) -> list[EmailMessage]:
    """Run the worker until nothing waits; return every message so far, oldest first."""
    work_once(app)
    files = sorted((app.config["DATA"] / "mail").glob("*.eml"))
    return [email.message_from_bytes(file.read_bytes(), policy=policy.default) for file in files]


def text_of(message: EmailMessage) -> str:
    """Return what the message says as text."""
    part = message.get_body(("plain",))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def links_in(message: EmailMessage) -> list[str]:
    """Return the paths of the one-time links a message carries."""
    return re.findall(r"^http://localhost(/(?:invitation|password/reset|email)/\S+)$", text_of(message), re.MULTILINE)


def to(messages: list[EmailMessage], address: str) -> list[EmailMessage]:
    """Return the messages to one address."""
    return [message for message in messages if message["To"].addresses[0].addr_spec == address]
