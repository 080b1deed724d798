"""Assignments: the contact groups that one host, or one service, is given by itself. They go to its customer alone."""

from __future__ import annotations

from collections.abc import Iterator

from flask_babel import lazy_gettext as _l

from ..forms.assignments import AssignmentForm
from ..kind import Body, ElementKind, Reference, Text
from .contact_rules import references


def _references(body: Body) -> Iterator[Reference]:
    yield from references(body)
    if body.get("site"):
        yield Reference("sites", body["site"], _l("Site"))


KIND = ElementKind(
    slug="assignments",
    title=_l("Assignments"),
    one=_l("an assignment"),
    lead=_l("Contact groups of single hosts and services. For exceptions: rules say the same of many."),
    form=AssignmentForm,
    columns=(
        (_l("Site"), lambda element: element.body.get("site", "")),
        (_l("Assigns"), lambda element: ", ".join(element.body.get("groups") or ())),
    ),
    can_be_disabled=False,
    is_named=False,
    references=_references,
    texts=lambda body: (
        Text(_l("Site"), body.get("site") or ""),
        Text(_l("Host"), body.get("host") or "", names_hosts=True),
        Text(_l("Service"), body.get("service") or "", names_hosts=True),
    ),
)
