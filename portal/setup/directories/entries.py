"""Entries: what a directory says of people, as the portal would keep it, and which entries it cannot keep and why."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from flask_babel import gettext as _

from ...text import fold
from ...web.fields import is_mailbox
from .directory import Directory
from .server import Found

USERNAME = re.compile(r"[\w$][-@.+\w$]*")
LONGEST = {"username": 255, "name": 200, "pager": 80}


@dataclass(frozen=True)
class Entry:
    """One person. `key` names the entry for good, also once it is renamed or moved."""

    dn: str
    key: str
    username: str
    name: str
    email: str
    pager: str
    roles: frozenset[str]
    contact_groups: frozenset[str]


@dataclass(frozen=True)
class Odd:
    """An entry that is nobody's account, and why."""

    dn: str
    reason: str


Members = Mapping[str, set[str]]
"""Of each group of the directory from which something follows, by folded DN: its members, folded."""


def read(directory: Directory, found: Found, members: Members) -> tuple[list[Entry], list[Odd]]:
    """Return the people among the entries of a directory, and what is odd; of doubles none is taken."""
    entries: list[Entry] = []
    odd: list[Odd] = []
    for dn, attributes in found:
        one = _read(directory, dn, {name.casefold(): values for name, values in attributes.items()}, members)
        (odd if isinstance(one, Odd) else entries).append(one)  # type: ignore[arg-type]
    usernames = Counter(fold(entry.username) for entry in entries)
    keys = Counter(entry.key for entry in entries)
    kept = []
    for entry in entries:
        if usernames[fold(entry.username)] > 1:
            odd.append(Odd(entry.dn, _("The username “%(name)s” stands there more than once.", name=entry.username)))
        elif keys[entry.key] > 1:
            odd.append(Odd(entry.dn, _("The key “%(key)s” stands there more than once.", key=entry.key[:80])))
        else:
            kept.append(entry)
    return kept, odd


def _read(directory: Directory, dn: str, attributes: Mapping[str, list[bytes]], members: Members) -> Entry | Odd:
    def first(name: str) -> str:
        values = attributes.get(name.casefold()) or [b""] if name else [b""]
        words = " ".join(values[0].decode("utf-8", "replace").split())
        return "".join(letter for letter in words if letter.isprintable())  # nothing that turns or hides what follows

    key = _key(attributes.get(directory.key_attribute.casefold()) or [b""])
    username, name, email = (
        first(directory.username_attribute),
        first(directory.name_attribute),
        first(directory.email_attribute),
    )
    if not username:
        return Odd(dn, _("It has no %(name)s, which is to be the username.", name=directory.username_attribute))
    if not USERNAME.fullmatch(username) or len(username.encode()) > LONGEST["username"]:
        return Odd(dn, _("“%(name)s” cannot be a username.", name=username[:80]))
    if not key:
        return Odd(dn, _("It has no %(name)s, by which it would be known again.", name=directory.key_attribute))
    if email and not is_mailbox(email):
        return Odd(dn, _("“%(line)s” is no e-mail address.", line=email[:80]))
    groups = {value.decode("utf-8", "replace").casefold() for value in attributes.get("memberof") or ()}
    is_in = groups | {group for group, those in members.items() if {dn.casefold(), username.casefold()} & those}
    return Entry(
        dn, key, username, (name or username)[: LONGEST["name"]], email,
        first(directory.pager_attribute)[: LONGEST["pager"]],
        frozenset(directory.default_roles) | _given(directory.role_groups, is_in),
        _given(directory.contact_groups, is_in),
    )  # fmt: skip


def _given(pairs: Iterable[tuple[str, str]], is_in: set[str]) -> frozenset[str]:
    return frozenset(id for dn, id in pairs if dn.casefold() in is_in)


def _key(values: list[bytes]) -> str:
    """Return what names an entry for good: text, or the hex digits of what is none (objectGUID)."""
    try:
        text = values[0].decode("ascii")
        return text if text.isprintable() and len(text) <= 200 else values[0].hex()[:200]
    except UnicodeDecodeError:
        return values[0].hex()[:200]
