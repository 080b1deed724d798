"""File names of packages: what they say about edition, version and platform, and which of them are fit for use.

A name ends up in commands that people paste into a shell, in checksum files and in addresses: it is plain, or refused.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from flask_babel import lazy_gettext as _l

PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+~-]{0,189}", re.ASCII)
PLATFORM = re.compile(r"[a-z0-9][a-z0-9._-]{0,39}", re.ASCII)
SIGNED = (".asc", ".sig", ".gpg")
"""How the names of detached signatures end, after the name of what they sign."""

EDITION_CODES = {
    "raw": "cre", "community": "cre", "enterprise": "cee", "pro": "cee", "cloud": "cce", "ultimate": "cce",
    "managed": "cme", "ultimatemt": "cme",
}  # fmt: skip
PLATFORMS: dict[str, Any] = {
    "trixie": "Debian 13", "bookworm": "Debian 12", "bullseye": "Debian 11",
    "noble": "Ubuntu 24.04", "jammy": "Ubuntu 22.04", "focal": "Ubuntu 20.04",
    "el10": "Red Hat Enterprise Linux 10", "el9": "Red Hat Enterprise Linux 9", "el8": "Red Hat Enterprise Linux 8",
    "sles15sp6": "SUSE Linux Enterprise 15 SP6", "sles15sp5": "SUSE Linux Enterprise 15 SP5",
    "sles15sp4": "SUSE Linux Enterprise 15 SP4", "sles15sp3": "SUSE Linux Enterprise 15 SP3",
    "cma": _l("Appliance"), "docker": _l("Container image"), "source": _l("Source code"),
}  # fmt: skip
"""Platforms by their codes in file names, in the order in which lists show them."""

_NUMBER = r"\d{1,4}\.\d{1,4}\.\d{1,4}(?:[ibp]\d{1,5})?"
_NAME = re.compile(rf"check-mk-(?P<edition>[a-z]+)-(?P<docker>docker-)?(?P<number>{_NUMBER})(?P<rest>.*)", re.ASCII)
_RESTS = (
    re.compile(r"_\d+\.(?P<platform>[a-z]+)_(?P<machine>[a-z0-9]+)\.deb"),
    re.compile(r"-(?P<platform>[a-z]+\d+(?:sp\d+)?)-\d+\.(?P<machine>\w+)\.rpm"),
)


class Guess(NamedTuple):
    """What a file name says; empty where it says nothing."""

    edition: str = ""
    number: str = ""
    platform: str = ""


def guess(name: str) -> Guess:
    """Return what the name of a package says about it."""
    found = _NAME.fullmatch(name)
    if found is None or found["edition"] not in EDITION_CODES:
        return Guess()
    return Guess(EDITION_CODES[found["edition"]], found["number"], _platform(found["rest"], bool(found["docker"])))


def _platform(rest: str, is_docker: bool) -> str:
    for pattern in _RESTS:
        if parts := pattern.fullmatch(rest):
            machine = "" if parts["machine"] in ("amd64", "x86_64") else f"-{parts['machine']}"
            return f"{parts['platform']}{machine}"
    if rest.endswith(".cma"):
        return "cma"
    if rest.endswith(".tar.gz"):
        return "docker" if is_docker else "source"
    return ""


def platform_name(code: str) -> str:
    """Return what people call a platform; one nobody has named is called by its code."""
    return str(PLATFORMS.get(code, code))


def platform_order(code: str) -> tuple[int, str]:
    """Return where a platform stands in lists."""
    known = list(PLATFORMS)
    return (known.index(code) if code in known else len(known), code)


def signed_name(name: str) -> str:
    """Return the name of the file that a detached signature belongs to; "" when the name is no signature's."""
    return next((name.removesuffix(ending) for ending in SIGNED if name.endswith(ending)), "")
