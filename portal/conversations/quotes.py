"""Quotes: what of an answer by mail is the answer, and what repeats the mail it answers.

Only that is cut which stands in the other mail, too: what somebody wrote between its lines stays, with all the lines.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Sequence

MARK = "-=-=-"
"""Stands on both sides of the line above which an answer is written, in every language."""

SIGNATURE_LINES = 12
"""What follows "-- " and is longer than that is no signature."""

_MARK = re.compile(rf"{MARK}.*{MARK}")
_DIVIDER = re.compile(
    r"\s*-{3,}\s*(original message|original appointment|ursprüngliche nachricht|original-nachricht|forwarded message"
    r"|weitergeleitete nachricht|message d'origine|mensaje original|messaggio originale)\s*-{3,}\s*",
    re.IGNORECASE,
)
_FIELD = re.compile(
    r"\W{0,3}(from|sent|to|cc|subject|date|reply-to|importance|von|gesendet|an|betreff|datum|antwort an|wichtigkeit"
    r"|de|envoyé|à|objet|enviado|para|asunto)\s?\*{0,2}:",
    re.IGNORECASE,
)
_RULE = re.compile(r"\s*[-_]{3,}\s*")
_WROTE = re.compile(r"\b(wrote|schrieb|geschrieben|a écrit|escribió|ha scritto|schreef)\b[^:]*(:[^:]*){0,4}:\W*$", re.I)
_WHEN = re.compile(r"\s*(on|am|le|el|il|op)\b.*\d", re.IGNORECASE)
_ADDRESS = re.compile(r"[<\[(]?\b(?:https?://|mailto:)\S*", re.IGNORECASE)

Known = Callable[[str], bool]


def trimmed(text: str, said: str = "") -> str:
    """Return `text` without a signature and without what it repeats of the mail it answers; all of it if none is left.

    `said` is that mail's text; without it, what looks like the copy of a mail is taken for it.
    """
    lines, known = _without_signature(text.split("\n")), _recogniser(said)
    at = _start_of_copy(lines, known)
    if at is not None and not _answers_within(lines[at:], known):
        lines = lines[: _above_attribution(lines, at)]
    if at is None:
        lines = _without_quote(lines, known if said else lambda _line: True)
    return "\n".join(_without_signature(lines)).strip() or text.strip()


def _recogniser(said: str) -> Known:
    """Return what tells whether a line stands in `said`: as a line, or as some words of a paragraph broken anew."""
    whole, lines = _words(said), {_words(line) for line in said.split("\n")} - {""}

    def known(line: str) -> bool:
        words = _words(line)
        return words in lines or (words.count(" ") >= 3 and words in whole) or _MARK.search(line) is not None

    return known


def _words(text: str) -> str:
    return " ".join(re.findall(r"\w+", _ADDRESS.sub(" ", text).casefold()))


def _start_of_copy(lines: Sequence[str], known: Known) -> int | None:
    """Return where a copy without ">" begins: at the header above what is known to stand in it, else at our mark."""
    starts = [at for at in range(len(lines)) if _is_header(lines, at)]
    ours = [at for at, line in enumerate(lines) if not _is_quoted(line) and known(line)]
    for start, following in zip(starts, [*starts, len(lines)][1:], strict=True):
        first = bisect_right(ours, start)
        if first < len(ours) and ours[first] < following:
            above = next((at for at in range(start - 1, -1, -1) if lines[at].strip()), 0)
            return above if _RULE.fullmatch(lines[above]) else start
    return next((at for at in ours if _MARK.search(lines[at])), None)


def _is_header(lines: Sequence[str], at: int) -> bool:
    """Tell whether a divider stands here, or the first of at least three header fields."""
    if _DIVIDER.fullmatch(lines[at]):
        return True
    if not _FIELD.match(lines[at]) or _is_quoted(lines[at]):
        return False
    before = next((line for line in lines[max(at - 3, 0) : at][::-1] if line.strip()), "")
    following = [line for line in lines[at : at + 8] if line.strip()][:3]
    return (
        not (_FIELD.match(before) or _DIVIDER.fullmatch(before))
        and len(following) == 3
        and all(_FIELD.match(line) for line in following)
    )


def _answers_within(copy: Sequence[str], known: Known) -> bool:
    """Tell whether words that the other mail does not have stand between the first and the last that it has."""
    found = [known(line) for line in copy]
    if True not in found:
        return False
    first, last = found.index(True), len(found) - found[::-1].index(True)
    return any(_words(line) and not fits for line, fits in zip(copy[first:last], found[first:last], strict=True))


def _without_quote(lines: Sequence[str], known: Known) -> Sequence[str]:
    """Drop the lines after ">" with which a mail ends or, where the answer stands below them, begins."""
    start = end = len(lines)
    while start and (_is_quoted(lines[start - 1]) or not lines[start - 1].strip()):
        start -= 1
    if any(_is_quoted(line) and known(line) for line in lines[start:end]):
        return lines[: _above_attribution(lines, start)]
    start = next((at for at, line in enumerate(lines) if _is_quoted(line)), 0)
    end = start
    while end < len(lines) and (_is_quoted(lines[end]) or not lines[end].strip()):
        end += 1
    is_ours = any(_is_quoted(line) and known(line) for line in lines[start:end])
    is_alone = not any(_is_quoted(line) for line in lines[end:])
    return lines[end:] if is_ours and is_alone and _above_attribution(lines, start) == 0 else lines


def _above_attribution(lines: Sequence[str], end: int) -> int:
    """Return where the lines before `end` end without "On … wrote:", which may be broken over up to three lines."""
    while end and not lines[end - 1].strip():
        end -= 1
    candidates = [
        start for start in range(end - 1, max(end - 4, -1), -1) if _WROTE.search(" ".join(lines[start:end])[-600:])
    ]
    dated = (start for start in candidates if _WHEN.match(" ".join(lines[start:end])))
    other = (start for start in candidates if re.search(r"\d", " ".join(lines[start:end])))
    return next(dated, next(other, end))


def _is_quoted(line: str) -> bool:
    return line.lstrip(" ").startswith(">")


def _without_signature(lines: Sequence[str]) -> Sequence[str]:
    for at in range(len(lines) - 1, max(len(lines) - SIGNATURE_LINES - 2, -1), -1):
        if lines[at] in ("-- ", "--"):
            return lines[:at]
    return lines
