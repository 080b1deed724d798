"""Host tags: groups of tags of which each host has one. They go to all sites: no confidential word belongs in them."""

from __future__ import annotations

from collections.abc import Iterator

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from wtforms import StringField
from wtforms.validators import Length

from ...web.forms import Plain
from ..forms.elements import TOO_LONG, ElementForm
from ..forms.lists import Tags
from ..kind import Body, ElementKind, Text


class HostTagsForm(ElementForm):
    """A group of tags."""

    topic = StringField(
        _l("Topic"),
        validators=[Plain(), Length(max=100, message=TOO_LONG)],
        description=_l("Under which heading sites show the group. Empty: none."),
    )
    tags = Tags(
        _l("Tags"),
        description=_l("One a line: the ID, a blank, the title. For example: prod Production system"),
        render_kw={"rows": 8, "spellcheck": "false"},
    )


def _texts(body: Body) -> Iterator[Text]:
    yield Text(_l("Topic"), body.get("topic") or "")
    yield Text(_l("Tags"), "\n".join(f"{tag['id']} {tag['title']}" for tag in body.get("tags") or ()))


KIND = ElementKind(
    slug="host-tags",
    title=_l("Host tags"),
    one=_l("a group of host tags"),
    lead=_l("Groups of tags of which each host has one. They go to all sites, so name no customer and no host."),
    form=HostTagsForm,
    columns=(
        (_l("Topic"), lambda element: element.body.get("topic") or "–"),
        (
            _l("Tags"),
            lambda element: (
                ngettext("%(num)d tag", "%(num)d tags", len(element.body["tags"]))
                if element.body.get("tags")
                else _("None")
            ),
        ),
    ),
    is_general=True,
    texts=_texts,
)
