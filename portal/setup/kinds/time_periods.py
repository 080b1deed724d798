"""Time periods: when something applies, by day of the week and on single dates. They go to all sites."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import ValidationError

from ..forms.elements import ElementForm
from ..forms.lists import Days, Hours, say_ranges
from ..kind import Body, ElementKind

WEEKDAYS = {
    "monday": _l("Monday"),
    "tuesday": _l("Tuesday"),
    "wednesday": _l("Wednesday"),
    "thursday": _l("Thursday"),
    "friday": _l("Friday"),
    "saturday": _l("Saturday"),
    "sunday": _l("Sunday"),
}


class TimePeriodForm(ElementForm):
    """A time period."""

    monday = Hours(WEEKDAYS["monday"], description=_l("For example 09:00-12:00, 13:00-17:00. Empty: not on this day."))
    tuesday = Hours(WEEKDAYS["tuesday"])
    wednesday = Hours(WEEKDAYS["wednesday"])
    thursday = Hours(WEEKDAYS["thursday"])
    friday = Hours(WEEKDAYS["friday"])
    saturday = Hours(WEEKDAYS["saturday"])
    sunday = Hours(WEEKDAYS["sunday"])
    exceptions = Days(
        _l("Exceptions"),
        description=_l("Days with other times, one a line: 2026-12-24 09:00-12:00. A date alone: not on that day."),
        optional=True,
        render_kw={"rows": 5, "spellcheck": "false"},
    )

    def validate_exceptions(self, field: Any) -> None:
        """Raise ValidationError for a period that never is."""
        if not any(self[day].data for day in WEEKDAYS) and not any(day["ranges"] for day in field.data or ()):
            raise ValidationError(_("This period never is. Give times for at least one day."))


def say_week(body: Body) -> str:
    """Return on which days of the week, and when: one word for each run of days with the same times."""
    runs: list[tuple[str, str, str]] = []
    for day, label in WEEKDAYS.items():
        hours = say_ranges(body.get(day) or [])
        if runs and runs[-1][2] == hours:
            runs[-1] = (runs[-1][0], str(label), hours)
        else:
            runs.append((str(label), str(label), hours))
    said = [
        f"{first} – {last} {hours}" if first != last else f"{first} {hours}" for first, last, hours in runs if hours
    ]
    return "; ".join(said) or str(_("Only on single dates"))


KIND = ElementKind(
    slug="time-periods",
    title=_l("Time periods"),
    one=_l("a time period"),
    lead=_l("When notifications and checks apply. Time periods go to all sites."),
    form=TimePeriodForm,
    columns=((_l("Times"), lambda element: say_week(element.body)),),
    is_general=True,
)
