"""Notification rules: who is told of which problems, and how. They go to all sites."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from ...contacts.memberships import CONTACT_GROUPS
from ..forms.notification_rules import CANCEL, METHODS, NotificationRuleForm
from ..kind import Body, ElementKind, Reference, Text

PATTERN = "~"
"""Begins a line that is a regular expression, no name."""

_REFERENCES = (
    ("host_groups", "host-groups", _l("Host groups")),
    ("service_groups", "service-groups", _l("Service groups")),
    ("of_contact_groups", CONTACT_GROUPS, _l("Responsible contact groups")),
    ("contact_groups", CONTACT_GROUPS, _l("Tell contact groups")),
    ("users", "users", _l("Tell people")),
)


def _references(body: Body) -> Iterator[Reference]:
    for name, kind, label in _REFERENCES:
        for key in body.get(name) or ():
            yield Reference(kind, key, label)
    for condition in body.get("host_tags") or ():
        yield Reference("host-tags", condition.partition(":")[0], _l("Host tags"))
    if body.get("period"):
        yield Reference("time-periods", body["period"], _l("Time period"))


def _texts(body: Body) -> Iterator[Text]:
    yield Text(_l("Comment"), body.get("comment") or "")
    for name, label in (("hosts", _l("Hosts")), ("services", _l("Services"))):
        lines = body.get(name) or ()
        yield Text(label, "\n".join(line for line in lines if not line.startswith(PATTERN)), names_hosts=True)
        yield Text(label, "\n".join(line for line in lines if line.startswith(PATTERN)))
    yield Text(_l("Tell addresses"), "\n".join(body.get("emails") or ()))
    yield Text(_l("Script"), body.get("script") or "")
    for name, label in (("sites", _l("Sites")), ("customers", _l("Customers"))):
        if named := body.get(name):
            yield Text(label, "\n".join(named), names_hosts=name == "sites")


def _told(body: Body) -> str:
    said = [str(_("All contacts"))] if body.get("all_contacts") else []
    said += [str(_("Fallback contacts"))] if body.get("fallback_contacts") else []
    said += [*(body.get("contact_groups") or ()), *(body.get("users") or ()), *(body.get("emails") or ())]
    told = ", ".join(said[:3]) + (" …" if len(said) > 3 else "")
    return str(_("Not: %(people)s", people=told)) if body.get("effect") == CANCEL else told


def _how(body: Body) -> Any:
    how = body.get("script") if body.get("method") == "script" else METHODS["mail"]
    if minutes := body.get("bulk_minutes"):
        return _("%(how)s, all of %(minutes)d minutes in one", how=how, minutes=minutes)
    return how


KIND = ElementKind(
    slug="notification-rules",
    title=_l("Notification rules"),
    one=_l("a notification rule"),
    lead=_l("Who is told of which problems, and how. Rules go to all sites, so name no host and no address."),
    form=NotificationRuleForm,
    columns=(
        (_l("Tells"), lambda element: _told(element.body)),
        (_l("How"), lambda element: _how(element.body)),
    ),
    is_general=True,
    is_ordered=True,
    is_named=False,
    references=_references,
    texts=_texts,
)
