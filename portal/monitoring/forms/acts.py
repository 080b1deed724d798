"""Forms of what is done to hosts and services."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, StringField
from wtforms.validators import InputRequired, Length

from ...web.fields import Moment
from ...web.forms import Form, Plain
from ..acts import COMMENT_LENGTH


class _Commented(Form):
    """Every act says why."""

    comment = StringField(
        _l("Comment"),
        validators=[InputRequired(_l("Say in a few words why.")), Length(max=COMMENT_LENGTH), Plain()],
    )


class AcknowledgeForm(_Commented):
    """Somebody knows of a problem."""

    sticky = BooleanField(_l("Until it is well again, and not only until its state changes"), default=True)
    notify = BooleanField(_l("Tell its contacts"), default=True)
    persistent = BooleanField(_l("Keep the comment when the problem is over"))


class CommentForm(Form):
    """Something to be known of a host or service."""

    comment = StringField(
        _l("Comment"),
        validators=[InputRequired(_l("Write something.")), Length(max=COMMENT_LENGTH), Plain()],
    )


class DowntimeForm(_Commented):
    """Something is out of work on purpose, between two moments."""

    start = Moment(_l("From"), validators=[InputRequired(_l("Say from when."))])
    end = Moment(_l("Until"), validators=[InputRequired(_l("Say until when."))])
