"""Forms with which staff write news."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from ...web.fields import Moment
from ...web.forms import Plain, VersionedForm


class NewsForm(VersionedForm):
    """What everybody is told."""

    title = StringField(
        _l("Title"),
        [InputRequired(_l("Enter a title.")), Length(max=200, message=_l("At most 200 characters.")), Plain()],
    )
    body = TextAreaField(_l("Text"), [Optional(), Plain(lines=True)], render_kw={"rows": 12})


class SecurityForm(NewsForm):
    """News about security, which may go out by mail too."""

    by_mail = BooleanField(_l("Also send it by mail"))


class MaintenanceForm(NewsForm):
    """What stands above every page, and when."""

    body = TextAreaField(_l("Text"), [Optional(), Plain(lines=True)], render_kw={"rows": 3})
    shown_from = Moment(_l("Shown from"), [InputRequired(_l("Say from when."))])
    shown_until = Moment(_l("Shown until"), [InputRequired(_l("Say until when."))])
