"""The form that accepts a leak."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import TextAreaField
from wtforms.validators import InputRequired, Length

from ...web.forms import Form, Plain
from ..leaks.models import REASON_LENGTH


class AcceptanceForm(Form):
    """Why something may stay as it is."""

    reason = TextAreaField(
        _l("Why this may stay"),
        validators=[
            InputRequired(_l("Say why this may stay as it is.")),
            Plain(lines=True),
            Length(max=REASON_LENGTH, message=_l("At most %(max)d characters.")),
        ],
    )
