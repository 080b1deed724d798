"""Inbound: one mail as it arrived, taken apart: who wrote it, which mails it answers, what it says, what came along.

Whatever the bytes are, reading them raises nothing. What could not be taken apart is kept as a whole, as a file.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from email import message_from_bytes
from typing import Any

from . import automatic, headers
from .automatic import Bounce
from .parts import Enclosed, Unreadable, contents

ID_LENGTH = 300
MOST_BOUNDARIES, MOST_MULTIPARTS = 20_000, 100
"""More is no mail that a person sent; taking it apart would cost memory and hours."""

WHOLE = "mail.eml"
"""The name of the file that is the mail itself."""


@dataclass
class Arrived:
    """A mail. `sender` is the one address in From, else ""; `answers` are Message-IDs, the most telling first.

    `id` is its Message-ID, or a digest of the mail where it has none. `automatic` says by what it shows that no person
    wrote it, "" when one did; `bounce` is what a mail server reports of one of ours. `is_cut`: only its header is here.
    """

    id: str
    sender: str = ""
    answers: list[str] = field(default_factory=list)
    automatic: str = ""
    bounce: Bounce | None = None
    text: str = ""
    files: list[Enclosed] = field(default_factory=list)
    is_cut: bool = False


def read(raw: bytes, *, is_cut: bool = False) -> Arrived:
    """Take a mail apart (RFC 5322, MIME); of one that was cut off, being too large, the header alone."""
    message = None if is_cut or _is_absurd(raw) else _parsed(raw)
    head = message if message is not None else _parsed(_head(raw))
    arrived = Arrived(id=_id(head, raw), is_cut=is_cut)
    if head is not None:
        arrived.sender = headers.mailbox(head, "From")
        arrived.answers = _answers(head)
        arrived.automatic = automatic.sign_of(head, arrived.sender)
    if message is not None:
        arrived.bounce = automatic.bounce_in(message)
        try:
            arrived.text, arrived.files, is_whole = contents(message)
        except Unreadable:
            is_whole = False
    else:
        is_whole = False
    nothing = not arrived.text.strip() and not arrived.files and _has_body(raw)
    if (not is_whole or nothing) and not is_cut:
        arrived.files.append(Enclosed(WHOLE, raw))
    return arrived


def _is_absurd(raw: bytes) -> bool:
    return raw.count(b"\n--") > MOST_BOUNDARIES or raw.lower().count(b"boundary=") > MOST_MULTIPARTS


def _parsed(raw: bytes) -> Any:
    try:
        return message_from_bytes(raw, policy=headers.Reading())
    except Exception:  # the parser has no list of what it may raise; too deep a nest is among it
        return None


def _head(raw: bytes) -> bytes:
    """Return the header alone, without what says how the body is built."""
    head = re.split(rb"\r?\n\r?\n", raw[: 100 * headers.LONGEST], maxsplit=1)[0]
    return re.sub(rb"(?im)^content-[^\n]*\n?(?:[ \t][^\n]*\n?)*", b"", head) + b"\n\n"


def _has_body(raw: bytes) -> bool:
    parts = re.split(rb"\r?\n\r?\n", raw, maxsplit=1)
    return len(parts) == 2 and bool(parts[1].strip())


def _id(message: Any, raw: bytes) -> str:
    found = headers.ids(headers.values(message, "Message-ID")) if message is not None else []
    if len(found) == 1 and len(found[0]) <= ID_LENGTH:
        return found[0]
    return f"sha256:{hashlib.sha256(raw).hexdigest()}"


def _answers(message: Any) -> list[str]:
    """Return the mail it answers, then those before it, the latest first; no more than a long conversation has."""
    direct = headers.ids(headers.values(message, "In-Reply-To"))[:5]
    return list(dict.fromkeys(direct + headers.ids(headers.values(message, "References"))[::-1][:50]))
