"""Impact: how badly a problem hurts, in four levels with their definitions (reference, section 7.2)."""

from __future__ import annotations

from enum import StrEnum

from flask_babel import lazy_gettext as _l


class Impact(StrEnum):
    """The four levels, worst first; codes as forms send them."""

    CRITICAL = "critical"
    SIGNIFICANT = "significant"
    LIMITED = "limited"
    MINIMAL = "minimal"


LABELS = {
    Impact.CRITICAL: _l("Critical"),
    Impact.SIGNIFICANT: _l("Significant"),
    Impact.LIMITED: _l("Limited"),
    Impact.MINIMAL: _l("Minimal"),
}
DEFINITIONS = {
    Impact.CRITICAL: _l(
        "A production system has lost its service, a restart does not bring it back, there is no immediate way around, "
        "and the business depends on it. Stable versions up to 30 months after their first stable release."
    ),
    Impact.SIGNIFICANT: _l(
        "A production system is usable, but significant functions are severely impaired and there is no acceptable way "
        "around: parts fail or do not respond, or only a restart helps for a while."
    ),
    Impact.LIMITED: _l(
        "Functions that are not critical are impaired, perhaps with a way around, for one or a few users. All problems "
        "with plug-ins and local checks belong here, in any environment."
    ),
    Impact.MINIMAL: _l(
        "Operations are not significantly affected, or there is a reasonable way around: questions and how-tos too."
    ),
}
TONES = {Impact.CRITICAL: "bad", Impact.SIGNIFICANT: "warn", Impact.LIMITED: "info", Impact.MINIMAL: "neutral"}
RANK = {impact: rank for rank, impact in enumerate(Impact, 1)}
"""1 is the worst: what lists are sorted by."""
