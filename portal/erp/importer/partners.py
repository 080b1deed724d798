"""Partners: who is behind a record. Contacts roll up to their company; the provider's own company owns nothing."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _

from .. import values
from ..rows import Record
from ..values import Bad


@dataclass(frozen=True, slots=True)
class Partner:
    """A company, person or address of the ERP; `company` is the id of its commercial partner."""

    key: int
    name: str
    company: int
    is_company: bool
    is_active: bool
    street: str
    street2: str
    zip: str
    city: str
    country: str
    country_name: str
    vat: str
    email: str
    phone: str
    website: str
    file: str
    line: int

    @property
    def is_contact(self) -> bool:
        """Tell whether somebody else stands behind it."""
        return self.company != self.key

    @property
    def data(self) -> dict[str, str]:
        """Return the company data as a `Customer` keeps them."""
        fields = ("street", "street2", "zip", "city", "country", "vat", "email", "phone", "website")
        return {field: " ".join(getattr(self, field).split()) for field in fields}


def read_partner(record: Record, codes: dict[int, str]) -> Partner:
    """Return the partner of a record; `codes` maps countries to their ISO codes. Raises `Bad`."""

    def text(field: str) -> str:
        return (values.text(record, field) or "").strip()

    company = values.many2one(record, "commercial_partner_id")
    country = values.many2one(record, "country_id")
    name = text("name") or text("display_name")
    if not name:
        raise Bad("name", _("There is none."))
    return Partner(
        key=record.key,
        name=" ".join(name.split()),
        company=company[0] if company else record.key,
        is_company=values.flag(record, "is_company", default=False),
        is_active=values.flag(record, "active", default=True),
        street=text("street"),
        street2=text("street2"),
        zip=text("zip"),
        city=text("city"),
        country=codes.get(country[0], "") if country else "",
        country_name=country[1] if country else "",
        vat=text("vat"),
        email=text("email"),
        phone=text("phone") or text("mobile"),
        website=text("website"),
        file=record.file,
        line=record.line,
    )


class Partners:
    """All partners of the source, and the customers the portal knows already, by their partner's id."""

    def __init__(self, customers: dict[int, str]) -> None:
        self.customers = customers
        self.all: dict[int, Partner] = {}
        self.own: set[int] = set()

    def owner(self, key: int, field: str) -> int:
        """Return the commercial partner behind a partner. Raises `Bad` when the source does not tell.

        A customer known from before keeps its records when its own row cannot be read this time.
        """
        partner = self.all.get(key)
        if partner is None:
            if key in self.customers or key in self.own:
                return key
            raise Bad(field, _("The partner %(id)s it names is not there, or could not be read.", id=key))
        if partner.company in self.all or partner.company in self.customers or partner.company in self.own:
            return partner.company
        raise Bad(field, _("The company %(id)s behind its partner is not there.", id=partner.company))

    def address(self, key: int) -> list[str]:
        """Return the postal address with the name above it, as lines; empty when the partner is unknown."""
        partner = self.all.get(key)
        if partner is None:
            return []
        company = self.all.get(partner.company)
        first = [company.name] if company and partner.is_contact else []
        town = f"{partner.zip} {partner.city}".strip()
        lines = [*first, partner.name, partner.street, partner.street2, town, partner.country_name]
        return [line for line in lines if line]
