"""Flowed: text that a mail program broke into lines for sending (format=flowed, RFC 3676), put together again."""

from __future__ import annotations


def unflowed(text: str, *, deletes_spaces: bool = False) -> str:
    """Return the paragraphs as they were written: a line that ends in a space goes on in the next, equally quoted."""
    written: list[tuple[int, list[str]]] = []
    goes_on = False
    for line in text.split("\n"):
        depth = len(line) - len(line.lstrip(">"))
        words = line[depth:].removeprefix(" ")
        if goes_on and written[-1][0] == depth and words != "-- ":
            pieces = written[-1][1]
        else:
            pieces = []
            written.append((depth, pieces))
        goes_on = words.endswith(" ") and words != "-- "
        pieces.append(words[:-1] if goes_on and deletes_spaces else words)
    return "\n".join(f"{'>' * depth}{' ' if depth else ''}{''.join(pieces)}" for depth, pieces in written)
