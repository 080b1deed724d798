"""The translations, compiled for a run of the tests that did not start with `make`."""

from __future__ import annotations

import os
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

TRANSLATIONS = Path(__file__).resolve().parent.parent / "translations"


def compile_stale() -> None:
    """Compile each catalogue that is newer than what was compiled of it; several runs may do so at once."""
    for source in TRANSLATIONS.glob("*/LC_MESSAGES/*.po"):
        compiled = source.with_suffix(".mo")
        if compiled.exists() and compiled.stat().st_mtime >= source.stat().st_mtime:
            continue
        draft = compiled.with_suffix(f".{os.getpid()}.mo")
        with source.open("rb") as text, draft.open("wb") as binary:
            write_mo(binary, read_po(text))
        draft.replace(compiled)
