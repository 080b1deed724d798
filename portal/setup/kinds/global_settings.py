"""Global settings: a value set for all sites is an element named after its setting; one page edits all of them."""

from __future__ import annotations

from collections.abc import Iterator

from flask_babel import lazy_gettext as _l

from ..forms.elements import ElementForm
from ..global_settings import is_kept_back as is_kept_back
from ..kind import Body, ElementKind, Text

SLUG = "global-settings"


def _texts(body: Body) -> Iterator[Text]:
    value = body.get("value")
    lines = value if isinstance(value, (list, tuple)) else [value] if isinstance(value, str) else []
    yield Text(_l("Value"), "\n".join(lines))


KIND = ElementKind(
    slug=SLUG,
    title=_l("Global settings"),
    one=_l("a global setting"),
    lead=_l("What all sites are set to, unless a site has a setting of its own."),
    form=ElementForm,
    is_general=True,
    can_be_disabled=False,
    has_pages=False,
    is_named=False,
    texts=_texts,
)
