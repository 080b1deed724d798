"""Forms about a customer: its company data, and its first super user."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from babel import Locale
from flask_babel import lazy_gettext as _l
from wtforms import EmailField, Field, SelectField, StringField, TelField, ValidationError
from wtforms.validators import InputRequired, Length, Optional

from ...access.rights import Right
from ...audit.sentences import RIGHTS
from ...customers.models import Customer
from ...errors import Refused
from ...i18n import country_name, locale
from ...web.fields import Mailbox
from ...web.forms import Choices, Form, Plain, VersionedForm

TOO_LONG = _l("At most %(max)d characters.")
NO_COUNTRIES = {"EU", "EZ", "QO", "UN", "XA", "XB", "XK", "ZZ"}


@lru_cache(maxsize=8)
def _countries(language: str) -> list[tuple[str, str]]:
    """Return ISO 3166 codes with their names in a language, sorted by name."""
    territories = Locale.parse(language).territories
    found = ((code, name) for code, name in territories.items() if len(code) == 2 and code not in NO_COUNTRIES)
    return [("", ""), *sorted(found, key=lambda pair: pair[1])]


def _text(label: Any, length: int, field: type[Field] = StringField) -> Any:
    return field(label, validators=[Optional(), Plain(), Length(max=length, message=TOO_LONG)])


class CustomerForm(VersionedForm):
    """Name and company data."""

    name = StringField(
        _l("Name"),
        validators=[
            InputRequired(_l("A customer needs a name.")),
            Plain(),
            Length(max=200, message=TOO_LONG),
        ],
    )
    street = _text(_l("Street and number"), 200)
    street2 = _text(_l("Address, second line"), 200)
    zip = _text(_l("Postal code"), 40)
    city = _text(_l("City"), 120)
    country = SelectField(_l("Country"), validators=[Optional()])
    vat = _text(_l("VAT number"), 60)
    email = _text(_l("E-mail address"), 254, EmailField)
    phone = _text(_l("Telephone"), 60, TelField)
    website = _text(_l("Website"), 200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.country.choices = _countries(locale())

    @property
    def values(self) -> dict[str, str]:
        """Return name and company data as text."""
        return {name: self[name].data or "" for name in ("name", *Customer.COMPANY_DATA)}

    def rows(self, customer: Customer) -> list[tuple[Any, str, str]]:
        """Return each field's label with what was typed and what is stored now, for a comparison."""
        rows = []
        for name, mine in self.values.items():
            theirs = getattr(customer, name)
            if name == "country":
                mine, theirs = (country_name(code, locale()) if code else "" for code in (mine, theirs))
            rows.append((self[name].label.text, mine, theirs))
        return rows


class NewCustomerForm(CustomerForm):
    """The same with the ID, which is fixed once the customer is made."""

    id = StringField(_l("ID"), validators=[InputRequired(_l("A customer needs an ID.")), Plain()])

    def validate_id(self, field: Field) -> None:
        """Say what is wrong with the ID together with what is wrong elsewhere."""
        try:
            Customer.check_id(field.data or "")
        except Refused as refused:
            raise ValidationError(refused.sentence) from None


class InvitationForm(Form):
    """The invitation of a first super user."""

    name = StringField(
        _l("Name"),
        validators=[InputRequired(_l("A person needs a name.")), Plain(), Length(max=200, message=TOO_LONG)],
    )
    email = EmailField(
        _l("E-mail address"),
        validators=[
            InputRequired(_l("An invitation needs an e-mail address.")),
            Plain(),
            Mailbox(),
            Length(max=254, message=TOO_LONG),
        ],
    )
    rights = Choices(_l("Rights"))

    def offer(self, rights: tuple[Right, ...]) -> None:
        """Offer these rights, all of them ticked at first."""
        self.rights.choices = [(right.value, RIGHTS[right]) for right in rights]
        if not self.is_submitted():
            self.rights.data = [right.value for right in rights]


class AppointmentForm(Form):
    """The appointment of an active person as first super user."""

    nominee = StringField(_l("Person"), validators=[InputRequired(_l("Choose a person."))])
