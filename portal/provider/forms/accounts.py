"""The form of a user in five sections; what may be chosen is what the policy offers."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import fields, replace
from typing import Any

from flask import current_app, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, EmailField, IntegerField, PasswordField, SelectField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import PasswordInput

from ...access.rights import PortalRole
from ...access.roles import Role, called
from ...accounts import attributes
from ...accounts.attributes import CustomAttribute
from ...accounts.personal import Personal
from ...audit.sentences import ROLES
from ...contacts.memberships import CONTACT_GROUPS
from ...customers.elements import Release
from ...customers.models import PROVIDER
from ...errors import Forged
from ...i18n import LANGUAGES, TIME_ZONES
from ...setup.forms.lookups import Keys
from ...setup.users.account import MOST_IDLE, Account
from ...web.fields import KeptSelect, Mailbox, Moment, Pick
from ...web.forms import Choices, Plain, VersionedForm
from .customers import TOO_LONG

WAYS = {
    "invitation": _l("Send an invitation"),
    "password": _l("Normal user login with password"),
    "secret": _l("Automation secret for machine accounts"),
    "none": _l("No sign-in for now"),
}
THEMES = {"": _l("As the device"), "light": _l("Light"), "dark": _l("Dark")}
PREFIX = "attribute_"


class Visible(PasswordField):
    """A password somebody sets for somebody else: what was thrown or typed stays to be read."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.widget = PasswordInput(hide_value=False)


class AccountForm(VersionedForm):
    """Who somebody is, how they sign in, what they are responsible for, and how they like it."""

    username = StringField(_l("Username"), [Optional(), Plain(), Length(max=255, message=TOO_LONG)])
    name = StringField(
        _l("Full name"),
        [
            InputRequired(_l("Please specify a full name or descriptive alias for the user.")),
            Plain(),
            Length(max=200, message=TOO_LONG),
        ],
    )
    email = EmailField(_l("E-mail address"), [Optional(), Plain(), Mailbox(), Length(max=254, message=TOO_LONG)])
    pager = StringField(_l("Pager address"), [Optional(), Plain(), Length(max=80, message=TOO_LONG)])
    customer = StringField(_l("Customer"), [InputRequired(_l("Choose a customer, or global."))], default=PROVIDER)
    portal_role = Pick(_l("Role in the customer portal"), default=PortalRole.USER.value)
    which_sites = Pick(_l("Authorized sites"), default="all")
    sites = Keys(_l("Sites"), kind="sites")

    authentication = Pick(_l("Authentication"), default="invitation")
    password = Visible(_l("Password"), [Optional()])
    secret = Visible(_l("Automation secret"), [Optional()])
    as_file = BooleanField(_l("Also keep the secret in a file for scripts on this machine"))
    must_change_password = BooleanField(_l("Change password at next login or access"))
    is_disabled = BooleanField(_l("Disable the login to this account"))
    idle_minutes = IntegerField(
        _l("Session idle timeout, in minutes"),
        [Optional(), NumberRange(0, MOST_IDLE, _l("A number from %(min)d to %(max)d."))],
    )
    roles = Choices(_l("Roles"))

    groups = Keys(_l("Contact groups"), kind=CONTACT_GROUPS)
    is_fallback_contact = BooleanField(_l("Receive fallback notifications"))

    language = SelectField(_l("Language"))
    time_zone = SelectField(_l("Time zone"), widget=KeptSelect())
    theme = SelectField(_l("Theme"))
    start_page = StringField(_l("Start page"), [Optional(), Plain(), Length(max=300, message=TOO_LONG)])
    sees_only_own = BooleanField(_l("Only show hosts and services the user is a contact for"))
    is_muted = BooleanField(_l("Disable notifications"))
    muted_from = Moment(_l("From"), [Optional()])
    muted_until = Moment(_l("Until"), [Optional()])

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        usual = current_app.config
        speaks = LANGUAGES.get(usual["LANGUAGE"], usual["LANGUAGE"])
        self.language.choices = [("", _("As the portal: %(language)s", language=speaks)), *LANGUAGES.items()]
        self.time_zone.choices = [
            ("", _("As the portal: %(zone)s", zone=usual["TIME_ZONE"])),
            *((zone, zone.replace("_", " ")) for zone in TIME_ZONES),
        ]
        self.authentication.choices, self.theme.choices = list(WAYS.items()), list(THEMES.items())
        self.which_sites.choices = [("all", _l("All sites")), ("chosen", _l("Specific sites"))]

    def offer(self, roles: Iterable[Role], portal_roles: Collection[PortalRole]) -> None:
        """Offer these roles and portal roles; no portal role to choose takes the field away."""
        self.roles.choices = [(role.id, called(role.alias)) for role in roles]
        self.portal_role.choices = [(role.value, str(ROLES[role])) for role in portal_roles]
        if not portal_roles:
            self.without("portal_role")

    def without(self, *names: str, forged: bool = False) -> None:
        """Take fields away; `forged`: whoever sends them all the same forged them."""
        for name in names:
            if name in self:
                if forged and request.form.get(name):
                    raise Forged(f"{name} {request.form[name]}")
                del self[name]

    @property
    def attribute_fields(self) -> dict[str, Any]:
        """Return the fields of custom attributes by ID."""
        return {field.short_name.removeprefix(PREFIX): field for field in self if field.short_name.startswith(PREFIX)}

    def fill(self, account: Account, version: int) -> None:
        """Show how things stand."""
        self.version.data = str(version)
        for source in (account, account.personal):
            for one in fields(source):
                if one.name in self and one.name not in ("sites", "attributes", "groups", "roles"):
                    self[one.name].data = getattr(source, one.name)
        if "customer" in self:
            self.customer.data = account.customer_id or Release.GLOBAL.value
        self.which_sites.data = "all" if account.sites is None else "chosen"
        self.sites.data, self.groups.data = sorted(account.sites or ()), sorted(account.groups)
        if "roles" in self:
            self.roles.data = sorted(account.roles)
        for id, field in self.attribute_fields.items():
            field.data = account.attributes.get(id, "")

    def wish(self, present: Account) -> Account:
        """Return what was asked for; of what the form does not have, what is present."""
        found: dict[str, Any] = {}
        for one in ("name", "email", "pager", "must_change_password", "is_disabled", "idle_minutes",
                    "is_fallback_contact"):  # fmt: skip
            if one in self:
                found[one] = (
                    self[one].data if one == "idle_minutes" else self[one].data or type(getattr(present, one))()
                )
        if "customer" in self:
            found["customer_id"] = None if self.makes_global else self.customer.data
        if "portal_role" in self and found.get("customer_id", present.customer_id) not in (None, PROVIDER):
            found["portal_role"] = PortalRole(self.portal_role.data)
        if "roles" in self:
            offered = {id for id, *_rest in self.roles.iter_choices()}
            found["roles"] = frozenset(self.roles.data or ()) | (present.roles - offered)
        values = {id: field.data or "" for id, field in self.attribute_fields.items()}
        return replace(
            present, **found, groups=frozenset(self.groups.data or ()), attributes={**present.attributes, **values},
            sites=frozenset(self.sites.data or ()) if self.which_sites.data == "chosen" else None,
            personal=self.personal(present.personal),
        )  # fmt: skip

    def personal(self, present: Personal) -> Personal:
        """Return the personal settings asked for."""
        found = {one.name: self[one.name].data for one in fields(Personal) if one.name in self}
        if not found.get("is_muted", True):
            found |= {"muted_from": None, "muted_until": None}
        chosen: dict[str, Any] = {
            name: value or "" if isinstance(getattr(present, name), str) else value for name, value in found.items()
        }
        return replace(present, **chosen)

    @property
    def makes_global(self) -> bool:
        """Tell whether Global was chosen."""
        return "customer" in self and self.customer.data == Release.GLOBAL


def form_of(known: Iterable[CustomAttribute], base: type[Any] = AccountForm) -> type[Any]:
    """Return the form with a field for each custom attribute."""
    more = {
        PREFIX + one.id: StringField(one.title, [Optional(), Plain(), Length(max=attributes.LONGEST, message=TOO_LONG)])
        for one in known
    }
    return type(base.__name__, (base,), more)
