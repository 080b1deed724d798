"""Forms of the door and of the own profile."""

from __future__ import annotations

from typing import Any

from flask import current_app
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, PasswordField, SelectField, StringField
from wtforms.validators import DataRequired, EqualTo, InputRequired, Length

from ..i18n import LANGUAGES, TIME_ZONES
from ..web.fields import KeptSelect, Mailbox
from ..web.forms import Form, Plain, refuse_forged


class SignInForm(Form):
    """Name or e-mail address, and password."""

    username = StringField(_l("Username or e-mail address"), [DataRequired(_l("Enter your username."))])
    password = PasswordField(_l("Password"), [InputRequired(_l("Enter your password."))])
    remember = BooleanField(_l("Keep me signed in on this device"))
    next = HiddenField()


class ForgottenForm(Form):
    """Name or e-mail address of whoever forgot the password."""

    username = StringField(
        _l("Username or e-mail address"), [DataRequired(_l("Enter your username or your e-mail address."))]
    )


class NewPasswordForm(Form):
    """A password of one's own choice, typed twice."""

    password = PasswordField(_l("New password"), [InputRequired(_l("Choose a password."))])
    repeat = PasswordField(
        _l("New password once more"), [EqualTo("password", _l("The two passwords differ. Type both again."))]
    )


class ChangePasswordForm(Form):
    """The present password and a new one, typed twice."""

    old_password = PasswordField(_l("Present password"), [InputRequired(_l("Enter your present password."))])
    new_password = PasswordField(_l("New password"), [InputRequired(_l("Choose a password."))])
    repeat = PasswordField(
        _l("New password once more"), [EqualTo("new_password", _l("The two passwords differ. Type both again."))]
    )


class ProfileForm(Form):
    """What people may change about themselves."""

    name = StringField(_l("Name"), [DataRequired(_l("Enter your name.")), Length(max=200), Plain()])
    email = StringField(
        _l("E-mail address"),
        [DataRequired(_l("Enter your e-mail address.")), Length(max=254), Plain(), Mailbox()],
    )
    language = SelectField(_l("Language"))
    time_zone = SelectField(_l("Time zone"), widget=KeptSelect())

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        usual = current_app.config
        self.language.choices = [
            ("", _("As the portal: %(language)s", language=LANGUAGES.get(usual["LANGUAGE"], usual["LANGUAGE"]))),
            *LANGUAGES.items(),
        ]
        self.time_zone.choices = [
            ("", _("As the portal: %(zone)s", zone=usual["TIME_ZONE"])),
            *((zone, zone.replace("_", " ")) for zone in TIME_ZONES),
        ]

    def validate_language(self, field: Any) -> None:
        """Refuse a language that was not offered."""
        refuse_forged(field)

    def validate_time_zone(self, field: Any) -> None:
        """Refuse a time zone that was not offered."""
        refuse_forged(field)
