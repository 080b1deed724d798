"""Many: several invitations at once, all or nothing, with an answer for every line."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from ..access.rights import PortalRole, Right
from ..accounts import invitations
from ..errors import Refused
from ..web.fields import is_mailbox

MOST = 200
EXAMPLE = "Nina Faber <nina@company.example>"
_BRACKETS = re.compile(r"(?P<name>[^<>]*)<(?P<email>[^<>]+)>[\s,;]*")
_PARTED = re.compile(r"(?P<name>[^,;\t]+)[,;\t]\s*(?P<email>\S+)")


@dataclass(frozen=True)
class Line:
    """One line as it was typed, who it names, and what is wrong with it ("" when it holds)."""

    number: int
    text: str
    name: str
    email: str
    problem: str


def invite(
    session: Session,
    text: str,
    *,
    customer_id: str,
    role: PortalRole,
    rights: Collection[Right],
    offered: Collection[Right],
    by: Any,
) -> list[Line]:
    """Invite everybody the lines name; return the lines. Whoever finds a problem among them must roll back."""
    lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    if len(lines) > MOST:
        raise Refused(_("At most %(number)d people at once.", number=MOST), field="people")
    done = []
    for number, typed in lines:
        name, email, problem = read(typed)
        if not problem:
            problem = _invite_one(
                session, name=name, email=email, customer_id=customer_id, role=role, rights=rights, offered=offered,
                by=by,
            )  # fmt: skip
        done.append(Line(number, typed, name, email, problem))
    return done


def read(line: str) -> tuple[str, str, str]:
    """Return name, address and problem of a line: "Name <address>" or "Name, address"."""
    found = _BRACKETS.fullmatch(line) or _PARTED.fullmatch(line)
    if found is None:
        return (
            "",
            "",
            str(_("Write a name and an e-mail address: %(example)s", example=EXAMPLE)),
        )
    name, email = " ".join(found["name"].strip().strip('"').split()), found["email"].strip()
    if not name:
        return "", email, str(_("A person needs a name."))
    if len(name) > 200 or len(email) > 254 or not is_mailbox(email):
        return name, email, str(_("This is no e-mail address. It looks like name@company.example."))
    return name, email, ""


def _invite_one(session: Session, **values: Any) -> str:
    try:
        with session.begin_nested():
            invitations.invite(session, **values)
    except Refused as refused:
        return refused.sentence
    return ""
