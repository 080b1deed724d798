"""The form of those who say who follows a ticket."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from ...web.forms import Form, Plain


class WatcherForm(Form):
    """Who is to follow a ticket."""

    watcher = StringField(
        _l("Who should follow it?"), validators=[InputRequired(_l("Choose a person.")), Plain(), Length(max=300)]
    )  # fmt: skip
