"""Pages of licensing."""

from __future__ import annotations

from . import credentials, downloads, links, packages, releases, usage, verification

BLUEPRINTS = (credentials.bp, downloads.bp, links.bp, packages.bp, releases.bp, verification.bp, usage.bp)
