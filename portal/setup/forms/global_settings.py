"""The form of the settings for all sites: a field for each known one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wtforms import BooleanField, Field, StringField, TextAreaField

from ...errors import Refused
from ...web.forms import VersionedForm
from ..global_settings import SETTINGS, Setting, Value
from .elements import Choice


class SettingsForm(VersionedForm):
    """The base; its fields follow from the known settings."""

    @property
    def pairs(self) -> list[tuple[Setting, Field]]:
        """Return each setting with its field."""
        return [(setting, self[name]) for name, setting in SETTINGS.items()]

    def read(self) -> dict[str, Any] | None:
        """Return what was entered as values to keep; None when something does not hold, which then stands beside it."""
        found: dict[str, Any] = {}
        for setting, field in self.pairs:
            try:
                found[setting.name] = setting.read(field.data)
            except Refused as refused:
                self.refuse(refused)
        return None if self.errors else found


def control(setting: Setting) -> Any:
    """Return the field in which somebody enters a setting."""
    if setting.value is Value.SWITCH:
        return BooleanField(setting.title)
    if setting.value is Value.CHOICE:
        return Choice(setting.title, among=setting.choices or {})
    if setting.value is Value.CERTIFICATES:
        return TextAreaField(setting.title, render_kw={"rows": 6, "spellcheck": "false"})
    return StringField(setting.title)


GlobalSettingsForm: type[SettingsForm] = type(
    "GlobalSettingsForm", (SettingsForm,), {name: control(setting) for name, setting in SETTINGS.items()}
)


def filled(values: Mapping[str, Any], stamp: str) -> SettingsForm:
    """Return the form with these values, as nobody has sent it yet."""
    texts = {name: "\n".join(value) if isinstance(value, list) else value for name, value in values.items()}
    return GlobalSettingsForm(formdata=None, data={**texts, "version": stamp})
