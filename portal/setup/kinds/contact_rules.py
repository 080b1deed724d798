"""Contact rules: which groups are responsible for which hosts and services. All rules that match count."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask_babel import lazy_gettext as _l

from ...contacts.memberships import CONTACT_GROUPS
from ...contacts.patterns import is_pattern
from ..forms.contact_rules import ASSIGNED, ContactRuleForm
from ..kind import Body, ElementKind, Reference, Text

_CONDITIONS = ("folder", "hosts", "services", "labels", "tags", "sites", "customers")


def references(body: Body) -> Iterator[Reference]:
    """Yield the contact groups a body names."""
    for key in body.get("groups") or ():
        yield Reference(CONTACT_GROUPS, key, _l("Contact groups"))


def _texts(body: Body) -> Iterator[Text]:
    yield Text(_l("Folder"), body.get("folder") or "")
    for name, label in (("hosts", _l("Hosts")), ("services", _l("Services"))):
        lines = body.get(name) or ()
        yield Text(label, "\n".join(line for line in lines if not is_pattern(line)), names_hosts=True)
        yield Text(label, "\n".join(line for line in lines if is_pattern(line)))
    for name, label in (("labels", _l("Labels")), ("tags", _l("Host tags"))):
        yield Text(label, "\n".join(body.get(name) or ()))
    yield Text(_l("Sites"), "\n".join(body.get("sites") or ()), names_hosts=True)
    yield Text(_l("Customers"), "\n".join(body.get("customers") or ()))
    yield Text(_l("Comment"), body.get("comment") or "")


def _groups(body: Body) -> str:
    groups = body.get("groups") or []
    return ", ".join(groups[:3]) + (" …" if len(groups) > 3 else "")


def _to(body: Body) -> Any:
    named = [body.get(name) for name in _CONDITIONS]
    lines = [line for one in named if one for line in ([one] if isinstance(one, str) else one)]
    return ", ".join(lines[:3]) + (" …" if len(lines) > 3 else "") or _l("All there are")


KIND = ElementKind(
    slug="contact-rules",
    title=_l("Contact rules"),
    one=_l("a contact rule"),
    lead=_l("Which contact groups are responsible for which hosts and services. All rules that match count."),
    form=ContactRuleForm,
    columns=(
        (_l("Assigns"), lambda element: _groups(element.body)),
        (_l("To"), lambda element: ASSIGNED.get(element.body.get("assign", "hosts"), "")),
        (_l("Where"), lambda element: _to(element.body)),
    ),
    is_global_by_default=True,
    is_named=False,
    references=references,
    texts=_texts,
)
