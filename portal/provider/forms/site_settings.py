"""The form of a site's own global settings: for each known one whether the site has its own, and which."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Field

from ...customers.sites import Site
from ...setup.forms.global_settings import control
from ...setup.global_settings import SETTINGS, Setting
from ...web.forms import VersionedForm

OWN = "own-"
"""Stands before a setting's name in the field that says whether the site has its own."""
OFFERED = [setting for setting in SETTINGS.values() if setting.may_differ]


class SettingsForm(VersionedForm):
    """The base; `of` adds the fields, which follow from the known settings."""

    @property
    def pairs(self) -> list[tuple[Setting, Field, Field]]:
        """Return each setting with the field that says it is the site's own, and that of its value."""
        return [(setting, self[OWN + setting.name], self[setting.name]) for setting in OFFERED]

    @property
    def values(self) -> dict[str, Any]:
        """Return the settings that are to be the site's own, as they were entered."""
        return {setting.name: value.data for setting, own, value in self.pairs if own.data}

    def rows(self, site: Site) -> list[tuple[Any, str, str]]:
        """Return each setting with what was entered and what is stored now, for a comparison."""
        mine = self.values
        return [
            (setting.title, _say(setting, mine), _say(setting, site.settings)) for setting in OFFERED
        ]  # fmt: skip


def _say(setting: Setting, values: dict[str, Any]) -> str:
    return setting.say(values[setting.name]) if setting.name in values else ""


_fields: dict[str, Any] = {}
for _setting in OFFERED:
    _fields[OWN + _setting.name] = BooleanField(_setting.title)
    _fields[_setting.name] = control(replace(_setting, title=_l("Of this site alone")))
OwnSettingsForm: type[SettingsForm] = type("OwnSettingsForm", (SettingsForm,), _fields)


def of(site: Site, general: Mapping[str, Any], **more: Any) -> SettingsForm:
    """Return the form as it was sent, else as the site stands; what it has none of stands as for all sites."""
    own = {OWN + name: True for name in site.settings}
    return OwnSettingsForm(data={**general, **own, **site.settings, "version": str(site.version)}, **more)
