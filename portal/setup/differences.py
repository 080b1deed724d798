"""Differences: what an element holds and what a deed changed, field by field, in words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectMultipleField
from wtforms.fields.choices import SelectFieldBase

from ..customers.elements import Element
from .forms.elements import ElementForm
from .forms.lookups import Lookup
from .kinds import KINDS

COMMON = {
    "title": _l("Title"), "enabled": _l("Enabled"), "customer": _l("Customer"), "position": _l("Position"),
    "pack": _l("Rule pack"),
}  # fmt: skip


class Wording:
    """How the fields of a kind are called and how their values read; a kind nobody knows speaks in codes."""

    def __init__(self, slug: str) -> None:
        kind = KINDS.get(slug)
        self.form = kind.form(formdata=None, meta={"csrf": False}) if kind else None

    def label(self, name: str) -> str:
        """Return the label of a field."""
        if self.form is not None and name in self.form:
            return str(self.form[name].label.text)
        return str(COMMON.get(name, name))

    def is_lookup(self, name: str) -> bool:
        """Tell whether a field names other elements."""
        field = self.form[name] if self.form is not None and name in self.form else None
        return isinstance(field, Lookup) and field.is_of_elements

    def say(self, name: str, value: Any) -> str:
        """Return a value as a person reads it; several stand on a line each."""
        if value is None or value == "" or value == []:
            return ""
        if isinstance(value, bool):
            return str(_("Yes") if value else _("No"))
        if self.form is None or name not in self.form:
            return str(value)
        field = self.form[name]
        if isinstance(field, SelectFieldBase):
            texts = {str(key): str(text) for key, text, *_more in field.iter_choices()}
            chosen = value if isinstance(field, SelectMultipleField) else [value]
            return "\n".join(texts.get(str(one), str(one)) for one in chosen)
        field.process_data(value)
        return str(field._value())

    def told(self, data: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
        """Yield label, old and new for each field that a change's data speaks of; a secret is only "replaced"."""
        for name, pair in data.items():
            old, new = pair or ("", None)
            yield self.label(name), self.say(name, old), self.say(name, new) if pair else str(_("replaced"))

    def compared(self, form: ElementForm, element: Element) -> list[tuple[str, str, str]]:
        """Return what was entered beside what stands now, field by field; no secret."""
        kept, left_out = form.kept(element), (*form.sealed, "id", "version", "csrf_token")
        names = [field.short_name for field in form if field.short_name not in left_out]
        return [(self.label(name), self.say(name, form[name].data), self.say(name, kept.get(name))) for name in names]
