"""The form of a response target."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, StringField
from wtforms.validators import InputRequired, ValidationError

from ...web.forms import Plain, VersionedForm
from ..targets import Promise, Target, parse_minutes, say_minutes


class Minutes:
    """Validate that a field holds a length of time."""

    def __call__(self, form: Any, field: Any) -> None:
        """Raise ValidationError with a sentence."""
        try:
            parse_minutes(field.data)
        except ValueError:
            raise ValidationError(_("This is no length of time. It looks like 30 min, 4 h or 1 h 30 min.")) from None


class TargetForm(VersionedForm):
    """How soon staff mean to answer."""

    first = StringField(_l("First answer within"), validators=[InputRequired(_l("Say how long.")), Plain(), Minutes()])
    next = StringField(
        _l("Every further answer within"), validators=[InputRequired(_l("Say how long.")), Plain(), Minutes()]
    )
    around_the_clock = BooleanField(_l("Around the clock, not only in business hours"))

    @property
    def promise(self) -> Promise:
        """Return what was entered."""
        return Promise(
            parse_minutes(self.first.data or ""), parse_minutes(self.next.data or ""), self.around_the_clock.data
        )

    def rows(self, target: Target) -> list[tuple[str, str, str]]:
        """Return what was entered beside what stands now."""
        yes, no = str(_("Yes")), str(_("No"))
        return [
            (self.first.label.text, self.first.data or "", say_minutes(target.first_minutes)),
            (self.next.label.text, self.next.data or "", say_minutes(target.next_minutes)),
            (
                self.around_the_clock.label.text,
                yes if self.around_the_clock.data else no,
                yes if target.around_the_clock else no,
            ),
        ]
