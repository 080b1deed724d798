"""Host groups: hosts that are looked at together. Which hosts are in one is said on the sites, by rule."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from ..forms.elements import ElementForm
from ..kind import ElementKind

KIND = ElementKind(
    slug="host-groups",
    title=_l("Host groups"),
    one=_l("a host group"),
    lead=_l("Names under which hosts are looked at together, in views and in availability."),
    form=ElementForm,
    has_dots=True,
    can_be_disabled=False,
)
