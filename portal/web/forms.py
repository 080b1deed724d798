"""Forms: shape only. Models keep the truth, the database the invariants."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    Field,
    HiddenField,
    PasswordField,
    SelectMultipleField,
    StringField,
    ValidationError,
)
from wtforms.widgets import CheckboxInput, ListWidget

from ..errors import Forged, Refused, Stale


def clean(text: str | None) -> str | None:
    """Return text without surrounding spaces, in NFC."""
    return unicodedata.normalize("NFC", text).strip() if isinstance(text, str) else text


class Form(FlaskForm):
    """The base of every form: trims text, puts a refusal beside its field."""

    class Meta(FlaskForm.Meta):
        """Trim every text field."""

        def bind_field(self, form: Any, unbound_field: Any, options: Any) -> Field:
            """Add the trimming filter to text fields that are no passwords."""
            kind = unbound_field.field_class
            if issubclass(kind, StringField) and not issubclass(kind, PasswordField):
                options = dict(options, filters=[clean])
            return unbound_field.bind(form=form, **options)

    def refuse(self, refusal: Refused) -> int:
        """Show a refusal beside its field (return 422), or on top of the form (409)."""
        if refusal.field and refusal.field in self:
            field = self[refusal.field]
            field.errors = [*field.errors, refusal.sentence]
            return 422
        self.form_errors: list[Any] = [*self.form_errors, refusal.sentence]
        return 409


class VersionedForm(Form):
    """A form on a record that others may edit at the same time: carries the version it was opened with."""

    version = HiddenField()

    def check_version(self, record: Any) -> None:
        """Raise `Stale` when the record changed since the form was opened."""
        if str(record.version) != (self.version.data or ""):
            raise Stale(_("Somebody else changed this meanwhile. Compare both versions and save again."))


class Choices(SelectMultipleField):
    """Checkboxes; a value that was not offered is forged, not a mistake."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def pre_validate(self, form: Any) -> None:
        """Raise `Forged` for a value that was not among the choices."""
        offered = {value for value, *_rest in self.iter_choices()}
        if not set(self.data or ()) <= offered:
            raise Forged(f"{self.name} {self.data}")


def refuse_forged(field: Any) -> None:
    """Raise `Forged` when a radio or select carries a value that was not among its choices."""
    if field.data not in (None, "", "None") and field.data not in {value for value, *_ in field.iter_choices()}:
        raise Forged(f"{field.name} {field.data}")


_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_LINE_CONTROLS = re.compile(r"[\x00-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


class Plain:
    """Validate that text holds no control or direction-override characters; `lines` allows line breaks."""

    def __init__(self, *, lines: bool = False) -> None:
        self.pattern = _CONTROLS if lines else _LINE_CONTROLS

    def __call__(self, form: Any, field: Any) -> None:
        """Raise ValidationError with a sentence."""
        if field.data and self.pattern.search(field.data):
            raise ValidationError(_l("This holds characters that cannot be shown. Type it anew."))
