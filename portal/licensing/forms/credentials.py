"""Forms about licensing credentials and the verification of licences."""

from __future__ import annotations

from datetime import timedelta

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from ...web.fields import Pick
from ...web.forms import Form, Plain, VersionedForm

OVERLAPS = {
    "0": (_l("Not at all"), timedelta(0)),
    "1": (_l("1 day"), timedelta(days=1)),
    "7": (_l("7 days"), timedelta(days=7)),
    "30": (_l("30 days"), timedelta(days=30)),
}
"""How long a replaced password may work on: code, words, and time."""


class LabelForm(Form):
    """What a new credential is for."""

    label = StringField(
        _l("Label"),
        validators=[
            InputRequired(_l("Give it a label, so that you know later where it is used.")),
            Plain(),
            Length(max=80, message=_l("At most 80 characters.")),
        ],
    )


class RotationForm(VersionedForm):
    """How long the present password works on beside the new one."""

    overlap = Pick(
        _l("The present password works on for"),
        choices=[SelectChoice(code, words) for code, (words, _time) in OVERLAPS.items()],
        default="1",
    )

    @property
    def time(self) -> timedelta:
        """Return the overlap that was chosen."""
        return OVERLAPS[self.overlap.data][1]


class QuestionForm(Form):
    """The verification request of a site."""

    request = FileField(_l("Verification request"), validators=[FileRequired(_l("Choose the file."))])
