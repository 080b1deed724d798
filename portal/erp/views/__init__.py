"""The pages of this package."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from ...web.navigation import Entry, add
from .. import imports as _jobs  # noqa: F401 (its job has to be known wherever jobs are done)
from .. import uses
from ..waiting import register
from . import imports

BLUEPRINTS = (imports.bp,)

register()
uses.register()
add(
    Entry(
        _l("ERP imports"), "/provider/imports/", "documents.read", staff=True, order=50, icon="imports",
        short=_l("Imports"),
    )
)  # fmt: skip
