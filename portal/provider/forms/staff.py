"""Forms about the provider's own people."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import lazy_gettext as _l
from wtforms import EmailField, StringField
from wtforms.validators import InputRequired, Length

from ...access.roles import Role, called
from ...web.fields import Mailbox
from ...web.forms import Choices, Plain, VersionedForm
from .customers import TOO_LONG


class RolesForm(VersionedForm):
    """Which roles somebody has."""

    roles = Choices(_l("Roles"))

    def offer(self, roles: Iterable[Role]) -> None:
        """Offer these roles."""
        self.roles.choices = [(role.id, called(role.alias)) for role in roles]


class ColleagueForm(RolesForm):
    """Somebody new."""

    name = StringField(
        _l("Name"),
        validators=[InputRequired(_l("A person needs a name.")), Plain(), Length(max=200, message=TOO_LONG)],
    )
    email = EmailField(
        _l("E-mail address"),
        validators=[
            InputRequired(_l("An invitation needs an e-mail address.")),
            Plain(),
            Mailbox(),
            Length(max=254, message=TOO_LONG),
        ],
    )
