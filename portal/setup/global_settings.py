"""Global settings: those the portal knows, whether they are set for all sites or for one alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from ..errors import Refused
from ..web.fields import is_mailbox
from .certificates import read_certificates

LONGEST = 300


class Value(StrEnum):
    """What a setting holds, and so how it is asked for."""

    TEXT = "text"
    EMAIL = "email"
    URL = "url"
    NUMBER = "number"
    DECIMAL = "decimal"
    SWITCH = "switch"
    CHOICE = "choice"
    CERTIFICATES = "certificates"


@dataclass(frozen=True)
class Setting:
    """A global setting: what it is called, what it does, what it may hold, and its value where nobody set one.

    `low` and `high` bound numbers; `choices` maps the values of a choice to words. `is_local` marks what is never part
    of the general configuration: each site has its own or none (seed "Managed services edition", 5.5). `is_for_all`
    marks what the portal goes by itself: no site has another.
    """

    name: str
    title: Any
    help: Any
    value: Value
    default: Any
    low: int = 0
    high: int = 0
    choices: Mapping[str, Any] | None = None
    is_local: bool = False
    is_for_all: bool = False

    @property
    def may_differ(self) -> bool:
        """Tell whether a site may be set to something else than all are."""
        return not self.is_local and not self.is_for_all

    def read(self, text: Any) -> Any:
        """Return what somebody entered as the value to keep; raise `Refused` naming the setting as its field."""
        try:
            return _READ[self.value](self, text)
        except (ValueError, InvalidOperation) as wrong:
            raise Refused(str(wrong), field=self.name) from None
        except Refused as wrong:
            raise Refused(wrong.sentence, field=self.name) from None

    def say(self, value: Any) -> str:
        """Return a value as a person reads it."""
        if self.value is Value.SWITCH:
            return str(_("On") if value else _("Off"))
        if self.value is Value.CHOICE and self.choices:
            return str(self.choices.get(value, value))
        if self.value is Value.CERTIFICATES:
            return ", ".join(one.name for one in read_certificates("\n".join(value))) if value else ""
        return str(value)


def _text(_setting: Setting, text: Any) -> str:
    found = str(text or "").strip()
    if len(found) > LONGEST or not found.isprintable():
        raise ValueError(_("One line of at most %(number)d characters.", number=LONGEST))
    return found


def _email(setting: Setting, text: Any) -> str:
    found = _text(setting, text)
    if found and not is_mailbox(found):
        raise ValueError(_("This is no e-mail address. It looks like name@company.example."))
    return found


def _url(setting: Setting, text: Any) -> str:
    found = _text(setting, text)
    parts = urlsplit(found)
    if found and (parts.scheme not in ("http", "https") or not parts.hostname or " " in found):
        raise ValueError(_("This is no address. It looks like http://proxy.example:3128."))
    return found


def _bounded(setting: Setting, number: Decimal) -> None:
    if not setting.low <= number <= setting.high:
        raise ValueError(_("A number from %(low)d to %(high)d.", low=setting.low, high=setting.high))


def _number(setting: Setting, text: Any) -> int:
    digits = str(text).strip()
    if not (digits.isascii() and digits.isdigit() and len(digits) < 10):
        raise ValueError(_("A number from %(low)d to %(high)d.", low=setting.low, high=setting.high))
    _bounded(setting, Decimal(digits))
    return int(digits)


def _decimal(setting: Setting, text: Any) -> str:
    """Return a decimal as text, which JSON keeps as it is."""
    try:
        number = Decimal(str(text).strip().replace(",", "."))
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise ValueError(_("A number from %(low)d to %(high)d.", low=setting.low, high=setting.high))
    _bounded(setting, number)
    return f"{number.normalize():f}"


def _choice(setting: Setting, text: Any) -> str:
    if text not in (setting.choices or {}):
        raise ValueError(_("Choose one."))
    return str(text)


def _certificates(_setting: Setting, text: Any) -> list[str]:
    return [one.pem for one in read_certificates(text if isinstance(text, str) else "\n".join(text or ()))]


_READ = {
    Value.TEXT: _text,
    Value.EMAIL: _email,
    Value.URL: _url,
    Value.NUMBER: _number,
    Value.DECIMAL: _decimal,
    Value.SWITCH: lambda _setting, text: text in (True, "y", "on", "true", "1"),
    Value.CHOICE: _choice,
    Value.CERTIFICATES: _certificates,
}

_LEVELS = {
    "critical": _l("Critical"),
    "error": _l("Error"),
    "warning": _l("Warning"),
    "info": _l("Information"),
    "debug": _l("Debug"),
}

SERVICE_AUTHORIZATION, GROUP_AUTHORIZATION = "service_authorization", "group_authorization"
LOOSE, STRICT = "loose", "strict"

SETTINGS: dict[str, Setting] = {
    setting.name: setting
    for setting in (
        Setting(
            SERVICE_AUTHORIZATION,
            _l("Authorization settings: hosts"),
            _l(
                "Which services people see who do not see all. Loose: all those of their hosts too. "
                "Who is notified of what does not depend on it."
            ),
            Value.CHOICE,
            LOOSE,
            choices={
                LOOSE: _l("Loose - Visible if user is contact for the service or its host"),
                STRICT: _l("Strict - Must be explicit contact of a service"),
            },
            is_for_all=True,
        ),
        Setting(
            GROUP_AUTHORIZATION,
            _l("Authorization settings: groups"),
            _l(
                "Which host and service groups people see who do not see all. Loose: a group appears with those of "
                "its members that are visible. Who is notified of what does not depend on it."
            ),
            Value.CHOICE,
            LOOSE,
            choices={
                LOOSE: _l("Loose - Visible if at least one member is visible"),
                STRICT: _l("Strict - must be contact of all members"),
            },
            is_for_all=True,
        ),
        Setting(
            "notification_fallback_email",
            _l("Fallback address for notifications"),
            _l("Gets the notifications that no rule handles."),
            Value.EMAIL,
            "",
        ),
        Setting(
            "staleness_threshold",
            _l("Staleness threshold"),
            _l("After how many missed check intervals a host or service counts as stale."),
            Value.DECIMAL,
            "1.5",
            low=1,
            high=100,
        ),
        Setting(
            "user_idle_timeout",
            _l("Session idle timeout, in minutes"),
            _l("After so long without a click a person has to sign in to the site again. 0: never."),
            Value.NUMBER,
            90,
            high=10_080,
        ),
        Setting(
            "lock_on_logon_failures",
            _l("Failed sign-ins until an account is locked"),
            _l("An administrator unlocks it again. 0: never locked."),
            Value.NUMBER,
            10,
            high=1000,
        ),
        Setting(
            "log_level",
            _l("Log level"),
            _l("From which severity on the site writes to its logs."),
            Value.CHOICE,
            "warning",
            choices=_LEVELS,
        ),
        Setting(
            "http_proxy",
            _l("HTTP proxy"),
            _l("Through which the site fetches what lies outside. Empty: directly."),
            Value.URL,
            "",
        ),
        Setting(
            "inventory_check_interval",
            _l("Service discovery interval, in minutes"),
            _l("How often the site looks for new and vanished services. 0: never by itself."),
            Value.NUMBER,
            120,
            high=44_640,
        ),
        Setting(
            "page_heading",
            _l("Page heading"),
            _l("Stands in the title of the site's pages; %s becomes the site's alias."),
            Value.TEXT,
            "Checkmk %s",
        ),
        Setting(
            "history_lifetime",
            _l("Keep Event Console history, in days"),
            _l("Older events of the history are deleted on the site."),
            Value.NUMBER,
            365,
            low=1,
            high=3650,
        ),
        Setting(
            "snmp_default_community",
            _l("Default SNMP community"),
            _l("Used for hosts without credentials of their own. It is no secret: everybody at the site can read it."),
            Value.TEXT,
            "public",
        ),
        Setting(
            "simulation_mode",
            _l("Simulation mode"),
            _l("The site works from what agents said last and asks no host. For trying out a configuration."),
            Value.SWITCH,
            False,
        ),
        Setting(
            "trusted_certificate_authorities",
            _l("Trusted certificate authorities"),
            _l("Who signs a certificate with one of these can pose as any server to the site."),
            Value.CERTIFICATES,
            (),
            is_local=True,
        ),
    )
}
"""Every known setting by its name, in the order in which they are shown."""


def is_kept_back(name: str) -> bool:
    """Tell whether what is set for all goes to no site: the provider's own authorities, and what nobody knows."""
    return name not in SETTINGS or SETTINGS[name].is_local
