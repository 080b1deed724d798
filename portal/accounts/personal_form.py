"""The fields of personal settings and of custom attributes, as the own profile and the form of a user have them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields, replace
from typing import Any

from flask import current_app
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectField, StringField
from wtforms.validators import Length, Optional

from ..i18n import LANGUAGES, TIME_ZONES
from ..web.fields import KeptSelect, Moment
from ..web.forms import Plain, VersionedForm, refuse_forged
from .attributes import LONGEST, CustomAttribute
from .personal import Personal

THEMES = {"": _l("As the device"), "light": _l("Light"), "dark": _l("Dark")}
PREFIX = "attribute_"
TOO_LONG = _l("At most %(max)d characters.")


class PersonalForm(VersionedForm):
    """How the portal speaks to somebody, what they see first, and when notifications stay away."""

    language = SelectField(_l("Language"))
    time_zone = SelectField(_l("Time zone"), widget=KeptSelect())
    theme = SelectField(_l("Theme"))
    start_page = StringField(_l("Start page"), [Optional(), Plain(), Length(max=300, message=TOO_LONG)])
    sees_only_own = BooleanField(_l("Only show hosts and services the user is a contact for"))
    is_muted = BooleanField(_l("Disable notifications"))
    muted_from = Moment(_l("Disable notifications from"), [Optional()])
    muted_until = Moment(_l("Disable notifications until"), [Optional()])

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        usual = current_app.config
        speaks = LANGUAGES.get(usual["LANGUAGE"], usual["LANGUAGE"])
        self.language.choices = [("", _("As the portal: %(language)s", language=speaks)), *LANGUAGES.items()]
        self.time_zone.choices = [
            ("", _("As the portal: %(zone)s", zone=usual["TIME_ZONE"])),
            *((zone, zone.replace("_", " ")) for zone in TIME_ZONES),
        ]
        self.theme.choices = list(THEMES.items())

    def validate_language(self, field: Any) -> None:
        """Refuse a language that was not offered."""
        refuse_forged(field)

    def validate_time_zone(self, field: Any) -> None:
        """Refuse a time zone that was not offered."""
        refuse_forged(field)

    def validate_theme(self, field: Any) -> None:
        """Refuse a theme that was not offered."""
        refuse_forged(field)

    def without(self, *names: str) -> None:
        """Take fields away."""
        for name in names:
            if name in self:
                del self[name]

    @property
    def attribute_fields(self) -> dict[str, Any]:
        """Return the fields of custom attributes by ID."""
        return {field.short_name.removeprefix(PREFIX): field for field in self if field.short_name.startswith(PREFIX)}

    @property
    def attributes(self) -> dict[str, str]:
        """Return what was entered for custom attributes, by ID."""
        return {id: field.data or "" for id, field in self.attribute_fields.items()}

    def show(self, present: Personal, values: dict[str, str]) -> None:
        """Show how things stand."""
        for one in fields(Personal):
            if one.name in self:
                self[one.name].data = getattr(present, one.name)
        for id, field in self.attribute_fields.items():
            field.data = values.get(id, "")

    def personal(self, present: Personal) -> Personal:
        """Return the personal settings asked for; of what the form does not have, what is present."""
        found = {one.name: self[one.name].data for one in fields(Personal) if one.name in self}
        if not found.get("is_muted", True):
            found |= {"muted_from": None, "muted_until": None}
        chosen: dict[str, Any] = {
            name: value or "" if isinstance(getattr(present, name), str) else value for name, value in found.items()
        }
        return replace(present, **chosen)


def form_of(known: Iterable[CustomAttribute], base: type[Any]) -> type[Any]:
    """Return the form with a field for each custom attribute."""
    more = {
        PREFIX + one.id: StringField(one.title, [Optional(), Plain(), Length(max=LONGEST, message=TOO_LONG)])
        for one in known
    }
    return type(base.__name__, (base,), more)
