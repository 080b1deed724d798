"""The pictures that README and gallery show are there, all are shown, and none is heavy."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LARGEST = 150_000


def test_every_picture_is_there_and_shown() -> None:
    gallery = re.findall(r'src="pictures/([^"]+)"', (ROOT / "docs/pictures.md").read_text())
    readme = re.findall(r"\(docs/pictures/([^)]+)\)", (ROOT / "README.md").read_text())
    there = {path.name for path in (ROOT / "docs/pictures").glob("*.png")}
    assert len(there) >= 20
    assert set(gallery) == there
    assert set(readme) <= there


def test_no_picture_is_heavy() -> None:
    heavy = [path.name for path in (ROOT / "docs/pictures").iterdir() if path.stat().st_size > LARGEST]
    assert heavy == []
