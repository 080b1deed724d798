"""Folders: where a host lies, as its site's file names tell; allocation adds up from the root down to there."""

from __future__ import annotations

import re

ROOT = "/"
_FILE = re.compile(r"/*wato(?:/(?P<folder>.*?))?/+[^/]*\.mk\Z", re.DOTALL)


def folder_of(filename: str) -> str:
    """Return the folder in which a file of hosts lies: `/wato/linux/db/hosts.mk` → `/linux/db`; no such file: `/`."""
    found = _FILE.match(filename)
    return normal(found["folder"] or "") if found else ROOT


def normal(path: str) -> str:
    """Return a path with one slash before each part."""
    return "/" + "/".join(part for part in path.split("/") if part)


def lineage(folder: str) -> list[str]:
    """Return a folder and those above it, from the root down."""
    parts = [part for part in folder.split("/") if part]
    return ["/" + "/".join(parts[:depth]) for depth in range(len(parts) + 1)]


def is_within(folder: str, path: str) -> bool:
    """Tell whether a folder is `path` or lies below it."""
    return path == ROOT or folder == path or folder.startswith(f"{path}/")
