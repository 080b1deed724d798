"""BI aggregations: one state made of those of many hosts and services."""

from __future__ import annotations

from collections.abc import Iterator

from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from wtforms import IntegerField
from wtforms.validators import NumberRange

from ..forms.aggregations import FUNCTIONS, AggregationChecks, Nodes
from ..forms.elements import Choice, ElementForm
from ..forms.lookups import Keys
from ..kind import Body, ElementKind, Reference, Text


class AggregationForm(AggregationChecks, ElementForm):
    """What is aggregated, and how."""

    function = Choice(_l("Function"), among=FUNCTIONS, default="worst")
    minimum = IntegerField(
        _l("At least"), default=1, validators=[NumberRange(1, 500, _l("Give a number from %(min)d to %(max)d."))],
        description=_l("Counts only for “at least so many are OK”."),
    )  # fmt: skip
    nodes = Nodes(
        _l("Nodes"), description=_l("One a line: a host, or a host and one of its services as host;service."),
        render_kw={"rows": 8, "spellcheck": "false"},
    )  # fmt: skip
    contact_groups = Keys(_l("Contact groups"), kind="contact-groups", description=_l("Who sees it, besides admins."))


def _references(body: Body) -> Iterator[Reference]:
    for node in body.get("nodes") or ():
        yield Reference("hosts", node.partition(";")[0], _l("Nodes"))
    for key in body.get("contact_groups") or ():
        yield Reference("contact-groups", key, _l("Contact groups"))


KIND = ElementKind(
    slug="bi-aggregations",
    title=_l("BI aggregations"),
    one=_l("a BI aggregation"),
    lead=_l("One state made of those of many hosts and services: of an application, a shop, a plant."),
    form=AggregationForm,
    columns=(
        (_l("Function"), lambda element: FUNCTIONS.get(element.body.get("function", ""), "")),
        (_l("Nodes"), lambda element: ngettext("%(num)d node", "%(num)d nodes", len(element.body.get("nodes") or ()))),
    ),
    is_named=False,
    references=_references,
    texts=lambda body: (Text(_l("Nodes"), "\n".join(body.get("nodes") or ()), names_hosts=True),),
)
