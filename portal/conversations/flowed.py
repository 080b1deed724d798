"""Flowed: text that a mail program broke into lines for sending (format=flowed, RFC 3676), put together again."""

from __future__ import annotations


def unflowed(text: str, *, deletes_spaces: bool = False) -> str:
    """Return the paragraphs as they were written: a line that ends in a space goes on in the next, equally quoted."""
    written: list[tuple[int, str]] = []
    goes_on = False
    for line in text.split("\n"):
        depth = len(line) - len(line.lstrip(">"))
        words = line[depth:].removeprefix(" ")
        if goes_on and written[-1][0] == depth and words != "-- ":
            written[-1] = (depth, written[-1][1] + words)
        else:
            written.append((depth, words))
        goes_on = words.endswith(" ") and words != "-- "
        if goes_on and deletes_spaces:
            written[-1] = (depth, written[-1][1][:-1])
    return "\n".join(f"{'>' * depth}{' ' if depth else ''}{words}" for depth, words in written)
