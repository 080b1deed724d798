"""Forms about a customer's person that only staff use."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import StringField
from wtforms.validators import InputRequired

from ...web.forms import Form, Plain


class MoveForm(Form):
    """Where a person moves."""

    customer = StringField(_l("New customer"), validators=[InputRequired(_l("Choose a customer.")), Plain()])
