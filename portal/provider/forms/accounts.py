"""The form of a user in five sections; what may be chosen is what the policy offers."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import Any

from flask import request
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, EmailField, IntegerField, PasswordField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import PasswordInput

from ...access.rights import PortalRole
from ...access.roles import Role, called
from ...accounts.personal_form import PersonalForm
from ...audit.sentences import ROLES
from ...contacts.memberships import CONTACT_GROUPS
from ...customers.elements import Release
from ...customers.models import PROVIDER
from ...errors import Forged
from ...setup.forms.allocation import SiteIds
from ...setup.forms.lookups import Keys
from ...setup.users.account import MOST_IDLE, Account
from ...web.fields import Mailbox, Pick
from ...web.forms import Choices, Plain
from .customers import TOO_LONG

WAYS = {
    "invitation": _l("Send an invitation"),
    "password": _l("Normal user login with password"),
    "secret": _l("Automation secret for machine accounts"),
    "none": _l("No sign-in for now"),
}

PLAIN = (
    "name", "email", "pager", "must_change_password", "is_disabled", "idle_minutes", "is_fallback_contact",
)  # fmt: skip
"""Fields that are called as the account calls them."""


class Visible(PasswordField):
    """A password somebody sets for somebody else: what was thrown or typed stays to be read."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.widget = PasswordInput(hide_value=False)


class AccountForm(PersonalForm):
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
    sites = SiteIds(_l("Sites"))

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

    kept_groups: frozenset[str] = frozenset()
    """Those on which the directory decides: out of reach here."""
    groups = Keys(_l("Contact groups"), kind=CONTACT_GROUPS)
    is_fallback_contact = BooleanField(_l("Receive fallback notifications"))

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        self.authentication.choices = list(WAYS.items())
        self.which_sites.choices = [("all", _l("All sites")), ("chosen", _l("Specific sites"))]

    def offer(self, roles: Iterable[Role], portal_roles: Collection[PortalRole]) -> None:
        """Offer these roles and portal roles; no portal role to choose takes the field away."""
        self.roles.choices = [(role.id, called(role.alias)) for role in roles]
        self.portal_role.choices = [(role.value, str(ROLES[role])) for role in portal_roles]
        if not portal_roles:
            self.without("portal_role")

    def refuse_own_roles(self) -> None:
        """Take the roles away; whoever sends some all the same forged them."""
        if request.form.get("roles"):
            raise Forged(f"own roles {request.form['roles']}")
        self.without("roles")

    def fill(self, account: Account, version: int) -> None:
        """Show how things stand."""
        self.version.data = str(version)
        for name in PLAIN:
            if name in self:
                self[name].data = getattr(account, name)
        self.show(account.personal, dict(account.attributes))
        if "customer" in self:
            self.customer.data = account.customer_id or Release.GLOBAL.value
        self.which_sites.data = "all" if account.sites is None else "chosen"
        self.sites.data, self.groups.data = sorted(account.sites or ()), sorted(account.groups - self.kept_groups)
        if "roles" in self:
            self.roles.data = sorted(account.roles)

    def wish(self, present: Account) -> Account:
        """Return what was asked for; of what the form does not have, what is present."""
        found: dict[str, Any] = {}
        for name in PLAIN:
            if name in self:
                value = self[name].data
                found[name] = value if name == "idle_minutes" else value or type(getattr(present, name))()
        if "customer" in self:
            found["customer_id"] = None if self.makes_global else self.customer.data
        if "portal_role" in self and found.get("customer_id", present.customer_id) not in (None, PROVIDER):
            found["portal_role"] = PortalRole(self.portal_role.data)
        if "roles" in self:
            offered = {id for id, *_rest in self.roles.iter_choices()}
            found["roles"] = frozenset(self.roles.data or ()) | (present.roles - offered)
        return replace(
            present, **found, groups=frozenset(self.groups.data or ()) | (present.groups & self.kept_groups),
            attributes={**present.attributes, **self.attributes},
            sites=frozenset(self.sites.data or ()) if self.which_sites.data == "chosen" else None,
            personal=self.personal(present.personal),
        )  # fmt: skip

    @property
    def makes_global(self) -> bool:
        """Tell whether Global was chosen."""
        return "customer" in self and self.customer.data == Release.GLOBAL
