"""Forms of the door and of the own profile."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, HiddenField, PasswordField, StringField
from wtforms.validators import DataRequired, EqualTo, InputRequired, Length, Optional

from ..web.fields import Mailbox
from ..web.forms import Form, Plain
from .access_tokens import NAME_LENGTH
from .personal_form import PersonalForm


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


class ProfileForm(PersonalForm):
    """What people may change about themselves."""

    name = StringField(_l("Name"), [DataRequired(_l("Enter your name.")), Length(max=200), Plain()])
    email = StringField(
        _l("E-mail address"),
        [DataRequired(_l("Enter your e-mail address.")), Length(max=254), Plain(), Mailbox()],
    )

    def fit(self, person: Any, *, may_see_all: bool, may_mute: bool) -> None:
        """Take away what is not theirs to change; who never had an e-mail address needs none."""
        if person.directory_id is not None:
            self.without("name", "email")
        elif not person.email:
            self.email.validators = [Optional(), *self.email.validators[1:]]
        if not may_see_all:
            self.without("sees_only_own")
        if not may_mute:
            self.without("is_muted", "muted_from", "muted_until")


class TokenForm(Form):
    """A token for the API: what it is for, and the last day on which it works."""

    name = StringField(
        _l("What it is for"),
        validators=[InputRequired(_l("Say what it is for.")), Length(max=NAME_LENGTH), Plain()],
    )
    ends_on = DateField(_l("Last day"), validators=[InputRequired(_l("Say until which day it works."))])


class KioskForm(Form):
    """A link for a screen: what it is called, and the page it shows."""

    name = StringField(
        _l("Name"), validators=[InputRequired(_l("Give the link a name.")), Length(max=NAME_LENGTH), Plain()]
    )
    path = StringField(
        _l("Page"), validators=[InputRequired(_l("Say which page it shows.")), Length(max=2500), Plain()]
    )
