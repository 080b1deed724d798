"""Forms about what a customer bought."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import DateField, IntegerField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from ...customers.subscriptions import EDITIONS, TIERS, Edition, Subscription, SupportTier
from ...i18n import format_date
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


class Services(IntegerField):
    """A number of services; empty means unlimited."""

    def process_formdata(self, valuelist: Any) -> None:
        """Read the number; raise ValueError with a sentence."""
        try:
            super().process_formdata(valuelist if valuelist and valuelist[0].strip() else [])
        except ValueError:
            raise ValueError(_l("Give a whole number, or leave it empty for unlimited.")) from None


class SubscriptionForm(VersionedForm):
    """Edition, service limit, support and term."""

    edition = SelectField(_l("Edition"), choices=[SelectChoice(code.value, name) for code, name in EDITIONS.items()])
    services = Services(
        _l("Services"),
        validators=[
            Optional(),
            NumberRange(1, MOST_SERVICES, _l("The service limit is a positive number, or empty for unlimited.")),
        ],
    )
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
