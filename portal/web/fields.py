"""Fields and validators that several forms share."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from email_validator import EmailNotValidError, validate_email
from flask_babel import gettext as _
from markupsafe import Markup
from wtforms import DateTimeLocalField, MultipleFileField, RadioField, ValidationError
from wtforms.widgets import html_params

from ..i18n import local, time_zone
from .forms import refuse_forged


class Mailbox:
    """Validate an address mail can be sent to; odd but legal forms are welcome (RFC 5321: quoted, international)."""

    def __call__(self, form: Any, field: Any) -> None:
        """Raise ValidationError with a sentence; an empty field is another validator's matter."""
        if field.data and not is_mailbox(field.data):
            raise ValidationError(_("This is no e-mail address. It looks like name@company.example."))


def is_mailbox(text: str) -> bool:
    """Tell whether the text is an address that mail can be sent to."""
    try:
        validate_email(
            text, check_deliverability=False, allow_quoted_local=True, allow_domain_literal=True, test_environment=True
        )
    except EmailNotValidError:
        return False
    return True


class KeptSelect:
    """A select with hundreds of options, drawn once for each language and then only marked with the chosen one."""

    validation_attrs = ("required",)

    def __call__(self, field: Any, **attributes: Any) -> Markup:
        """Return the control."""
        first, *others = field.choices
        options = _options(tuple(others))
        mark = Markup('<option value="{}"').format(field.data or "")
        options = options.replace(mark, mark + Markup(" selected"), 1) if field.data else options
        attributes = {"id": field.id, "name": field.name, **attributes}
        return Markup('<select {}><option value="">{}</option>{}</select>').format(
            html_params(**attributes), first[1], options
        )


@lru_cache(maxsize=8)
def _options(choices: tuple[tuple[str, str], ...]) -> Markup:
    return Markup("").join(Markup('<option value="{}">{}</option>').format(*choice) for choice in choices)


class Pick(RadioField):
    """Radio buttons of which one must be chosen; a value that was not offered is forged, not a mistake."""

    def pre_validate(self, form: Any) -> None:
        """Raise `Forged` for a value that was not among the choices, ValidationError for none."""
        refuse_forged(self)
        if self.data in (None, "", "None"):
            raise ValidationError(_("Choose one."))


class Files(MultipleFileField):
    """Uploads: what the browser sends for "nothing chosen" is left out, plain text is no file."""

    def process_formdata(self, valuelist: Any) -> None:
        """Keep the files that were really chosen."""
        self.data = [file for file in valuelist if getattr(file, "filename", "")]


class Moment(DateTimeLocalField):
    """A moment, typed in the reader's time zone; its data is in UTC."""

    data: datetime | None

    def __init__(self, label: Any, validators: Any = (), **more: Any) -> None:
        super().__init__(label, validators, format=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"], **more)

    def process_formdata(self, valuelist: Any) -> None:
        """Read what was typed; raises ValueError with a sentence."""
        try:
            super().process_formdata(valuelist)
            if self.data is not None:
                if not 2000 <= self.data.year < 2200:
                    raise ValueError
                self.data = self.data.replace(tzinfo=ZoneInfo(time_zone())).astimezone(UTC)
        except ValueError:
            self.data = None
            raise ValueError(_("This is no date with a time.")) from None

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return local(self.data).strftime(self.format[0]) if isinstance(self.data, datetime) else ""
