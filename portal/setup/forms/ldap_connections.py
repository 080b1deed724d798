"""The form of an LDAP connection: where the directory is, what is read there, and what its people get."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from sqlalchemy import select
from wtforms import BooleanField, PasswordField, StringField, TextAreaField, ValidationError
from wtforms.validators import InputRequired, Length, Optional

from ...access import policy
from ...access.roles import DEFAULT, Role
from ...contacts.memberships import CONTACT_GROUPS
from ...customers.elements import Element
from ...customers.models import PROVIDER
from ...database import db
from ...errors import Refused
from ..certificates import read_certificates
from ..directories.directory import ARROW, held_by_people_of, pairs
from .elements import TOO_LONG, Choice, ElementForm, text
from .lists import Lines
from .validators import Attribute, DistinguishedName, HostName, LdapFilter, Port

ENCRYPTIONS = {"ldaps": _l("LDAPS: encrypted from the start"), "starttls": _l("StartTLS"), "none": _l("None")}


def _attribute(label: Any, default: str, description: Any = "") -> Any:
    return StringField(
        label, default=default, description=description,
        validators=[InputRequired(_l("Name the attribute.")), Attribute()],
    )  # fmt: skip


class Pairs(Lines):
    """A group of the directory and what its members get, one pair a line: `DN -> ID`."""

    most = 100

    def read(self, line: str) -> str:
        """Return the pair in its one form."""
        ((dn, id),) = pairs([line])
        holder = type("Held", (), {"data": dn})
        try:
            DistinguishedName()(None, holder)
        except ValidationError:
            dn = ""
        if not dn or not id or any(letter.isspace() for letter in id):
            raise ValueError(
                _("“%(line)s” is no pair. It looks like cn=linux,ou=groups,dc=example,dc=com -> linux.", line=line[:80])
            )
        return f"{dn} {ARROW} {id}"

    @property
    def ids(self) -> set[str]:
        """Return what the members of these groups get."""
        return {id for _dn, id in pairs(self.data)}


class LdapForm(ElementForm):
    """How a directory is reached, and what follows from what it says."""

    sealed = ("bind_password",)

    server = StringField(
        _l("Server"), validators=[InputRequired(_l("Name the server.")), HostName()],
        description=_l("Name or address, for example ldap.example.com."),
    )  # fmt: skip
    encryption = Choice(_l("Encryption"), among=ENCRYPTIONS, default="ldaps")
    port = Port(_l("Port"), default=636, description=_l("Usually 636 with LDAPS and 389 otherwise."))
    tls_ca = TextAreaField(
        _l("Trusted certificate authority"), validators=[Optional(), Length(max=20_000, message=TOO_LONG)],
        description=_l("PEM, of whoever signed the server’s certificate. Empty: whom the machine trusts."),
        render_kw={"rows": 3, "spellcheck": "false"},
    )  # fmt: skip
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
    pager_attribute = StringField(
        _l("Attribute of the pager"), validators=[Optional(), Attribute()],
        description=_l("For example mobile. Empty: the pager is kept here."),
    )  # fmt: skip
    key_attribute = _attribute(
        _l("Attribute of the key"), "entryUUID",
        _l("By which a person is known again under another name: entryUUID, or objectGUID in Active Directory."),
    )  # fmt: skip
    in_portal = BooleanField(
        _l("The people of this directory sign in to the portal"), default=True,
        description=_l("They get accounts of the connection’s customer, and use their password from there."),
    )  # fmt: skip
    default_roles = Lines(
        _l("Roles of everybody"), default=lambda: [DEFAULT], optional=True, render_kw={"rows": 2},
        description=_l("IDs, one a line. They rule monitoring and the provider’s own pages."),
    )  # fmt: skip
    role_groups = Pairs(
        _l("Roles of groups"), optional=True, render_kw={"rows": 3, "spellcheck": "false"},
        description=_l(
            "One a line: cn=admins,ou=groups,dc=example,dc=com -> admin. With any, the directory decides on roles."
        ),
    )  # fmt: skip
    contact_groups = Pairs(
        _l("Contact groups of groups"), optional=True, render_kw={"rows": 3, "spellcheck": "false"},
        description=_l("One a line: cn=linux,ou=groups,dc=example,dc=com -> linux."),
    )  # fmt: skip

    @property
    def secret(self) -> str | None:
        """Return the bind password; nobody binds as nobody with one, so it is forgotten with the DN."""
        return self.bind_password.data or None if self.bind_dn.data else ""

    def validate_tls_ca(self, field: Any) -> None:
        """Raise ValidationError for what is no certificate."""
        try:
            field.data = "".join(one.pem for one in read_certificates(field.data or ""))
        except Refused as refused:
            raise ValidationError(refused.sentence) from None

    def validate_in_portal(self, field: Any) -> None:
        """Raise ValidationError for an account somebody could take over by naming a server of their own."""
        if not field.data:
            return
        with suppress(Refused):  # said beside the customer
            to = self.to()
            is_of_staff = to is None or to.customer_id in (None, PROVIDER)
            held = held_by_people_of(db.session(), self.element.id) if self.element else frozenset()
            if not policy.may_connect(current_user, is_of_staff=is_of_staff, permissions=held):
                raise ValidationError(_("Only who manages these people, and may as much as they, connects them."))

    def validate_default_roles(self, field: Any) -> None:
        """Raise ValidationError for roles that are not there, and for those that grant more than one holds oneself."""
        _check_roles(set(field.data or ()))

    def validate_role_groups(self, field: Any) -> None:
        """Raise ValidationError for the same in the roles of groups."""
        _check_roles(field.ids)

    def validate_contact_groups(self, field: Any) -> None:
        """Raise ValidationError for contact groups that are not there."""
        known = select(Element.key).where(
            Element.kind == CONTACT_GROUPS, Element.key.in_(field.ids), Element.archived_at.is_(None)
        )
        _check(field.ids - set(db.session.scalars(known)))


def _check_roles(ids: set[str]) -> None:
    roles = list(db.session.scalars(select(Role).where(Role.id.in_(ids))))
    _check(ids - {role.id for role in roles})
    for role in roles:
        if role.id != DEFAULT and not role.permissions <= policy.holdings(current_user):
            raise ValidationError(_("The role “%(id)s” grants more than you hold yourself.", id=role.id))


def _check(missing: set[str]) -> None:
    if missing:
        raise ValidationError(_("There is none with the ID “%(id)s”.", id=sorted(missing)[0][:64]))
