"""LDAP connections: directories whose people sites and the portal know. They belong to the connection's customer."""

from __future__ import annotations

from collections.abc import Iterator

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from ...contacts.memberships import CONTACT_GROUPS
from ..directories.directory import pairs
from ..forms.ldap_connections import LdapForm
from ..kind import Body, ElementKind, Reference, Text


def _references(body: Body) -> Iterator[Reference]:
    for _dn, id in pairs(body.get("contact_groups")):
        yield Reference(CONTACT_GROUPS, id, _l("Contact groups of groups"))


def _server(body: Body) -> str:
    return f"{body.get('server', '')}:{body.get('port', '')}"


KIND = ElementKind(
    slug="ldap-connections",
    title=_l("LDAP connections"),
    one=_l("an LDAP connection"),
    lead=_l("Directories whose people sites and the portal know. Those people belong to the connection’s customer."),
    form=LdapForm,
    columns=(
        (_l("Server"), lambda element: _server(element.body)),
        (_l("Portal"), lambda element: _("signs people in") if element.body.get("in_portal") else _("sites only")),
        (_l("Encryption"), lambda element: {"none": _l("None")}.get(element.body.get("encryption", ""), "TLS")),
    ),
    is_named=False,
    secret="bind_password",  # noqa: S106 - the name of a field
    references=_references,
    texts=lambda body: tuple(
        Text(label, str(body.get(name) or ""))
        for name, label in (("server", _l("Server")), ("bind_dn", _l("Bind DN")), ("base_dn", _l("Base DN")))
    ),
)
