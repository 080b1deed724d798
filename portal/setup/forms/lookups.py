"""Fields that name other elements by their ID: inputs with look-up, for there may be thousands."""

from __future__ import annotations

from typing import Any, ClassVar

from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy import or_, select
from sqlalchemy.orm import Session
from wtforms import Field, StringField, ValidationError
from wtforms.widgets import html_params

from ...customers.elements import Element, Release
from ...customers.models import Customer
from ...customers.sites import Site
from ...database import db
from ...errors import Refused
from ...web.forms import clean

MOST_OPTIONS, MOST_NAMED, SPARE = 500, 50, 2
OUTSIDE = {
    "sites": (Site.id, Site.alias, Site.alias_key, Site.customer_id),
    "customers": (Customer.id, Customer.name, Customer.name_key, Customer.id),
}
"""What can be looked up and is no element: ID, name, by what it is sorted, and whose it is."""


class Lookup(Field):
    """A field whose value is one or several IDs of elements of `kind`, or of what a subclass looks up."""

    is_of_elements: ClassVar[bool] = True

    def __init__(self, label: Any = None, validators: Any = None, *, kind: str = "", **more: Any) -> None:
        super().__init__(label, validators, **more)
        self.kind = kind
        if not validators:
            self.flags.optional = True

    @property
    def named(self) -> list[str]:
        """Return the IDs that were given."""
        return [self.data] if isinstance(self.data, str) and self.data else list(self.data or ())

    def pre_validate(self, form: Any) -> None:
        """Raise ValidationError for what is not there."""
        if len(self.named) > MOST_NAMED:
            raise ValidationError(_("At most %(number)d.", number=MOST_NAMED))
        if not self.named:
            return
        if missing := self.missing():
            raise ValidationError(_("There is none with the ID “%(id)s”.", id=sorted(missing)[0][:64]))

    def missing(self) -> set[str]:
        """Return the IDs that nothing has."""
        known = select(Element.key).where(
            Element.kind == self.kind, Element.key.in_(self.named), Element.archived_at.is_(None)
        )
        return set(self.named) - set(db.session.scalars(known))


class Key(Lookup, StringField):
    """The ID of one element."""


class _Inputs:
    """One input for each ID, and some empty ones for more."""

    validation_attrs = ("required", "disabled")

    def __call__(self, field: Any, **attributes: Any) -> Markup:
        """Return the controls; the first carries the field's id, the others say their number."""
        inputs = []
        for number, value in enumerate([*field.named[:MOST_NAMED], *[""] * SPARE], 1):
            own = {"id": field.id} if number == 1 else {"aria_label": f"{field.label.text} {number}"}
            params = html_params(type="text", name=field.name, value=value, **{**attributes, **own})
            inputs.append(Markup("<input {}>").format(params))
        return Markup('<div class="lookups">{}</div>').format(Markup("\n").join(inputs))


class Keys(Lookup):
    """The IDs of several elements, an input each."""

    widget = _Inputs()

    def process_formdata(self, valuelist: Any) -> None:
        """Take what was given, once each."""
        self.data = list(dict.fromkeys(value for value in (clean(text) for text in valuelist) if value))

    def _value(self) -> str:
        return "\n".join(self.named)


def refuse_foreign(field: Keys, customer_id: str) -> None:
    """Raise `Refused` beside a field for elements that do not go to a customer's sites."""
    foreign = select(Element.title).where(
        Element.kind == field.kind, Element.key.in_(field.named), Element.archived_at.is_(None),
        Element.customer_id != customer_id,
    )  # fmt: skip
    if db.session.scalars(foreign.limit(1)).first() is not None:
        raise Refused(_("One of these is another customer’s, and is not on these sites."), field=field.short_name)


def options(session: Session, kind: str, element: Element | None) -> list[tuple[str, str]]:
    """Return the first elements of a kind by title, with whose they are: those that go where `element` goes."""
    if kind in OUTSIDE:
        return _outside(session, *OUTSIDE[kind], element)
    statement = (
        select(Element.key, Element.title, Element.release, Customer.name)
        .outerjoin(Customer, Customer.id == Element.customer_id)
        .where(Element.kind == kind, Element.archived_at.is_(None))
    )
    if element is not None and element.customer_id:
        everywhere = Element.release.in_((Release.GLOBAL, Release.GENERAL, Release.UNASSIGNED))
        statement = statement.where(or_(Element.customer_id == element.customer_id, everywhere))
    rows = session.execute(statement.order_by(Element.title_key, Element.id).limit(MOST_OPTIONS))
    return [(key, f"{title} · {name or _release(release)}") for key, title, release, name in rows]


def _outside(
    session: Session, id: Any, name: Any, key: Any, owner: Any, element: Element | None
) -> list[tuple[str, str]]:
    statement = select(id, name).where(id.class_.archived_at.is_(None))
    if element is not None and element.customer_id:
        statement = statement.where(owner == element.customer_id)
    return [(key, name) for key, name in session.execute(statement.order_by(key, id).limit(MOST_OPTIONS))]


def _release(release: str) -> str:
    names = {Release.GLOBAL: _("Global"), Release.UNASSIGNED: _("unassigned")}
    return str(names.get(Release(release), _("all sites")))
