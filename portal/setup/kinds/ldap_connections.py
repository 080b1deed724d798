"""LDAP connections: the directories from which sites take people."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired, Length

from ..forms.elements import TOO_LONG, Choice, ElementForm, text
from ..forms.validators import Attribute, DistinguishedName, HostName, LdapFilter, Port
from ..kind import Body, ElementKind, Text

ENCRYPTIONS = {"ldaps": _l("LDAPS: encrypted from the start"), "starttls": _l("StartTLS"), "none": _l("None")}


def _attribute(label: Any, default: str) -> Any:
    return StringField(label, default=default, validators=[InputRequired(_l("Name the attribute.")), Attribute()])


class LdapForm(ElementForm):
    """How a site reaches a directory, and what it reads there."""

    sealed = ("bind_password",)

    server = StringField(
        _l("Server"), validators=[InputRequired(_l("Name the server.")), HostName()],
        description=_l("Name or address, for example ldap.example.com."),
    )  # fmt: skip
    encryption = Choice(_l("Encryption"), among=ENCRYPTIONS, default="ldaps")
    port = Port(_l("Port"), default=636, description=_l("Usually 636 with LDAPS and 389 otherwise."))
    bind_dn = text(_l("Bind DN"), 500, description=_l("As whom the site signs in there. Empty: as nobody."))
    bind_password = PasswordField(
        _l("Bind password"),
        description=_l("Kept encrypted and never shown again. When you edit: empty leaves it as it is."),
        validators=[Length(max=4000, message=TOO_LONG)],
        render_kw={"autocomplete": "new-password"},
    )
    base_dn = StringField(
        _l("Base DN"), validators=[InputRequired(_l("Say where people stand.")), DistinguishedName()],
        description=_l("Below which people stand, for example ou=people,dc=example,dc=com."),
    )  # fmt: skip
    user_filter = StringField(
        _l("User filter"), default="(objectClass=person)", validators=[LdapFilter()],
        description=_l("Which entries are people, for example (objectClass=person)."),
    )  # fmt: skip
    username_attribute = _attribute(_l("Attribute of the username"), "uid")
    name_attribute = _attribute(_l("Attribute of the name"), "cn")
    email_attribute = _attribute(_l("Attribute of the e-mail address"), "mail")

    @property
    def secret(self) -> str | None:
        """Return the bind password; nobody binds as nobody with one, so it is forgotten with the DN."""
        return self.bind_password.data or None if self.bind_dn.data else ""


def _server(body: Body) -> str:
    return f"{body.get('server', '')}:{body.get('port', '')}"


KIND = ElementKind(
    slug="ldap-connections",
    title=_l("LDAP connections"),
    one=_l("an LDAP connection"),
    lead=_l("Directories from which sites take people. Those people belong to the connection’s customer."),
    form=LdapForm,
    columns=(
        (_l("Server"), lambda element: _server(element.body)),
        (_l("Encryption"), lambda element: {"none": _l("None")}.get(element.body.get("encryption", ""), "TLS")),
    ),
    secret="bind_password",  # noqa: S106 - the name of a field
    texts=lambda body: tuple(
        Text(label, str(body.get(name) or ""))
        for name, label in (("server", _l("Server")), ("bind_dn", _l("Bind DN")), ("base_dn", _l("Base DN")))
    ),
)
