"""Forms for what staff do with releases."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import FileField, SelectChoice, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from ...web.fields import Files, Pick
from ...web.forms import Form, Plain, VersionedForm, refuse_forged
from ..releases.models import EDITION_NAMES, MARKS, STABILITIES

STABILITY_SENTENCES = {
    "stable": _l("For production. Only stable versions are recommended to customers."),
    "beta": _l("For trying out what comes next, such as 2.5.0b1."),
    "innovation": _l("A preview of single features, such as 2.5.0i1."),
}
MARK_SENTENCES = {
    "security": _l("Closes a vulnerability: customers should update soon."),
    "important": _l("Mends something that most customers should not run without."),
    "end_of_life": _l("Gets no more fixes. It stays available and is no longer recommended."),
}

NO_MARK = "none"


def offered(labels: Mapping[Any, Any]) -> list[SelectChoice]:
    """Return codes and labels as the choices of a field."""
    return [SelectChoice(value=str(code), label=label) for code, label in labels.items()]


class Choice(SelectField):
    """A select whose value must be one of those offered; anything else is forged."""

    def pre_validate(self, form: object) -> None:
        """Raise `Forged` for a value that was not among the choices."""
        refuse_forged(self)


class ReleaseForm(VersionedForm):
    """A version with its notes."""

    number = StringField(_l("Version"), [InputRequired(_l("Enter the version.")), Length(max=40), Plain()])
    stability = Pick(_l("Stability"), choices=offered(STABILITIES), default="stable")
    notes = TextAreaField(_l("Notes"), [Optional(), Plain(lines=True)])


class PackagesForm(Form):
    """Files to add to a draft, several at once."""

    files = Files(_l("Packages and signatures"))
    edition = Choice(_l("Edition"), choices=offered({"": _l("As the file name says"), **EDITION_NAMES}))
    platform = StringField(_l("Platform"), [Optional(), Length(max=40), Plain()])


class PackageForm(Form):
    """What a package of a draft is for, and its signature."""

    edition = Choice(_l("Edition"), choices=offered(EDITION_NAMES))
    platform = StringField(_l("Platform"), [InputRequired(_l("Enter the platform.")), Length(max=40), Plain()])
    signature = FileField(_l("Detached signature"), [Optional()])


class MarkForm(Form):
    """The mark beside a version."""

    mark = Pick(_l("Mark"), choices=offered({code or NO_MARK: label for code, label in MARKS.items()}))


class WithdrawalForm(Form):
    """Why nobody should use a release."""

    warning = TextAreaField(
        _l("Warning"),
        [InputRequired(_l("Say why and what to do: whoever downloaded it reads this.")), Length(max=5000),
         Plain(lines=True)],
    )  # fmt: skip
