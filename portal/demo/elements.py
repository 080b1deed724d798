"""The demo's setup: what is released to whom, activated once, edited since; and one rule that says too much to all."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..accounts.users import User
from ..database import at
from ..setup import elements
from ..setup.distribution import activation
from ..setup.forms.notification_rules import USUAL_EVENTS
from ..setup.users import groups
from .past import on

GROUPS = (
    ("provider-operations", "Operations", "provider", ("pat",)),
    ("acme-operations", "Operations of Acme", "acme", ("ada", "alan")),
    ("acme-web", "Web team of Acme", "acme", ("uma",)),
    ("beta-plant", "Plant of Beta", "beta", ("bea", "bob")),
)
NAMES = (
    ("host-groups", "platform", "Platform", "provider"),
    ("host-groups", "shop", "Web shop", "acme"),
    ("host-groups", "databases", "Databases", "acme"),
    ("host-groups", "office", "Office", "acme"),
    ("host-groups", "plant", "Plant", "beta"),
    ("service-groups", "shop-front", "What buyers see of the shop", "acme"),
    ("service-groups", "temperatures", "Temperatures", "beta"),
)
PASSWORDS = (
    (
        "agent_registration",
        "Registration of agents",
        "global",
        "",
        "Opens the registration of new agents alone.",
    ),
    ("backup_server", "Backup server", "provider", "provider-operations", "Account “monitoring” on the backup server."),
    ("shop_database", "Database of the shop", "acme", "acme-operations", "Read-only account “monitor”."),
    ("erp_api", "Interface of the ERP", "acme", "acme-operations", "Handed over by Ada; renewed every year."),
    ("planning_api", "Planning service", "beta", "beta-plant", "Key of the planning service."),
)
CONTACTS: tuple[tuple[str, str, str, str, list[str]], ...] = (
    ("shop-web", "Web servers of the shop", "acme", "acme-web", ["~shop-web-"]),
    ("databases", "Databases", "acme", "acme-operations", ["~.*-db-"]),
    ("plant", "Presses and their planning", "beta", "beta-plant", ["~plc-press-", "mes-01"]),
    ("provider", "The provider's own", "provider", "provider-operations", []),
)
"""Who is responsible for which hosts, besides those who are for everything; Ugo and Ben are for nothing."""
ASSIGNED: dict[str, Any] = {
    "assign": "hosts", "folder": "", "services": [], "labels": [], "tags": [], "sites": [], "customers": [],
    "comment": "",
}  # fmt: skip
DAY = [["08:00", "18:00"]]
RULE = {
    "match_host": "", "application": "", "priority_from": "0", "priority_to": "4", "state": "crit",
    "action": "", "password": "", "comment": "",
}  # fmt: skip
NOTIFICATION = {
    "comment": "", "hosts": [], "services": [], "host_tags": [], "host_groups": [], "service_groups": [],
    "of_contact_groups": [], "sites": [], "customers": [], "period": "", "all_contacts": True, "contact_groups": [],
    "users": [], "emails": [], "fallback_contacts": False, "method": "mail", "script": "", "bulk_minutes": 0,
    "allow_own": True, "effect": "notify", "events": list(USUAL_EVENTS),
}  # fmt: skip


def fill(session: Session) -> None:
    """Make the elements and put people into contact groups; nothing is committed."""
    people = {user.username: user for user in session.scalars(select(User))}
    pat = people["pat"]

    def add(kind: str, key: str, title: str, customer: str | None, body: dict[str, Any], **more: Any) -> None:
        elements.create(session, kind, key=key, title=title, customer=customer, body=body, by=pat, **more)

    with at(on(84, "09:15")):
        for key, title, customer, members in GROUPS:
            add("contact-groups", key, title, customer, {})
            for name in members:
                kept = (group.key for group in groups.held(session, people[name]))
                groups.choose(session, people[name], {key, *kept}, by=pat)
        for kind, key, title, customer in NAMES:
            add(kind, key, title, customer, {})
    with at(on(83, "10:40")):
        for key, title, customer, owner, comment in PASSWORDS:
            body = {"comment": comment, "documentation_url": "", "owner": owner}
            add("passwords", key, title, customer, body, secret=f"invented for the demo: {key}")
    with at(on(82, "13:20")):
        for position, (key, title, customer, group, hosts) in enumerate(CONTACTS, 1):
            rule = {**ASSIGNED, "groups": [group], "hosts": hosts}
            add("contact-rules", key, title, customer, rule, position=position)
    with at(on(80, "14:05")):
        _events(add)
    with at(on(77, "09:30")):
        _general(add)
        nodes = ["shop-web-01", "shop-web-02", "shop-db-01;Database"]
        tree = {"function": "worst", "minimum": 1, "nodes": nodes, "contact_groups": ["acme-operations", "acme-web"]}
        add("bi-aggregations", "shop", "The web shop as a whole", "acme", tree)


def _events(add: Any) -> None:
    """Add a pack without a customer, whose rules have one each, and a pack that prescribes its own."""
    add("rule-packs", "network", "Network", "", {"comment": "Each rule says itself for whom it is."}, position=1)
    link: dict[str, Any] = {**RULE, "match": "link (is )?down", "contact_groups": ["acme-operations"]}
    add("rules", "acme_link", "Link down at Acme", "acme", link, pack="network", position=1)
    fan = {**RULE, "match": "fan .* (failed|stopped)", "contact_groups": ["beta-plant"], "state": "warn"}
    add("rules", "beta_fan", "Fan stopped at Beta", "beta", fan, pack="network", position=2)
    add("rule-packs", "plant", "Plant", "beta", {"comment": "Messages of the presses."}, position=2)
    press = {**RULE, "match": "emergency stop", "contact_groups": ["beta-plant"]}
    add("rules", "press_stop", "A press was stopped", "beta", press, pack="plant", position=1)


def _general(add: Any) -> None:
    """Add what goes to all sites; the last rule names what only Acme should read."""
    tags = [
        {"id": "prod", "title": "In production"},
        {"id": "test", "title": "For tests"},
        {"id": "offline", "title": "Not watched"},
    ]
    add("host-tags", "criticality", "Criticality", None, {"topic": "Operation", "tags": tags})
    week = dict.fromkeys(("monday", "tuesday", "wednesday", "thursday", "friday"), DAY)
    add("time-periods", "workhours", "Working hours", None, {**week, "saturday": [], "sunday": [], "exceptions": []})
    usual = {**NOTIFICATION, "comment": "Whoever is responsible hears of it."}
    add("notification-rules", "contacts", "Tell those who are responsible", None, usual, position=1)
    tests = {**NOTIFICATION, "effect": "cancel", "host_tags": ["criticality:test"]}
    add("notification-rules", "test_systems", "Nothing of test systems", None, tests, position=3)
    night = {
        **NOTIFICATION, "comment": "Asked for by Alan until the disks are replaced.", "all_contacts": False,
        "hosts": ["shop-db-01"], "emails": ["on-call@acme.example"],
    }  # fmt: skip
    add("notification-rules", "night", "Shop database at night", None, night, position=2)


def activate(session: Session) -> None:
    """Activate all of it for all sites, once, and edit some things since: those wait. Commits."""
    pat = session.scalars(select(User).where(User.username == "pat")).one()
    session.commit()
    with at(on(76, "16:20")):
        activation.activate(None, by=pat, comment="First setup of all sites")
    with at(on(2, "15:10")):
        shop = elements.find(session, "passwords", "shop_database")
        assert shop is not None
        elements.change(session, shop, by=pat, secret="invented for the demo, renewed")  # noqa: S106 - it opens nothing
        elements.create(session, "host-groups", key="presses", title="Presses", customer="beta", by=pat)
        tags = elements.find(session, "host-tags", "criticality")
        assert tags is not None
        body = {**tags.body, "tags": [*tags.body["tags"], {"id": "spare", "title": "Stands by"}]}
        elements.change(session, tags, body=body, by=pat)
        session.commit()
