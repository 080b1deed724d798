"""Headers: the fields of a mail, read so that no field, however odd, keeps the mail from being read."""

from __future__ import annotations

import re
from email.policy import EmailPolicy
from typing import Any

LONGEST = 10_000
"""Letters of a header that are looked at: the parser's work grows faster than a header."""

_UNPRINTED = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


class Reading(EmailPolicy):
    """How mails are read: as usual, but for headers nobody needs in full."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        """Return name and value of a header; of a very long value its beginning."""
        name, value = super().header_source_parse(sourcelines)
        return name, value[:LONGEST]


def values(message: Any, name: str) -> list[str]:
    """Return a header's values, each in one line; [] where they cannot be read."""
    try:
        return [" ".join(printed(str(value)).split()) for value in message.get_all(name, [])]
    except Exception:  # the parser has no list of what it may raise
        return []


def ids(texts: list[str]) -> list[str]:
    """Return the Message-IDs in header values, without brackets and without the spaces of a broken line."""
    found: list[str] = []
    for text in texts:
        bracketed = re.findall(r"<([^<>]*)>", text) or [word for word in text.split() if "@" in word]
        found += ["".join(one.split()) for one in bracketed]
    return [one for one in found if one]


def mailbox(message: Any, name: str) -> str:
    """Return the one address in a header; "" for none and for several."""
    try:
        (header,) = message.get_all(name, [])
        (address,) = header.addresses
        found = printed(str(address.addr_spec))
        return found if "@" in found else ""
    except Exception:
        return ""


def printed(text: str) -> str:
    """Return text that a database keeps and a page shows: no control characters, no halves of a character."""
    return _UNPRINTED.sub("", text)
