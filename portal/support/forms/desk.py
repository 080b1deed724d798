"""The forms of the desk: an answer, a note, who works on it, its impact, a merge; views and canned answers."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from ...web.fields import Pick
from ...web.forms import Form, Plain, VersionedForm
from ..impact import LABELS
from .tickets import TOO_LONG, Offered, ReplyForm

BECOMES = {
    "waiting": _l("Waits for the customer"),
    "open": _l("Stays open"),
    "solved": _l("Is solved"),
}
BECOMES_MEANS = {
    "waiting": _l("Nothing is due until they answer."),
    "open": _l("You write again; the next answer is due as after a question."),
    "solved": _l("It closes by itself after some days unless they answer."),
}


class AnswerForm(ReplyForm):
    """What staff say to the customer, and what becomes of the ticket; `last` is the message they had read up to."""

    becomes = Pick(
        _l("The ticket then"), choices=[SelectChoice(code, label) for code, label in BECOMES.items()], default="waiting"
    )
    last = HiddenField(validators=[Length(max=40)])


class NoteForm(Form):
    """What staff say among themselves."""

    note = TextAreaField(_l("Note for colleagues"), validators=[Plain(lines=True)], render_kw={"rows": 3})


class AssignmentForm(Form):
    """Who works on the ticket; "" is nobody."""

    assignee = Offered(_l("Assigned to"), default="")

    def offer(self, colleagues: Any) -> None:
        """Set who may be chosen."""
        self.assignee.choices = [
            SelectChoice("", _l("Nobody")), *(SelectChoice(str(one.id), one.name) for one in colleagues),
        ]  # fmt: skip


class ImpactForm(Form):
    """Another impact, and why."""

    impact = Pick(_l("Impact"), choices=[SelectChoice(impact.value, label) for impact, label in LABELS.items()])
    why = TextAreaField(_l("Why"), validators=[Plain(lines=True)], render_kw={"rows": 3})


class MergeForm(Form):
    """The ticket that goes on."""

    other = StringField(_l("Reference of the ticket that goes on"), validators=[Plain(), Length(max=20)])


class ViewForm(Form):
    """The name of a saved view, and whose it is."""

    name = StringField(_l("Name of the view"), validators=[Plain(), Length(max=80, message=TOO_LONG)])
    shared = BooleanField(_l("For all colleagues"))


class CannedForm(VersionedForm):
    """A canned answer."""

    title = StringField(
        _l("Title"),
        validators=[InputRequired(_l("Give it a title by which colleagues find it.")), Plain(),
                    Length(max=120, message=TOO_LONG)],
    )  # fmt: skip
    body = TextAreaField(
        _l("Text"),
        validators=[InputRequired(_l("Write the text of the answer.")), Plain(lines=True),
                    Length(max=20_000, message=TOO_LONG)],
        render_kw={"rows": 10},
    )  # fmt: skip
