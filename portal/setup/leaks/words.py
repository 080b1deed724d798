"""Words: what in a text could be a name or an address. One pass over the text each; no pattern of anybody's is run."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ...text import fold

MOST_WORDS = 5
"""How many words the name of a service has at most, to be found in a text."""
SHORTEST_SERVICE, LONGEST_NAME = 6, 255

_TOKEN = re.compile(r"[^\W_]+")
_RUN = re.compile(r"[\w.-]+")
_LOCAL = frozenset("!#$%&'*+/=?^_`{|}~.-")
_EDGE = ".,;:!?()[]{}<>|\"'“”„‘’^$*~\\"

_COMMON = """
    a all am an and any are as at au auto backup be by check client cloud customer das data database db de der dev dns
    die do es firewall for from ftp gateway go group he host if im in info ip is ist it la le localhost mail main me
    monitoring my name net network new no of off ok old on or our out pc printer prod production proxy router server
    service she site sites so software some sms storage switch system team test the they this to und up us user vm von
    we web wifi www you zu
"""
COMMON = frozenset(_COMMON.split())
"""Words of everyday language and of everybody's computer rooms: alone in a sentence they name nobody."""

_FORMS = """
    ab ag aktiengesellschaft as bv co company corp corporation doo ev eg gbr ges gmbh inc kg kgaa limited llc llp ltd
    mbh nv ohg oy plc pte pty sa sarl sas se sl spa srl ug und
"""
_LEGAL = frozenset(_FORMS.split())


@dataclass(frozen=True)
class Token:
    """A word without its punctuation: folded for comparing, as it stands, and whether it is all its line says."""

    key: str
    written: str
    is_alone: bool


def normal(text: str) -> str:
    """Return the text in the one form in which it is searched."""
    return unicodedata.normalize("NFKC", text)


def tokens(text: str) -> list[Token]:
    """Return the words of a text: letters and digits between anything else."""
    found: list[Token] = []
    for line in text.splitlines():
        parts = [match[0] for match in _TOKEN.finditer(line)]
        found.extend(Token(part.casefold(), part, len(parts) == 1) for part in parts)
    return found


def name_tokens(name: str) -> tuple[str, ...]:
    """Return the words that tell a company's name: without its legal form where something telling is left."""
    words = tuple(match[0].casefold() for match in _TOKEN.finditer(normal(name)))
    rest = words
    while len(rest) > 1 and (rest[-1] in _LEGAL or len(rest[-1]) == 1):
        rest = rest[:-1]
    return words if is_ambiguous(rest) else rest


def is_ambiguous(words: tuple[str, ...]) -> bool:
    """Tell whether words, met within a sentence, need not mean the company that is called so."""
    return all(len(word) < 3 or word in COMMON for word in words)


def addresses(text: str) -> Iterator[tuple[int, int]]:
    """Yield where e-mail addresses stand: around each @, as far as an address may reach."""
    at, done = text.find("@"), 0
    while at >= 0:
        start, end = at, at + 1
        while start > done and at - start < 64 and (text[start - 1].isalnum() or text[start - 1] in _LOCAL):
            start -= 1
        while end < len(text) and end - at < 254 and (text[end].isalnum() or text[end] in ".-"):
            end += 1
        while start < at and text[start] in ".'`{|":
            start += 1
        while end > at + 1 and text[end - 1] in ".-":
            end -= 1
        if start < at and end > at + 1 and "." in text[at + 2 : end]:
            yield start, end
            done = end
        at = text.find("@", max(end, at + 1))


def without(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """Return the text with what stands at these places cut out."""
    found, done = [], 0
    for start, end in spans:
        found.append(text[done:start])
        done = end
    return " ".join([*found, text[done:]])


def hosts(text: str) -> dict[str, str]:
    """Return what may be a host's name: folded, and as it stands. Whole words, never parts of one."""
    found: dict[str, str] = {}
    for match in _RUN.finditer(text.replace("\\", "")):
        for name in _labels(match[0].strip(".-")):
            found.setdefault(fold(name), name)
    return {key: name for key, name in found.items() if len(key) <= LONGEST_NAME and is_telling(key)}


def services(text: str) -> set[str]:
    """Return what may be the name of a service that tells something: some words, not all of them mere letters."""
    found: set[str] = set()
    for line in text.splitlines():
        chunks = [chunk for chunk in (part.strip(_EDGE) for part in line.split()) if chunk]
        for at in (at for at, chunk in enumerate(chunks) if not chunk.isalpha()):
            for first in range(max(0, at - MOST_WORDS + 1), at + 1):
                for last in range(at + 1, min(first + MOST_WORDS, len(chunks)) + 1):
                    found.add(" ".join(chunks[first:last]))
    return {name for name in found if SHORTEST_SERVICE <= len(name) <= LONGEST_NAME}


def is_telling(name: str) -> bool:
    """Tell whether a name stands for one thing wherever it is met: no number, no word of everyday language."""
    if name.isdigit() or len(name) < 3:
        return False
    return len(name) > 3 and name not in COMMON or not name.isalpha()


def _labels(run: str) -> Iterator[str]:
    """Yield a run of letters and, of a name with dots, what stands before each."""
    yield run
    at = run.find(".")
    for _count in range(MOST_WORDS):
        if at <= 0:
            return
        yield run[:at].strip("-")
        at = run.find(".", at + 1)
