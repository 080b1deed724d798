"""The kinds of setup, in the order of the menu. A new kind is a file here and a line below."""

from __future__ import annotations

from ..kind import ElementKind
from . import (
    assignments,
    bi_aggregations,
    contact_groups,
    contact_rules,
    folders,
    global_settings,
    host_groups,
    host_tags,
    ldap_connections,
    notification_rules,
    passwords,
    rule_packs,
    rules,
    service_groups,
    time_periods,
)

KINDS: dict[str, ElementKind] = {
    kind.slug: kind
    for kind in (
        ldap_connections.KIND,
        contact_groups.KIND,
        contact_rules.KIND,
        folders.KIND,
        assignments.KIND,
        passwords.KIND,
        host_groups.KIND,
        service_groups.KIND,
        rule_packs.KIND,
        rules.KIND,
        bi_aggregations.KIND,
        host_tags.KIND,
        time_periods.KIND,
        notification_rules.KIND,
        global_settings.KIND,
    )
}
