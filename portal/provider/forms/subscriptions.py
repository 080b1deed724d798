"""Forms about what a customer bought."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import DateField, IntegerField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional, ValidationError
from wtforms.widgets import TextInput

from ...customers.subscriptions import EDITIONS, SIZES, TIERS, Edition, Subscription, SupportTier
from ...i18n import format_date, format_number
from ...web.forms import Form, Plain, VersionedForm, refuse_forged
from .customers import TOO_LONG

MOST_SERVICES = 100_000_000
DAY_WRONG = _l("Give a day like 2026-11-30.")


class Day(DateField):
    """A day; what is none is said in our words."""

    def process_formdata(self, valuelist: Any) -> None:
        """Read the day; raise ValueError with a sentence."""
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(DAY_WRONG) from None


UNLIMITED = "unlimited"


class Services(IntegerField):
    """A number of services, one of the fixed sizes or any other; empty or "unlimited" means no limit."""

    widget = TextInput()

    def process_formdata(self, valuelist: Any) -> None:
        """Read the number; raise ValueError with a sentence."""
        text = valuelist[0].strip() if valuelist else ""
        try:
            super().process_formdata([] if text.lower() in ("", UNLIMITED) else [text])
        except ValueError:
            raise ValueError(_l("Give a whole number, or leave it empty for unlimited.")) from None
        if not text or text.lower() == UNLIMITED:
            self.data = None

    def post_validate(self, form: Any, validation_stopped: bool) -> None:
        """Refuse a number that is no limit."""
        number: Any = self.data
        if not self.errors and number is not None and not 0 < number <= MOST_SERVICES:
            raise ValidationError(_l("The service limit is a positive number, or empty for unlimited."))

    @property
    def options(self) -> list[tuple[str, Any]]:
        """Return what is offered: the fixed sizes, and no limit."""
        return [*((str(size), format_number(size)) for size in SIZES), (UNLIMITED, _l("Unlimited"))]


class SubscriptionForm(VersionedForm):
    """Edition, service limit, support and term."""

    edition = SelectField(_l("Edition"), choices=[SelectChoice(code.value, name) for code, name in EDITIONS.items()])
    services = Services(_l("Services"), render_kw={"inputmode": "numeric"})
    support = SelectField(
        _l("Support"),
        choices=[SelectChoice("", _l("None")), *(SelectChoice(code.value, name) for code, name in TIERS.items())],
    )
    start = Day(_l("First day"), validators=[InputRequired(DAY_WRONG)])
    end = Day(_l("Last day"), validators=[InputRequired(DAY_WRONG)])
    order_number = StringField(_l("Order number"), validators=[Optional(), Plain(), Length(max=80, message=TOO_LONG)])

    def validate_edition(self, field: Any) -> None:
        """Refuse what was not offered."""
        refuse_forged(field)

    def validate_support(self, field: Any) -> None:
        """Refuse what was not offered."""
        refuse_forged(field)

    @classmethod
    def of(cls, subscription: Subscription) -> SubscriptionForm:
        """Return the form filled with a subscription."""
        return cls(
            data={
                **{name: getattr(subscription, name) for name in ("edition", "services", "order_number", "version")},
                "support": subscription.support or "",
                "start": subscription.starts_on,
                "end": subscription.ends_on,
            }
        )

    @property
    def values(self) -> dict[str, Any]:
        """Return what was entered, as `Subscription` takes it."""
        return {
            "edition": Edition(self.edition.data),
            "services": self.services.data,
            "support": SupportTier(self.support.data) if self.support.data else None,
            "starts_on": self.start.data,
            "ends_on": self.end.data,
            "order_number": self.order_number.data or "",
        }

    def rows(self, subscription: Subscription) -> list[tuple[Any, Any, Any]]:
        """Return each field's label with what was entered and what is stored now, for a comparison."""
        fields = (self.edition, self.services, self.support, self.start, self.end, self.order_number)
        return [
            (field.label.text, _said(value), _said(getattr(subscription, name)))
            for field, (name, value) in zip(fields, self.values.items(), strict=True)
        ]


def _said(value: Any) -> Any:
    if hasattr(value, "toordinal"):
        return format_date(value)
    if value in EDITIONS:
        return EDITIONS[value]
    if value in TIERS:
        return TIERS[value]
    return "–" if value in (None, "") else value


class EndForm(Form):
    """The last day of a renewal, or of an early end."""

    end = Day(_l("Last day"), validators=[InputRequired(DAY_WRONG)])
