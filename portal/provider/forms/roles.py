"""Forms about roles; the answers to permissions are read by `provider.roles`."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField
from wtforms.validators import InputRequired, Length

from ...setup.roles import LONGEST_ALIAS, LONGEST_ID
from ...web.forms import Form, Plain, VersionedForm, refuse_forged
from .customers import TOO_LONG


def _id() -> StringField:
    return StringField(
        _l("ID"),
        validators=[InputRequired(_l("A role needs an ID.")), Plain(), Length(max=LONGEST_ID, message=TOO_LONG)],
    )


def _alias() -> StringField:
    return StringField(
        _l("Alias"),
        validators=[InputRequired(_l("A role needs a name.")), Plain(), Length(max=LONGEST_ALIAS, message=TOO_LONG)],
    )


class CloneForm(Form):
    """A role that is to follow another."""

    id = _id()
    alias = _alias()


class BuiltInForm(VersionedForm):
    """A built-in role: its answers alone."""


class RoleForm(BuiltInForm):
    """An own role."""

    id = _id()
    alias = _alias()
    based_on = SelectField(_l("Based on"), validate_choice=False)

    def validate_based_on(self, field: SelectField) -> None:
        """Raise `Forged` for a role that was not offered."""
        refuse_forged(field)
