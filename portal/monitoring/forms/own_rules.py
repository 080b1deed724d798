"""The form of an own rule: as one of the provider's, without whom it tells: that is its owner alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, StringField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from ...setup.forms.allocation import LINES, Names
from ...setup.forms.elements import TOO_LONG, Choice
from ...setup.forms.lists import Lines
from ...setup.forms.notification_rules import CANCEL, EVENTS, NOTIFY, USUAL_EVENTS, Conditions, Minutes, scripts
from ...web.fields import Pick
from ...web.forms import Choices, Plain, VersionedForm
from ..notifications.own_rules import OwnRule
from ..notifications.rules import MAIL

EFFECTS = {NOTIFY: _l("Tell me"), CANCEL: _l("Do not tell me: take back what rules before it said, of the same method")}
FIELDS = ("effect", "events", "hosts", "services", "host_tags", "host_groups", "service_groups", "period")


class OwnRuleForm(VersionedForm):
    """A rule about what its owner is told. What is left empty does not narrow it."""

    title = StringField(
        _l("Title"),
        validators=[
            InputRequired(_l("Give a title.")), Plain(), Length(max=OwnRule.TITLE_LENGTH, message=TOO_LONG),
        ],
    )  # fmt: skip
    enabled = BooleanField(_l("Enabled"), default=True)
    effect = Pick(_l("What it does"), choices=[SelectChoice(*one) for one in EFFECTS.items()], default=NOTIFY)
    events = Choices(_l("Events"), choices=[SelectChoice(*one) for one in EVENTS.items()], default=USUAL_EVENTS)
    hosts = Names(_l("Hosts"), description=_l("One a line, ~ before a regular expression."), **LINES)
    services = Names(
        _l("Services"),
        description=_l("One a line, ~ before a regular expression. With any here, it is about services alone."),
        **LINES,
    )
    host_tags = Conditions(
        _l("Host tags"),
        description=_l("One a line: the group’s ID, a colon, the tag’s, as in criticality:prod."),
        **LINES,
    )
    host_groups = Lines(_l("Host groups"), description=_l("IDs, one a line: the host must be in one."), **LINES)
    service_groups = Lines(
        _l("Service groups"), description=_l("IDs, one a line: the service must be in one."), **LINES
    )
    period = Choice(_l("Time period"))
    method = Choice(_l("How"), default=MAIL)
    bulk_minutes = Minutes(
        _l("Collect for so many minutes"),
        default=0,
        description=_l("One mail for all that happened in that time. 0: a mail for each."),
    )

    def offer(self, periods: Iterable[tuple[str, str]], kept: Mapping[str, Any]) -> None:
        """Fill in what can be chosen: time periods, and the scripts installed here; what is kept stays a choice."""
        named = dict(periods)
        if gone := kept.get("period"):
            named.setdefault(gone, gone)
        known = list(dict.fromkeys([*scripts(), *filter(None, [kept.get("script")])]))
        ways: list[tuple[str, Any]] = [(MAIL, _("E-mail"))]
        self.period.choices = [SelectChoice("", _("Always"))] + [SelectChoice(*one) for one in named.items()]
        self.method.choices = [SelectChoice(*one) for one in [*ways, *((f"script:{name}", name) for name in known)]]

    @staticmethod
    def kept(rule: OwnRule) -> dict[str, Any]:
        """Return what a rule holds, as the fields are filled with it."""
        script = rule.body.get("script")
        return {
            **rule.body, "method": f"script:{script}" if script else MAIL, "title": rule.title,
            "enabled": rule.is_enabled, "version": str(rule.version),
        }  # fmt: skip

    @property
    def body(self) -> dict[str, Any]:
        """Return the rule as it is kept."""
        method, _colon, script = str(self.method.data or MAIL).partition(":")
        more = {"method": method, "script": script, "bulk_minutes": self.bulk_minutes.data or 0}
        return {name: self[name].data for name in FIELDS} | more

    @property
    def values(self) -> dict[str, Any]:
        """Return what the deeds are given."""
        return {"title": self.title.data or "", "enabled": self.enabled.data, "body": self.body}

    def validate_events(self, field: Any) -> None:
        """Raise ValidationError for none at all."""
        if not field.data:
            raise ValidationError(_("Choose at least one."))

    def validate_bulk_minutes(self, field: Any) -> None:
        """Raise ValidationError for collecting what a script is to do."""
        if field.data and self.method.data != MAIL:
            raise ValidationError(_("Only mail can be collected."))
