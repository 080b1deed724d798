"""Pages of this package."""

from __future__ import annotations

from . import health

BLUEPRINTS = (health.bp,)
