"""Forms about users as sites know them: whose sites, contact groups, the site password."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, PasswordField, StringField
from wtforms.validators import EqualTo, InputRequired, Length, Optional

from ...customers.elements import Release
from ...customers.models import PROVIDER
from ...errors import Forged
from ...web.fields import Pick
from ...web.forms import Choices, Form, Plain, VersionedForm
from ..users.groups import Group
from .elements import TOO_LONG


class ReleaseForm(VersionedForm):
    """Whose sites get one of the provider's people, and anybody's contact groups."""

    customer = Pick(_l("Customer"))
    groups = Choices(_l("Contact groups"))
    more = StringField(_l("Other contact groups"), [Optional(), Plain(), Length(max=2000, message=TOO_LONG)])
    confirmed = HiddenField()

    def offer(self, groups: Iterable[Group], *, customer: bool, more: bool) -> None:
        """Offer these groups; whose the person is, and typing other groups, only if so said."""
        self.groups.choices = [(group.key, group.title) for group in groups]
        self.customer.choices = [(PROVIDER, _("Provider")), (Release.GLOBAL.value, _("Global"))]
        if not customer:
            if request.form.get("customer"):
                raise Forged(f"customer {request.form['customer']}")
            del self.customer
        if not more:
            del self.more

    @property
    def makes_global(self) -> bool:
        """Tell whether Global was chosen."""
        return "customer" in self and self.customer.data == Release.GLOBAL


def marks(groups: Iterable[Group], *, is_global: bool) -> dict[str, str]:
    """Return the sentence under each group's choice: whose it is, and what activation says to one that is elsewhere."""
    elsewhere = (
        _("of %(company)s, so not on all sites: activation will refuse")
        if is_global
        else _("of %(company)s, so not on this customer’s sites: activation will refuse")
    )
    return {
        group.key: _("of %(company)s", company=group.company)
        if group.is_on_sites
        else elsewhere % {"company": group.company}
        for group in groups
    }


class SitePasswordForm(Form):
    """A site password for somebody, typed twice."""

    password = PasswordField(_l("New site password"), [InputRequired(_l("Choose a password."))])
    repeat = PasswordField(
        _l("New site password once more"), [EqualTo("password", _l("The two passwords differ. Type both again."))]
    )


class OwnSitePasswordForm(SitePasswordForm):
    """One's own site password, with the portal's as proof of who asks."""

    old_password = PasswordField(
        _l("Password of the portal"), [InputRequired(_l("Enter your password of the portal."))]
    )


class RemovalForm(Form):
    """The password of the portal, as proof of who removes their site password."""

    old_password = PasswordField(
        _l("Password of the portal"), [InputRequired(_l("Enter your password of the portal."))]
    )

    def __init__(self, **values: Any) -> None:
        super().__init__(prefix="removal-", **values)
