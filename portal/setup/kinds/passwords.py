"""Passwords: what sites need to reach monitored systems. Kept sealed, sent only to the sites they are released to."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import PasswordField, TextAreaField, ValidationError
from wtforms.validators import Length

from ..forms.elements import TOO_LONG, ElementForm, text
from ..forms.lookups import Key
from ..forms.validators import WebAddress
from ..kind import ElementKind, Reference, Text


class PasswordForm(ElementForm):
    """A password and what one has to know of it."""

    sealed = ("password",)

    password = PasswordField(
        _l("Password"),
        description=_l("Kept encrypted and never shown again. When you edit: empty leaves it as it is."),
        validators=[Length(max=4000, message=TOO_LONG)],
        render_kw={"autocomplete": "new-password"},
    )
    comment = text(_l("Comment"), 2000, field=TextAreaField, description=_l("What it opens, and who handed it over."))
    documentation_url = text(
        _l("Documentation"), 500, also=(WebAddress(),), description=_l("The address of a page that says more.")
    )
    owner = Key(
        _l("Editable by"),
        kind="contact-groups",
        description=_l("The contact group whose members may change it on a site. Empty: administrators alone."),
    )

    def validate_password(self, field: Any) -> None:
        """Raise ValidationError for a new one without a secret."""
        if self.element is None and not field.data:
            raise ValidationError(_l("Give the password."))


KIND = ElementKind(
    slug="passwords",
    title=_l("Passwords"),
    one=_l("a password"),
    lead=_l("The password store of the sites. Each password goes only to the sites it is released to."),
    form=PasswordForm,
    columns=((_l("Editable by"), lambda element: element.body.get("owner") or _l("Administrators")),),
    can_be_disabled=False,
    is_global_by_default=True,
    secret="password",  # noqa: S106 - the name of a field
    references=lambda body: (
        [Reference("contact-groups", body["owner"], _l("Editable by"))] if body.get("owner") else []
    ),
    texts=lambda body: (
        Text(_l("Comment"), body.get("comment") or ""),
        Text(_l("Documentation"), body.get("documentation_url") or ""),
    ),
)
