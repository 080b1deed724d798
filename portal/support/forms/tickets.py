"""The forms of a company's own people: a new ticket, a reply, who sees it, how content they are."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from ...customers.subscriptions import EDITIONS, Edition
from ...web.fields import Files, Pick
from ...web.forms import Form, Plain, refuse_forged
from ..impact import LABELS
from ..tickets import Environment, Satisfaction, SeenBy

TOO_LONG = _l("At most %(max)d characters.")
ENVIRONMENTS = {Environment.PRODUCTION: _l("Production"), Environment.OTHER: _l("Test or other")}
SEEN_BY = {SeenBy.COMPANY: _l("The company"), SeenBy.OPENER: _l("Only whoever opened it")}
SEEN_BY_MEANS = {
    SeenBy.COMPANY: _l("Everybody of your company with the right “Request Support” reads it and answers in it."),
    SeenBy.OPENER: _l("Whoever opened it, and those who follow it."),
}
SATISFACTION = {
    Satisfaction.GOOD: _l("Good"),
    Satisfaction.FAIR: _l("Fair"),
    Satisfaction.BAD: _l("Bad"),
}


class Offered(SelectField):
    """A select; a value that was not offered is forged, not a mistake."""

    def pre_validate(self, form: Any) -> None:
        """Raise `Forged` for a value that was not among the choices."""
        refuse_forged(self)


def _text(label: Any, most: int, **more: Any) -> StringField:
    return StringField(label, validators=[Plain(), Length(max=most, message=TOO_LONG)], **more)


class _WithFiles(Form):
    """A form with attachments, and a key of its own: sent twice, it counts once."""

    attachments = Files(_l("Attachments"))
    key = HiddenField(validators=[Length(max=40), Plain()])

    def prepare(self) -> None:
        """Give a fresh form its key."""
        self.attachments.flags.optional = True
        self.key.data = self.key.data or uuid.uuid4().hex


class TicketForm(_WithFiles):
    """A new ticket."""

    subject = StringField(
        _l("Subject"),
        validators=[
            InputRequired(_l("Say in a few words what it is about.")), Plain(), Length(max=200, message=TOO_LONG),
        ],
    )  # fmt: skip
    description = TextAreaField(
        _l("Description"),
        validators=[InputRequired(_l("Describe what happens and what you expected.")), Plain(lines=True)],
        render_kw={"rows": 10},
    )
    impact = Pick(_l("Impact"), choices=[SelectChoice(impact.value, label) for impact, label in LABELS.items()])
    environment = Pick(
        _l("Environment"), choices=[SelectChoice(value.value, label) for value, label in ENVIRONMENTS.items()],
        default=Environment.PRODUCTION.value,
    )  # fmt: skip
    edition = Offered(_l("Edition"), default="")
    version = _text(_l("Version"), 40)
    site = _text(_l("Site"), 100)
    seen_by = Pick(_l("Who sees it"), choices=[SelectChoice(value.value, label) for value, label in SEEN_BY.items()])

    def offer(self, editions: Iterable[str]) -> None:
        """Set which editions may be chosen."""
        named = [(code, EDITIONS[Edition(code)]) for code in editions]
        self.edition.choices = [("", _l("Not said")), *named]
        for field in (self.edition, self.version, self.site):
            field.flags.optional = True


class ReplyForm(_WithFiles):
    """What somebody adds to a ticket."""

    body = TextAreaField(_l("Your answer"), validators=[Plain(lines=True)], render_kw={"rows": 6})


class RatingForm(Form):
    """How content the customer was."""

    satisfaction = Pick(
        _l("How did we do?"), choices=[SelectChoice(value.value, label) for value, label in SATISFACTION.items()]
    )  # fmt: skip
    comment = TextAreaField(
        _l("What should we know?"), validators=[Plain(lines=True), Length(max=2000, message=TOO_LONG)],
        render_kw={"rows": 3},
    )  # fmt: skip

    def prepare(self) -> None:
        """Say which fields may stay empty."""
        self.comment.flags.optional = True


class SeenByForm(Form):
    """Who sees a ticket, or new ones."""

    seen_by = Pick(_l("Who sees it"), choices=[SelectChoice(value.value, label) for value, label in SEEN_BY.items()])
