"""Parts: what a mail says and what came along, out of MIME nested in whatever way; nothing is unpacked."""

from __future__ import annotations

import mimetypes
from collections.abc import Iterator
from dataclasses import dataclass
from email import policy
from io import BytesIO
from typing import Any, BinaryIO

from . import plain
from .flowed import unflowed
from .headers import printed, values

MOST_FILES = 19
"""One fewer than a ticket takes at once: the mail itself joins them when they are not all."""

DEEPEST, MOST_PARTS = 12, 300
MOST_LETTERS = 1_000_000


class Unreadable(Exception):
    """Say that a mail could not be taken apart."""


@dataclass(frozen=True)
class Enclosed:
    """A file that came along: its name as the sender gave it, and its bytes as they came."""

    filename: str
    content: bytes

    @property
    def stream(self) -> BinaryIO:
        """Return the bytes for reading."""
        return BytesIO(self.content)


def contents(message: Any) -> tuple[str, list[Enclosed], bool]:
    """Return what a mail says, its files, and whether that is all there was. Raises Unreadable."""
    texts: list[str] = []
    files: list[Enclosed] = []
    try:
        taken = [_take(part, texts, files) for part in _leaves(message)]
    except Exception as error:  # the parser has no list of what it may raise
        raise Unreadable from error
    text = "\n\n".join(filter(None, (text.strip("\n") for text in texts)))
    return text[:MOST_LETTERS], files, all(taken) and len(text) <= MOST_LETTERS


def _take(part: Any, texts: list[str], files: list[Enclosed]) -> bool:
    """Add a part to the texts or the files; tell whether it was read and there was room for it."""
    try:
        if part is None:
            return False
        if not _is_file(part):
            texts.append(_text(part))
        elif len(files) < MOST_FILES:
            files.append(_enclosed(part, len(files) + 1))
        else:
            return False
    except Exception:
        return False
    return True


def _leaves(message: Any) -> Iterator[Any]:
    """Yield the parts that hold something; of alternatives the plain text, and the files beside it; None for too many.

    HTML beside plain text says the same.
    """
    waiting: list[tuple[Any, int, bool]] = [(message, 0, False)]
    seen = 0
    while waiting:
        part, depth, files_only = waiting.pop()
        seen += 1
        if depth > DEEPEST or seen > MOST_PARTS:
            yield None
            return
        if not part.is_multipart() or part.get_content_maintype() == "message":
            if not files_only or _is_file(part):
                yield part
            continue
        inner = list(part.get_payload())
        plainest = _plain_text(inner) if part.get_content_subtype() == "alternative" else None
        for one in reversed(inner):
            waiting.append((one, depth + 1, files_only or (plainest is not None and one is not plainest)))


def _plain_text(alternatives: list[Any]) -> Any:
    """Return the alternative that is plain text and says something, if there is one."""
    for part in alternatives:
        if part.get_content_type() == "text/plain" and not _is_file(part) and _text(part).strip():
            return part
    return None


def _is_file(part: Any) -> bool:
    is_text = part.get_content_type() in ("text/plain", "text/html") or part.get_content_maintype() == "multipart"
    return not is_text or part.get_content_disposition() == "attachment" or bool(part.get_filename())


def _text(part: Any) -> str:
    text = printed(_decoded(part).replace("\r\n", "\n").replace("\r", "\n"))
    if part.get_content_type() == "text/html":
        return plain.text_of(text)
    if str(part.get_param("format", "")).lower() == "flowed":
        return unflowed(text, deletes_spaces=str(part.get_param("delsp", "")).lower() == "yes")
    return text


def _decoded(part: Any) -> str:
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes):
        return str(content or "")
    for charset in (part.get_content_charset(), "utf-8"):
        try:
            return content.decode(charset or "utf-8")
        except (LookupError, ValueError):  # no such charset, or not in it
            continue
    return content.decode("cp1252", errors="replace")


def _enclosed(part: Any, number: int) -> Enclosed:
    if part.get_content_maintype() == "message" and part.is_multipart():
        inner = part.get_payload(0)
        subject = "".join(values(inner, "Subject"))[:80] or f"mail {number}"
        return Enclosed(printed(part.get_filename() or f"{subject.replace('/', ' ')}.eml"), _bytes_of(inner))
    name = part.get_filename() or f"file-{number}{mimetypes.guess_extension(part.get_content_type()) or ''}"
    content = part.get_payload(decode=True)
    return Enclosed(printed(str(name)), content if isinstance(content, bytes) else str(content or "").encode())


def _bytes_of(message: Any) -> bytes:
    try:
        return bytes(message.as_bytes())
    except Exception:  # a header that can be read and not written
        return bytes(message.as_bytes(policy=policy.compat32))
