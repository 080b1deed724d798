"""The kinds of setup, in the order of the menu. A new kind is a file here and a line below."""

from __future__ import annotations

from ..kind import ElementKind
from . import contact_groups

KINDS: dict[str, ElementKind] = {kind.slug: kind for kind in (contact_groups.KIND,)}
