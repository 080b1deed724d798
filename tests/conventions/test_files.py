"""What holds for every file: short, formatted, typed, without secrets, and used."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.config import SETTINGS, Setting

ROOT = Path(__file__).resolve().parents[2]
OURS = ("portal", "templates", "tests", "migrations", "static", "bin", "bench", "docs")
LONGEST = 300
SECRETS = {
    "a private key": r"-----BEGIN [A-Z ]*PRIVATE KEY-----",
    "a cloud key": r"\bAKIA[0-9A-Z]{16}\b",
    "a token of a code host": r"\b(?:ghp|gho|ghs|glpat)[_-][A-Za-z0-9]{20,}",
    "a chat token": r"\bxox[abprs]-[A-Za-z0-9-]{10,}",
    "a bearer token": r"\bBearer [A-Za-z0-9_.-]{32,}",
    "a password in an address": r"\b(?:postgresql|smtps?|https?)://[^\s/:@{}'\"]+:(?!password@|secret@)[^\s/@{}'\"]{6,}@",
    "an Argon2 hash": r"\$argon2id\$v=\d+\$m=\d+,t=\d+,p=\d+\$",
}

INVENTED = {"a password in an address", "an Argon2 hash"}
"""What tests make up for themselves."""


def files(*endings: str) -> Iterator[Path]:
    for top in OURS:
        for path in sorted((ROOT / top).rglob("*")):
            hidden = "__pycache__" in path.parts or "vendor" in path.parts
            if path.is_file() and path.suffix in endings and not hidden:
                yield path


def test_no_file_is_long() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for path in files(".py", ".html", ".txt", ".js", ".sh")
        if "versions" not in path.parts and (lines := len(path.read_text().splitlines())) > LONGEST
    }
    assert long == {}


@pytest.mark.parametrize(
    "tool",
    [("ruff", "format", "--check", "--quiet", "."), ("ruff", "check", "."), ("mypy",)],
    ids=["formatted", "linted", "typed"],
)
def test_every_file_is(tool: tuple[str, ...]) -> None:
    result = subprocess.run([sys.executable, "-m", *tool], cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


def test_nothing_looks_like_a_secret() -> None:
    tops = [ROOT / name for name in ("README.md", "CHANGELOG.md", "Makefile", "pyproject.toml", "app.py", ".ci/run")]
    found = [
        f"{path.relative_to(ROOT)}: {what}"
        for path in (*files(".py", ".html", ".txt", ".js", ".json", ".md", ".css"), *tops)
        for what, pattern in SECRETS.items()
        if not (what in INVENTED and "tests" in path.parts) and re.search(pattern, path.read_text())
    ]
    assert found == []


def test_nothing_is_left_to_do() -> None:
    marker = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|XX" + r"X|HA" + r"CK)\b")
    assert [
        str(path.relative_to(ROOT)) for path in files(".py", ".html", ".js") if marker.search(path.read_text())
    ] == []


def row(setting: Setting) -> str:
    """Return a setting's line in the README."""
    default = f"`{setting.default}`" if setting.default not in ("", None) else "–"
    return f"| `PORTAL_{setting.name}` | {default} | {setting.help.replace('|', chr(92) + '|')} |"


def test_the_readme_lists_every_setting_as_it_is() -> None:
    told = re.findall(r"^\| `PORTAL_.*$", (ROOT / "README.md").read_text(), re.MULTILINE)
    assert told == [row(setting) for setting in SETTINGS]


def test_the_readme_explains_every_direct_dependency() -> None:
    told = (ROOT / "README.md").read_text().lower()
    named = [
        line.split("[")[0].strip()
        for part in ("run", "test")
        for line in (ROOT / "requirements" / f"{part}.in").read_text().splitlines()
        if line and not line.startswith("-")
    ]
    assert [name for name in named if not re.search(rf"^[|*-] `?{re.escape(name)}\b", told, re.MULTILINE)] == []
