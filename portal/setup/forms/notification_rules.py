"""The form of a notification rule: when it applies, whom it tells, and how."""

from __future__ import annotations

import os
import re
from typing import Any

from flask import current_app
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, IntegerField, TextAreaField, ValidationError
from wtforms.fields.choices import SelectChoice

from ...contacts.memberships import CONTACT_GROUPS
from ...web.fields import Pick
from ...web.forms import Choices
from .allocation import CustomerIds, Names, SiteIds
from .elements import OrderedForm, text
from .lists import Lines, Mailboxes
from .lookups import Key, Keys

LINES: dict[str, Any] = {"render_kw": {"rows": 3, "spellcheck": "false"}, "optional": True}
METHODS = {"mail": _l("E-mail"), "script": _l("A script of the site")}
NOTIFY, CANCEL = "notify", "cancel"
EFFECTS = {NOTIFY: _l("Tell them"), CANCEL: _l("Do not tell them: take back what rules above said, of the same method")}
EVENTS = {
    "down": _l("Host goes down"), "unreachable": _l("Host cannot be reached"), "up": _l("Host is up again"),
    "warn": _l("Service gets a warning"), "crit": _l("Service gets critical"), "unknown": _l("Service gets unknown"),
    "ok": _l("Service is well again"), "acknowledgement": _l("A problem is acknowledged"),
    "downtime_start": _l("A downtime begins"), "downtime_end": _l("A downtime ends"),
}  # fmt: skip
USUAL_EVENTS = ("down", "up", "warn", "crit", "unknown", "ok")
"""What a rule is about that says nothing of events; a host behind one that is down is that one's problem."""
MOST_BULK_MINUTES = 1440


def scripts() -> list[str]:
    """Return the names of the notification scripts installed here: executable files of the folder of the setting."""
    folder = str(current_app.config["NOTIFICATION_SCRIPTS"])
    try:
        return sorted(
            file.name for file in os.scandir(folder) if file.is_file() and is_script(file.name) and os.access(file, 1)
        ) if folder else []  # fmt: skip
    except OSError:
        return []


def is_script(name: str) -> bool:
    """Tell whether a name can be a script's: never a path."""
    return re.fullmatch(r"\w[\w.-]{0,99}", name, re.ASCII) is not None


class Minutes(IntegerField):
    """Minutes that notifications are collected; nothing: none."""

    def process_formdata(self, valuelist: Any) -> None:
        """Read the number; raise ValueError with a sentence."""
        word = (valuelist[0] if valuelist else "").strip() or "0"
        if not re.fullmatch(r"\d{1,4}", word, re.ASCII) or int(word) > MOST_BULK_MINUTES:
            raise ValueError(_("Give a number from %(min)d to %(max)d.", min=0, max=MOST_BULK_MINUTES))
        self.data = int(word)


class Conditions(Lines):
    """Tags that a host must have, one a line: the group's ID, a colon, the tag's."""

    def read(self, line: str) -> str:
        """Return the condition."""
        if not re.fullmatch(r"[^:\s]+:[^:\s]+", line):
            raise ValueError(_("“%(line)s” names no tag. It looks like criticality:prod.", line=line[:80]))
        return line


class NotificationRuleForm(OrderedForm):
    """A notification rule. What is left empty does not narrow it."""

    comment = text(
        _l("Comment"), 4000, field=TextAreaField, description=_l("It goes to all sites with the rule."),
        render_kw={"rows": 3},
    )  # fmt: skip
    effect = Pick(_l("What it does"), choices=[SelectChoice(*one) for one in EFFECTS.items()], default=NOTIFY)
    events = Choices(
        _l("Events"), choices=[SelectChoice(*one) for one in EVENTS.items()], default=USUAL_EVENTS,
        description=_l("Which of them it is about."),
    )  # fmt: skip
    hosts = Names(
        _l("Hosts"),
        description=_l(
            "One a line. A name would be read at all sites: prefer tags and groups, or a pattern: ~ and a regular "
            "expression."
        ),
        **LINES,
    )
    services = Names(
        _l("Services"),
        description=_l("One a line, ~ before a regular expression. With any here, it is about services alone."),
        **LINES,
    )
    host_tags = Conditions(
        _l("Host tags"),
        description=_l("One a line: the group’s ID, a colon, the tag’s, as in criticality:prod."),
        **LINES,
    )
    host_groups = Keys(_l("Host groups"), kind="host-groups", description=_l("One of which the host must be in."))
    service_groups = Keys(
        _l("Service groups"), kind="service-groups", description=_l("One of which the service must be in.")
    )
    of_contact_groups = Keys(
        _l("Responsible contact groups"),
        kind=CONTACT_GROUPS,
        description=_l("One of which must be responsible for the host or service."),
    )
    sites = SiteIds(_l("Sites"), kind="sites", description=_l("All sites read which; prefer tags and groups."))
    customers = CustomerIds(
        _l("Customers"), kind="customers", description=_l("All sites read which; prefer tags and groups.")
    )
    period = Key(_l("Time period"), kind="time-periods", description=_l("When the rule applies. Empty: always."))
    all_contacts = BooleanField(_l("Tell all contacts of the host or service"), default=True)
    contact_groups = Keys(_l("Tell contact groups"), kind=CONTACT_GROUPS, description=_l("Whose members are told."))
    users = Lines(_l("Tell people"), description=_l("Usernames, one a line."), **LINES)
    emails = Mailboxes(
        _l("Tell addresses"),
        description=_l("E-mail addresses, one a line. They would be read at all sites: prefer contact groups."),
        **LINES,
    )
    fallback_contacts = BooleanField(
        _l("Tell the fallback contacts"), description=_l("Whoever is told of what no rule is about.")
    )
    method = Pick(_l("How"), choices=[SelectChoice(value, label) for value, label in METHODS.items()], default="mail")
    script = text(_l("Script"), 100, description=_l("Its file name in the site’s folder of notification scripts."))
    bulk_minutes = Minutes(
        _l("Collect for so many minutes"),
        default=0,
        description=_l("One mail for all that happened in that time. 0: a mail for each."),
    )
    allow_own = BooleanField(
        _l("People may change this for themselves"),
        default=True,
        description=_l("By rules of their own, where they may have any."),
    )

    def prepare(self, *given: Any, **more: Any) -> None:
        """Fit the form to its kind, and name the scripts that are installed here."""
        super().prepare(*given, **more)
        if names := scripts():
            self.script.description = _("Its file name. Installed here: %(names)s.", names=", ".join(names))

    def validate_events(self, field: Any) -> None:
        """Raise ValidationError for none at all."""
        if not field.data:
            raise ValidationError(_("Choose at least one."))

    def validate_emails(self, field: Any) -> None:
        """Raise ValidationError for a rule that is about nobody."""
        named = (self.all_contacts, self.contact_groups, self.users, self.fallback_contacts, field)
        if not any(one.data for one in named):
            raise ValidationError(_("This rule would tell nobody. Choose whom it tells."))

    def validate_method(self, field: Any) -> None:
        """Raise ValidationError for a script that is not named, or not by its name alone."""
        if field.data == "script" and not is_script(self.script.data or ""):
            raise ValidationError(_("Name the script: letters, digits, dash, dot and underscore."))

    def validate_bulk_minutes(self, field: Any) -> None:
        """Raise ValidationError for collecting what a script is to do."""
        if field.data and self.method.data == "script":
            raise ValidationError(_("Only mail can be collected."))
