"""Pages of monitoring."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from ...web.navigation import Entry, add
from . import acts, dashboard, details, kept, lists, notifications, old_addresses, own_rules

BLUEPRINTS = (
    dashboard.bp,
    *lists.BLUEPRINTS,
    *details.BLUEPRINTS,
    *kept.BLUEPRINTS,
    *acts.BLUEPRINTS,
    old_addresses.bp,
    notifications.bp,
    own_rules.bp,
)

add(
    Entry(_l("Monitoring"), "/provider/monitoring/", "monitoring.read", staff=True, order=22, icon="monitoring"),
    Entry(_l("Monitoring"), "/monitoring/", "monitoring.own", order=45, icon="monitoring"),
)
