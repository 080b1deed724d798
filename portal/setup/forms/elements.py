"""The form of every kind of element: ID, title and customer; a kind adds its own fields."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, IntegerField, SelectField, StringField, TextAreaField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from ...customers.elements import Element
from ...customers.models import PROVIDER
from ...database import db
from ...errors import Refused
from ...web.forms import Plain, VersionedForm, refuse_forged
from .. import keys, packs
from ..kind import ElementKind
from ..releases import To, chosen
from .lookups import Lookup

TOO_LONG = _l("At most %(max)d characters.")
OWN = ("id", "title", "customer", "enabled", "pack", "position", "version", "csrf_token")
MOST_POSITION = 1_000_000


def text(label: Any, length: int = 200, *, field: Any = StringField, also: tuple[Any, ...] = (), **more: Any) -> Any:
    """Return a field of one line, or of several for a text area, that may stay empty; `also`: further validators."""
    plain = Plain(lines=issubclass(field, TextAreaField))
    return field(label, validators=[Optional(), plain, Length(max=length, message=TOO_LONG), *also], **more)


class Choice(SelectField):
    """One of a few; what was not offered is forged, not a mistake. `among`: the choices as code → label."""

    def __init__(
        self,
        label: Any = None,
        validators: Any = None,
        *,
        among: Mapping[str, Any] | Iterable[tuple[str, Any]] | None = None,
        **more: Any,
    ) -> None:
        if among is not None:
            more["choices"] = [SelectChoice(code, text) for code, text in dict(among).items()]
        super().__init__(label, validators, **more)

    def pre_validate(self, form: Any) -> None:
        """Raise `Forged` for a value that was not among the choices."""
        refuse_forged(self)


class ElementForm(VersionedForm):
    """What every element has. `body` is what the kind's own fields hold; `prepare` it before anything else."""

    sealed: ClassVar[tuple[str, ...]] = ()
    """Fields that are kept sealed and so are not in the body."""

    id = StringField(_l("ID"), validators=[InputRequired(_l("Give an ID.")), Plain()])
    title = StringField(
        _l("Title"), validators=[InputRequired(_l("Give a title.")), Plain(), Length(max=200, message=TOO_LONG)]
    )
    customer = StringField(_l("Customer"), default=PROVIDER, validators=[Plain()])
    enabled = BooleanField(_l("Enabled"), default=True)

    kind: ElementKind
    element: Element | None = None
    prescribed: To | None = None
    """What the rule pack an element stands in now says of its customer."""

    def prepare(self, kind: ElementKind, element: Element | None = None, *, pack: Element | None = None) -> None:
        """Fit the form to a kind and to what it is about: drop the fields that are fixed or have no meaning there."""
        self.kind, self.element, self.prescribed = kind, element, packs.prescribed(pack)
        if element is not None:
            del self.id
        if kind.is_general or self.prescribed and element is not None:
            del self.customer
        if not kind.can_be_disabled:
            del self.enabled

    @staticmethod
    def kept(element: Element) -> dict[str, Any]:
        """Return what an element holds, as the form's fields are filled with it."""
        choice = To(element.release, element.customer_id).choice
        own = {name: getattr(element, name) for name in ("title", "position", "version")}
        return {**element.body, **own, "customer": choice, "enabled": element.is_enabled}

    def begin(self, asked: Mapping[str, str], pack: Element | None, position: int) -> None:
        """Fill an empty form in: what the address asks for, the pack a rule is to stand in, its place at the end."""
        if pack is not None and "pack" in self:
            self["pack"].data = pack.key
        if "position" in self:
            self["position"].data = position

    @property
    def chosen_key(self) -> str:
        """Return the ID a new element is to have."""
        return self.id.data or ""

    @property
    def chosen_title(self) -> str:
        """Return the title the element is to have."""
        return self.title.data or ""

    @property
    def body(self) -> dict[str, Any]:
        """Return the values of the kind's own fields, as an element's body keeps them."""
        return {field.short_name: field.data for field in self if field.short_name not in (*OWN, *self.sealed)}

    @property
    def secret(self) -> str | None:
        """Return the secret that was typed; None keeps the one there is."""
        return (self[self.kind.secret].data or None) if self.kind.secret else None

    @property
    def values(self) -> dict[str, Any]:
        """Return what a deed is given besides the customer."""
        found = {name: self[name].data for name in ("enabled", "pack", "position") if name in self}
        return {**found, "title": self.chosen_title, "body": self.body, "secret": self.secret}

    @property
    def lookups(self) -> list[Lookup]:
        """Return the fields whose values are IDs of other elements."""
        return [field for field in self if isinstance(field, Lookup)]

    def to(self) -> To | None:
        """Return to whom the element is to be released; None where its rule pack says so. Raises `Refused`."""
        if "customer" not in self:
            return None
        pack = self["pack"].data if "pack" in self else ""
        if pack and packs.prescribed(packs.named(db.session(), pack)):
            return None
        kept = To(self.element.release, self.element.customer_id).choice if self.element else None
        return chosen(db.session(), self.kind, self.customer.data, kept=kept)

    def validate_id(self, field: Any) -> None:
        """Say what is wrong with the ID together with what is wrong elsewhere."""
        try:
            keys.check(self.kind, field.data or "")
        except Refused as refused:
            raise ValidationError(refused.sentence) from None

    def validate_customer(self, field: Any) -> None:
        """Say what is wrong with the customer; what is wrong with the pack is said there."""
        try:
            self.to()
        except Refused as refused:
            if refused.field == "customer":
                raise ValidationError(refused.sentence) from None


class Position(IntegerField):
    """Where something stands among others; no number is said in our words."""

    def process_formdata(self, valuelist: Any) -> None:
        """Read the number; raise ValueError with a sentence."""
        try:
            super().process_formdata([value.strip()[:20] for value in valuelist])
        except ValueError:
            raise ValueError(_("Give a number.")) from None


class OrderedForm(ElementForm):
    """The form of what stands in an order."""

    position = Position(
        _l("Position"),
        default=10,
        description=_l("The one with the lowest number is looked at first."),
        validators=[
            InputRequired(_l("Give a number.")),
            NumberRange(0, MOST_POSITION, _l("Give a number from %(min)d to %(max)d.")),
        ],
    )
