"""Pages of licensing."""

from __future__ import annotations

from .. import attention, uses, waiting
from . import bulletin, credentials, downloads, links, news, packages, releases, usage, verification

BLUEPRINTS = (
    bulletin.bp, credentials.bp, downloads.bp, links.bp, news.bp, packages.bp, releases.bp, verification.bp, usage.bp,
)  # fmt: skip

attention.register()
waiting.register()
uses.register()
