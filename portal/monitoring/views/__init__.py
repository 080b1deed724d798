"""Pages of monitoring."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from ...web.navigation import Entry, add
from . import acts, dashboard, details, kept, lists

BLUEPRINTS = (dashboard.bp, *lists.BLUEPRINTS, *details.BLUEPRINTS, *kept.BLUEPRINTS, *acts.BLUEPRINTS)

add(
    Entry(_l("Monitoring"), "/provider/monitoring/", "monitoring.read", staff=True, order=22, icon="monitoring"),
    Entry(_l("Monitoring"), "/monitoring/", "monitoring.own", order=45, icon="monitoring"),
)
