"""Fields and checks of Event Console rules."""

from __future__ import annotations

import re
import warnings
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import StringField, ValidationError

from ...web.forms import Plain

LONGEST = 1000
STATES = {"ok": _l("OK"), "warn": _l("WARN"), "crit": _l("CRIT"), "unknown": _l("UNKNOWN")}
PRIORITIES = {
    "0": _l("0 emergency"), "1": _l("1 alert"), "2": _l("2 critical"), "3": _l("3 error"),
    "4": _l("4 warning"), "5": _l("5 notice"), "6": _l("6 informational"), "7": _l("7 debug"),
}  # fmt: skip
"""Syslog priorities (RFC 5424, section 6.2.1)."""


class PatternText(StringField):
    """A regular expression."""

    def pre_validate(self, form: Any) -> None:
        """Raise ValidationError for one that does not compile."""
        text = self.data or ""
        if len(text) > LONGEST:
            raise ValidationError(_("At most %(max)d characters.", max=LONGEST))
        Plain()(form, self)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                re.compile(text)
        except (re.error, RecursionError, OverflowError) as error:
            said = error.msg if isinstance(error, re.error) else _("too complex")
            raise ValidationError(_("This is no regular expression: %(reason)s.", reason=said)) from None


class RuleChecks:
    """What a rule's fields must be together."""

    def validate_priority_to(self, field: Any) -> None:
        """Raise ValidationError for a range that holds nothing."""
        form: Any = self
        if (form.priority_from.data or "") > (field.data or ""):
            raise ValidationError(_("This range is empty: 0 is the gravest, 7 the least."))

    def validate_password(self, field: Any) -> None:
        """Raise ValidationError for a password that nothing uses."""
        form: Any = self
        if field.data and not form.action.data:
            raise ValidationError(_("Only an action uses a password. Name the action."))
