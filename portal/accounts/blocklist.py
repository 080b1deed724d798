"""The blocklist: passwords that are common, a pattern, or made of the names around their owner (NIST SP 800-63B-4).

A password is read as the cheapest row of parts: a name of the owner or the company costs nothing; a pattern, a year
or a repetition 1; a common word 3; any other character 1. What costs too little is easy to guess, however long.
Words that have nothing to do with each other cost their length, so passphrases pass.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from ..text import sort_key

ENOUGH = 11
LONGEST_PART = 30
SEPARATORS = re.compile(r"[\s\-_.,/@+:]+")
REPEATED = re.compile(r"(.{1,64}?)\1{2,}")
YEAR = re.compile(r"(19|20)\d\d")
LOOKALIKES = str.maketrans("013457@$!", "oleastasi")
ROWS = (
    "abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "qwertzuiopü", "asdfghjklöä",
    "yxcvbnm", "azertyuiop", "qsdfghjklm", "wxcvbn", "1q2w3e4r5t6y7u8i9o0p", "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
    "1yaq2wsx3edc4rfv5tgb6zhn7ujm8ik9ol0p", "qazwsxedcrfvtgbyhnujm", "!\"§$%&/()=?", "!@#$%^&*()",
)  # fmt: skip
OURS = (
    "account", "admin", "administrator", "andere", "changeme", "checkmk", "company", "correcthorsebatterystaple",
    "customer", "default", "demo", "firma", "geheim", "geheimnis", "hallo", "herbst", "kennwort", "konto", "kunde",
    "license", "licence", "login", "mkadmin", "monitoring", "neues", "passphrase", "passwort", "password", "portal",
    "provider", "secret", "secure", "server", "sommer", "start", "support", "supersecret", "system", "temporary",
    "tribe29", "welcome", "willkommen", "winter", "frühling", "spring", "autumn", "january", "february", "march",
    "april", "june", "july", "august", "september", "october", "november", "december", "januar", "februar", "märz",
    "juni", "juli", "oktober", "dezember", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday",
    "sunday", "montag", "dienstag", "mittwoch", "donnerstag", "freitag", "samstag", "sonntag", "this", "that", "the",
    "is", "my", "mein", "meine", "ist", "das", "der", "die", "und", "and", "new", "ein",
)  # fmt: skip


def is_easy(password: str, names: Iterable[str]) -> bool:
    """Tell whether a password is easy to guess for who knows `names`: of the person, the company and the portal."""
    own = {part for name in names for part in _parts(name)}
    plain = REPEATED.sub(r"\1\1", SEPARATORS.sub("", password.casefold()))
    return any(_worth(text, own) < ENOUGH for text in {plain, plain.translate(LOOKALIKES)})


def _parts(name: str) -> set[str]:
    """Return a name's words of three letters or more, and the name as one word, with and without accents."""
    found: set[str] = set()
    for text in (name.casefold(), sort_key(name)):
        found |= {part for part in SEPARATORS.split(text) if len(part) > 2}
        found.add(SEPARATORS.sub("", text))
    return {part for part in found if len(part) > 2}


def _worth(text: str, own: set[str]) -> int:
    """Return what the cheapest way to read `text` costs."""
    best = [0] + [len(text) + 1] * len(text)
    for start in range(len(text)):
        for end in range(start + 1, min(len(text), start + LONGEST_PART) + 1):
            best[end] = min(best[end], best[start] + _cost(text, start, end, own))
    return best[-1]


def _cost(text: str, start: int, end: int, own: set[str]) -> int:
    part = text[start:end]
    if part in own:
        return 0
    if len(part) == 1:
        return 0 if not part.isalnum() and part in text[:start] else 1
    if len(part) > 2 and (part in text[:start] or part in _rows()) or YEAR.fullmatch(part):
        return 1
    if part in _common():
        return min(3, len(part))
    return len(part)


@cache
def _rows() -> str:
    return "\n".join(ROWS + tuple(row[::-1] for row in ROWS))


@cache
def _common() -> frozenset[str]:
    with gzip.open(Path(__file__).with_name("common_passwords.txt.gz"), "rt") as file:
        return frozenset(line.strip() for line in file if not line.startswith("#")) | frozenset(OURS)
