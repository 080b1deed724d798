"""Automatic: mail that no person wrote (RFC 3834), which is never answered and wakes nothing; reports of our own."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from .headers import ids, values

ROBOTS = {"mailer-daemon", "postmaster", "noreply", "no-reply", "donotreply", "do-not-reply", "bounce", "bounces"}
ANY_VALUE = ("X-Auto-Response-Suppress", "List-Id", "X-Autoreply", "X-Autorespond", "X-Autoresponder", "X-Loop")
BULK = {"bulk", "junk", "list", "auto_reply"}
MOST_LOOKED_AT = 20


@dataclass(frozen=True)
class Bounce:
    """What a mail server reports of a mail it was given: by which id, whether for good, and its words."""

    message_id: str
    is_final: bool
    reason: str


def sign_of(message: Any, sender: str) -> str:
    """Return the header that shows that no person wrote it; "" when none does."""
    if any(not re.match(r"no\b", value, re.IGNORECASE) for value in values(message, "Auto-Submitted")):
        return "Auto-Submitted"
    if any(value.lower() in BULK for value in values(message, "Precedence")):
        return "Precedence"
    for name in ANY_VALUE:
        if values(message, name):
            return name
    if "<>" in values(message, "Return-Path"):
        return "Return-Path"
    if _kind(message) == "multipart/report":
        return "Content-Type"
    envelope = str(message.get_unixfrom() or "").upper().startswith("FROM MAILER-DAEMON")
    name = re.sub(r"[+=].*", "", sender.partition("@")[0].lower())
    return "From" if envelope or name in ROBOTS or "<>" in values(message, "From") else ""


def bounce_in(message: Any) -> Bounce | None:
    """Return what a report (RFC 3464) says about a mail; None for every other mail."""
    try:
        is_report = _kind(message) == "multipart/report" and message.is_multipart()
        return _reported(list(message.get_payload())[:MOST_LOOKED_AT]) if is_report else None
    except Exception:  # a report that cannot be read reports nothing
        return None


def _reported(parts: list[Any]) -> Bounce | None:
    action = reason = ""
    found: list[str] = []
    for part in parts:
        kind = _kind(part)
        if kind == "message/delivery-status":
            for block in list(part.get_payload())[:MOST_LOOKED_AT]:
                action = action or "".join(values(block, "Action")).lower()
                reason = reason or "".join(values(block, "Diagnostic-Code") or values(block, "Status"))
        elif kind == "message/rfc822":
            found += ids(values(part.get_payload(0), "Message-ID"))
        elif kind == "text/rfc822-headers":
            found += ids(re.findall(r"(?im)^message-id:\s*(<[^<>]*>)", str(part.get_content())))
    return Bounce(found[0], action == "failed", reason[:300]) if found and action else None


def _kind(message: Any) -> str:
    try:
        return str(message.get_content_type())
    except Exception:
        return ""
