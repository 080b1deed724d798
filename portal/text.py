"""Text: normalised for sorting, searching and comparing."""

from __future__ import annotations

import html
import re
import unicodedata

KEY_LENGTH = 190


def fold(text: str) -> str:
    """Return text for comparing: NFKC, case folded, spaces collapsed (umlauts kept)."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def sort_key(text: str) -> str:
    """Return text for sorting byte by byte: folded, accents dropped, cut to what an index holds."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", fold(text)) if not unicodedata.combining(c))
    return plain[:KEY_LENGTH]


def number_key(text: str) -> str:
    """Return a document number for sorting: digits padded, so that S9 stands before S10."""
    parts, digits = [], ""
    for character in sort_key(text) + "\0":
        if character.isdigit():
            digits += character
            continue
        if digits:
            parts.append(digits.zfill(10))
            digits = ""
        parts.append(character)
    return "".join(parts)[:-1][:KEY_LENGTH]


def without_tags(text: str) -> str:
    """Return the words of HTML: for search and lists, never for putting back into a page unescaped."""
    return html.unescape(re.sub(r"<[^<>]*>", " ", text)) if "<" in text or "&" in text else text
