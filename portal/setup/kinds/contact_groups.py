"""Contact groups: what hosts and services are given to. A group never lists its members: they are set at the user."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from ..forms.elements import ElementForm
from ..kind import ElementKind

KIND = ElementKind(
    slug="contact-groups",
    title=_l("Contact groups"),
    one=_l("a contact group"),
    lead=_l("Groups of people who are responsible for the same hosts and services."),
    form=ElementForm,
    has_dots=True,
    can_be_disabled=False,
)
