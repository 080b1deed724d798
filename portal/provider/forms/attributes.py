"""The form of a custom attribute of users."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, StringField
from wtforms.validators import InputRequired, Length

from ...accounts.attributes import Topic
from ...web.fields import Pick
from ...web.forms import Plain, VersionedForm
from .customers import TOO_LONG

TOPICS = {
    Topic.IDENTITY.value: _l("Identity"),
    Topic.SECURITY.value: _l("Security"),
    Topic.NOTIFICATIONS.value: _l("Notifications"),
    Topic.PERSONAL.value: _l("Personal settings"),
}


class AttributeForm(VersionedForm):
    """What it is called, where it stands, and to whom it matters."""

    id = StringField(_l("ID"), [InputRequired(_l("Give it an ID.")), Plain(), Length(max=50, message=TOO_LONG)])
    title = StringField(_l("Title"), [InputRequired(_l("Enter a title.")), Plain(), Length(max=200, message=TOO_LONG)])
    topic = Pick(_l("Topic"), default=Topic.IDENTITY.value)
    is_editable = BooleanField(_l("Users may change their own value"))
    is_shown = BooleanField(_l("Show in the list of users"))
    is_notified = BooleanField(_l("Make available in notifications"))

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        self.topic.choices = list(TOPICS.items())

    @property
    def values(self) -> dict[str, Any]:
        """Return what was entered, but for the ID."""
        return {name: self[name].data for name in ("title", "topic", "is_editable", "is_shown", "is_notified")}
