"""Rule packs of the Event Console. One with a customer prescribes it to its rules; one without leaves it to each."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import StringField, TextAreaField

from ...web.forms import Plain
from ..forms.elements import OrderedForm, text
from ..kind import ElementKind, Text


class RulePackForm(OrderedForm):
    """A rule pack."""

    customer = StringField(_l("Customer"), default="", validators=[Plain()])
    comment = text(_l("Comment"), 2000, field=TextAreaField)


KIND = ElementKind(
    slug="rule-packs",
    title=_l("Rule packs"),
    one=_l("a rule pack"),
    lead=_l("Rules of the Event Console, by packs. A pack’s customer counts for all its rules."),
    form=RulePackForm,
    columns=((_l("Position"), lambda element: element.position),),
    is_ordered=True,
    texts=lambda body: (Text(_l("Comment"), body.get("comment") or ""),),
)
