"""Forms with which staff write news."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateTimeLocalField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from ...i18n import local, time_zone
from ...web.forms import Plain, VersionedForm


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
