"""The form with which a person uploads licence usage reports."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import ValidationError

from ...web.fields import Files
from ...web.forms import Form

MOST_FILES = 10


class ReportForm(Form):
    """One report for each site."""

    report = Files(_l("Licence usage report"))

    def validate_report(self, field: Files) -> None:
        """Raise ValidationError for no file, and for too many."""
        if not field.data:
            raise ValidationError(_("Choose the report that Checkmk gave you."))
        if len(field.data) > MOST_FILES:
            raise ValidationError(_("At most %(number)d files.", number=MOST_FILES))
