"""Forms about people: shape only; what may be chosen is what the policy and the subscription offer."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import EmailField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from ..access.rights import PortalRole, Right
from ..audit.sentences import RIGHTS, ROLES
from ..web.fields import Files, Mailbox, Pick
from ..web.forms import Choices, Form, Plain, VersionedForm

TOO_LONG = _l("At most %(max)d characters.")

WHAT_ROLES_OPEN = {
    PortalRole.ADMIN: _l("Sees all documents, colleagues and the history, and manages people with the role User"),
    PortalRole.USER: _l("Sees My Licenses; neither documents nor colleagues"),
}
WHAT_RIGHTS_OPEN = {
    Right.DOWNLOAD_LICENSE: _l("May download Checkmk and manage licensing credentials"),
    Right.REQUEST_SUPPORT: _l("May open support tickets and answer in them"),
}


class _Access:
    """What a form with the fields `role` and `rights` can do."""

    def offer(self, roles: Collection[PortalRole], rights: Collection[Right]) -> None:
        """Set what may be chosen; nothing to choose takes the field away."""
        form: Any = self
        form.role.choices = [(role.value, str(ROLES[role])) for role in roles]
        form.rights.choices = [(right.value, str(RIGHTS[right])) for right in rights]
        if not roles:
            del form.role
        elif len(roles) == 1 and not form.is_submitted():
            form.role.data = form.role.choices[0][0]

    @property
    def chosen_rights(self) -> list[Right]:
        """Return the rights that were ticked."""
        form: Any = self
        return [Right(right) for right in form.rights.data or ()]


class PersonForm(_Access, VersionedForm):
    """Who somebody is and what they may do."""

    name = StringField(
        _l("Name"),
        validators=[InputRequired(_l("A person needs a name.")), Plain(), Length(max=200, message=TOO_LONG)],
    )
    email = EmailField(
        _l("E-mail address"),
        validators=[
            InputRequired(_l("A person needs an e-mail address.")),
            Plain(),
            Length(max=254, message=TOO_LONG),
            Mailbox(),
        ],
    )
    role = Pick(_l("Role"))
    rights = Choices(_l("Rights"))

    def fit(self, user: Any) -> None:
        """Take away what the directory somebody comes from says of them; who never had an e-mail address needs none."""
        if user.directory_id is not None:
            del self.name, self.email
        elif not user.email:
            self.email.validators = [Optional(), *self.email.validators[1:]]

    def fill(self, user: Any) -> None:
        """Show how things stand."""
        if "name" in self:
            self.name.data, self.email.data = user.name, user.email
        self.version.data = str(user.version)
        if "role" in self:
            self.role.data = user.portal_role
        self.rights.data = [right.value for right in user.rights]

    def compare(self, user: Any, offered: Collection[Right]) -> list[tuple[str, str, str]]:
        """Return each field's label with what was entered and what stands now."""
        rows = [
            (str(self[name].label.text), self[name].data or "", getattr(user, name))
            for name in ("name", "email")
            if name in self
        ]
        if "role" in self:
            mine = str(ROLES[PortalRole(self.role.data)])
            rows.append((str(self.role.label.text), mine, str(ROLES[user.portal_role])))
        for right in offered:
            rows.append((str(RIGHTS[right]), _says(right in self.chosen_rights), _says(right in user.rights)))
        return rows


class ManyForm(_Access, Form):
    """Several people at once, all with the same role and rights."""

    people = TextAreaField(
        _l("People"),
        validators=[
            InputRequired(_l("Enter at least one person.")),
            Plain(lines=True),
            Length(max=50_000, message=TOO_LONG),
        ],
        render_kw={"rows": 10, "spellcheck": "false"},
    )
    role = Pick(_l("Role"))
    rights = Choices(_l("Rights"))


class RequestForm(Form):
    """The wish that somebody else become the super user."""

    nominee = StringField(_l("Who should become the super user?"), validators=[InputRequired(_l("Choose a person."))])
    reason = TextAreaField(
        _l("Why?"),
        validators=[
            InputRequired(_l("Say why, so that the decision can be understood later.")),
            Plain(lines=True),
            Length(max=4000, message=TOO_LONG),
        ],
    )
    evidence = Files(_l("Evidence"))


def _says(flag: bool) -> str:
    return str(_("Yes") if flag else _("No"))
