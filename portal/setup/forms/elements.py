"""The form of every kind of element: ID, title and customer; a kind adds its own fields."""

from __future__ import annotations

from typing import Any, ClassVar

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectField, StringField
from wtforms.validators import InputRequired, Length

from ...web.forms import Plain, VersionedForm, refuse_forged

TOO_LONG = _l("At most %(max)d characters.")
OWN = ("id", "title", "customer", "enabled", "version", "csrf_token")


class Released(SelectField):
    """To whom an element is released: a customer's ID, `global` or nothing; what was not offered is forged."""

    def pre_validate(self, form: Any) -> None:
        """Raise `Forged` for a value that was not among the choices."""
        refuse_forged(self)


class ElementForm(VersionedForm):
    """What every element has. `body` is what the kind's own fields hold."""

    sealed: ClassVar[tuple[str, ...]] = ()
    """Fields that are kept sealed and so are not in the body."""

    id = StringField(_l("ID"), validators=[InputRequired(_l("Give an ID.")), Plain(), Length(max=64, message=TOO_LONG)])
    title = StringField(
        _l("Title"), validators=[InputRequired(_l("Give a title.")), Plain(), Length(max=200, message=TOO_LONG)]
    )
    customer = Released(_l("Customer"))
    enabled = BooleanField(_l("Enabled"), default=True)

    @property
    def body(self) -> dict[str, Any]:
        """Return the values of the kind's own fields, as an element's body keeps them."""
        return {field.short_name: field.data for field in self if field.short_name not in (*OWN, *self.sealed)}
