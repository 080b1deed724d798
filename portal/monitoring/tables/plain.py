"""Plain text: what monitoring cores and plug-ins say, as it may stand on a page, on paper and in a file."""

from __future__ import annotations

import re

SHORT, LONG = 300, 20_000
_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-_])")
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


def plain(text: object, most: int = SHORT) -> str:
    """Return one line: no terminal codes, no control or direction-override characters, no more than `most`."""
    if text is None:
        return ""
    cut = str(text)[: most * 4]
    line = " ".join(_CONTROLS.sub(" ", _ESCAPES.sub("", cut)).split())
    return f"{line[: most - 1]}…" if len(line) > most or len(str(text)) > len(cut) else line


def lines(text: object, most: int = LONG) -> str:
    """Return text with its lines kept; the two characters `\\n`, as cores write a line's end, become one."""
    if text is None:
        return ""
    cut = str(text)[:most]
    clean = _CONTROLS.sub(" ", _ESCAPES.sub("", cut.replace("\\n", "\n")))
    return f"{clean.strip()}…" if len(str(text)) > most else clean.strip()
