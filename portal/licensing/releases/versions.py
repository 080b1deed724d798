"""Versions: how the software counts: 2.4.0i1 (innovation), then 2.4.0b1 (beta), 2.4.0, 2.4.0p1 (patch)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from ...errors import Refused

PATTERN = re.compile(r"(\d{1,4})\.(\d{1,4})\.(\d{1,4})(?:([ibp])(\d{1,5}))?", re.ASCII)
RANK = {"i": 1, "b": 2, None: 3, "p": 4}


class Stability(StrEnum):
    """How far a release may be trusted; only stable ones are recommended."""

    STABLE = "stable"
    BETA = "beta"
    INNOVATION = "innovation"


STABILITIES = {
    Stability.STABLE: _l("Stable"),
    Stability.BETA: _l("Beta"),
    Stability.INNOVATION: _l("Innovation"),
}


@dataclass(frozen=True)
class Version:
    """A version's number, taken apart: `key` sorts as people do, `line` is what support speaks of ("2.4")."""

    number: str
    key: str
    line: str
    stability: Stability


def parse(number: str) -> Version:
    """Return the version. Raises Refused (field `number`) for what is none."""
    found = PATTERN.fullmatch(number.strip())
    if found is None:
        raise Refused(_("A version looks like 2.4.0, 2.4.0p5, 2.5.0b1 or 2.5.0i1."), field="number")
    major, minor, sub, kind, count = found.groups()
    key = f"{int(major):04}.{int(minor):04}.{int(sub):04}.{RANK[kind]}.{int(count or 0):05}"
    stability = {"i": Stability.INNOVATION, "b": Stability.BETA}.get(kind, Stability.STABLE)
    return Version(found[0], key, f"{int(major)}.{int(minor)}", stability)
