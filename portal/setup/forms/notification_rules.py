"""The form of a notification rule: when it applies, whom it tells, and how."""

from __future__ import annotations

import re
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, TextAreaField, ValidationError
from wtforms.fields.choices import SelectChoice

from ...contacts.memberships import CONTACT_GROUPS
from ...web.fields import Pick
from .elements import OrderedForm, text
from .lists import Lines, Mailboxes
from .lookups import Key, Keys

LINES: dict[str, Any] = {"render_kw": {"rows": 3, "spellcheck": "false"}, "optional": True}
METHODS = {"mail": _l("E-mail"), "script": _l("A script of the site")}


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
    hosts = Lines(
        _l("Hosts"),
        description=_l(
            "One a line. A name would be read at all sites: prefer tags and groups, or a pattern: ~ and a regular "
            "expression."
        ),
        **LINES,
    )
    services = Lines(_l("Services"), description=_l("One a line; ~ and a regular expression is a pattern."), **LINES)
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
    period = Key(_l("Time period"), kind="time-periods", description=_l("When the rule applies. Empty: always."))
    all_contacts = BooleanField(_l("Tell all contacts of the host or service"), default=True)
    contact_groups = Keys(_l("Tell contact groups"), kind=CONTACT_GROUPS, description=_l("Whose members are told."))
    users = Lines(_l("Tell people"), description=_l("Usernames, one a line."), **LINES)
    emails = Mailboxes(
        _l("Tell addresses"),
        description=_l("E-mail addresses, one a line. They would be read at all sites: prefer contact groups."),
        **LINES,
    )
    method = Pick(_l("How"), choices=[SelectChoice(value, label) for value, label in METHODS.items()], default="mail")
    script = text(_l("Script"), 100, description=_l("Its file name in the site’s folder of notification scripts."))

    def validate_services(self, field: Any) -> None:
        """Raise ValidationError for a pattern that is no regular expression."""
        check_patterns(field.data or ())

    def validate_hosts(self, field: Any) -> None:
        """Raise ValidationError for a pattern that is no regular expression."""
        check_patterns(field.data or ())

    def validate_emails(self, field: Any) -> None:
        """Raise ValidationError for a rule that tells nobody."""
        if not (self.all_contacts.data or self.contact_groups.data or self.users.data or field.data):
            raise ValidationError(_("This rule would tell nobody. Choose whom it tells."))

    def validate_method(self, field: Any) -> None:
        """Raise ValidationError for a script that is not named, or not by its name alone."""
        if field.data == "script" and not re.fullmatch(r"[\w.-]{1,100}", self.script.data or "", re.ASCII):
            raise ValidationError(_("Name the script: letters, digits, dash, dot and underscore."))


def check_patterns(lines: Any) -> None:
    """Raise ValidationError for a pattern that is no regular expression; it is compiled, never run."""
    for line in lines:
        if line.startswith("~"):
            try:
                re.compile(line[1:])
            except (re.error, OverflowError, RecursionError):
                raise ValidationError(_("“%(line)s” is no regular expression.", line=line[:80])) from None
