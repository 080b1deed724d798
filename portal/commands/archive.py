"""The archive of a backup: one tar.gz with the database, the files, the key, and a list of what it holds."""

from __future__ import annotations

import io
import json
import os
import re
import tarfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

FORMAT = 1
MANIFEST = "manifest.json"
DATABASES = {"sqlite": "portal.db", "postgresql": "portal.dump"}
SECRET = "keys/secret"  # noqa: S105 - where it lies
KEYS = (SECRET, "keys/signing.pem")
"""What signs cookies and seals secrets, and what signs verifications of licences."""
_MEMBER = re.compile(
    r"manifest\.json|portal\.db|portal\.dump|keys/(?:secret|signing\.pem)|files/[0-9a-f]{2}/[0-9a-f]{32}"
)


class Unusable(Exception):
    """Say why an archive cannot be read; the sentence is for the operator."""


@contextmanager
def writing(path: Path) -> Iterator[tarfile.TarFile]:
    """Write an archive that is there as a whole or not at all, and readable by nobody else."""
    part = path.with_name(f".{path.name}.part")
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            with tarfile.open(fileobj=file, mode="w:gz", compresslevel=6) as archive:
                yield archive
            file.flush()
            os.fsync(file.fileno())
        part.rename(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def add_manifest(archive: tarfile.TarFile, manifest: dict[str, Any]) -> None:
    """Put the list in front, where reading it costs nothing."""
    content = json.dumps({"format": FORMAT, **manifest}, indent=1).encode()
    entry = tarfile.TarInfo(MANIFEST)
    entry.size, entry.mode, entry.mtime = len(content), 0o600, int(time.time())
    archive.addfile(entry, io.BytesIO(content))


def unpack(path: Path, folder: Path) -> dict[str, Any]:
    """Write what the archive holds into `folder` and return its list; raises Unusable."""
    try:
        with tarfile.open(path, "r:gz") as archive:
            for member in archive:
                # Names are ours alone: nothing in an archive can point outside of the folder.
                if not member.isfile() or not _MEMBER.fullmatch(member.name):
                    raise Unusable(f"{path} holds {member.name!r}, which no backup of this portal holds.")
                content = archive.extractfile(member)
                assert content is not None
                target = folder / member.name
                target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                    while chunk := content.read(1024 * 1024):
                        file.write(chunk)
    except (tarfile.TarError, EOFError, OSError) as error:
        raise Unusable(f"{path} cannot be read as a backup: {error}.") from None
    try:
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text())
    except (OSError, ValueError):
        raise Unusable(f"{path} is not a whole backup: its list is missing.") from None
    if manifest.get("format") != FORMAT:
        raise Unusable(f"{path} was written by another edition of the portal.")
    return manifest
