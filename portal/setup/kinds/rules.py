"""Rules of the Event Console: which messages become events, and what becomes of them."""

from __future__ import annotations

from collections.abc import Iterator

from flask_babel import lazy_gettext as _l
from wtforms import TextAreaField
from wtforms.validators import InputRequired

from ..forms.elements import Choice, OrderedForm, text
from ..forms.lookups import Key, Keys
from ..forms.rules import PRIORITIES, STATES, PatternText, RuleChecks
from ..kind import Body, ElementKind, Reference, Text


class RuleForm(RuleChecks, OrderedForm):
    """Which messages a rule takes, and what it makes of them."""

    pack = Key(_l("Rule pack"), kind="rule-packs", validators=[InputRequired(_l("Choose a rule pack."))])
    match = PatternText(_l("Text to match"), description=_l("A regular expression. Empty: every message."))
    match_host = PatternText(_l("Host to match"), description=_l("A regular expression. Empty: every host."))
    application = PatternText(
        _l("Application to match"), description=_l("A regular expression: the syslog tag. Empty: every application.")
    )
    priority_from = Choice(_l("Priority from"), among=PRIORITIES, default="0")
    priority_to = Choice(_l("Priority to"), among=PRIORITIES, default="7")
    state = Choice(_l("State of the event"), among=STATES, default="crit")
    contact_groups = Keys(
        _l("Contact groups"), kind="contact-groups", description=_l("Who is told. Empty: the contacts of the host.")
    )
    action = text(_l("Action"), 64, description=_l("The name of an Event Console action that the site then runs."))
    password = Key(_l("Password of the action"), kind="passwords")
    comment = text(_l("Comment"), 2000, field=TextAreaField)


def _references(body: Body) -> Iterator[Reference]:
    yield Reference("rule-packs", body["pack"], _l("Rule pack"))
    if body.get("password"):
        yield Reference("passwords", body["password"], _l("Password of the action"))
    for key in body.get("contact_groups") or ():
        yield Reference("contact-groups", key, _l("Contact groups"))


def _texts(body: Body) -> Iterator[Text]:
    yield Text(_l("Text to match"), body.get("match") or "")
    yield Text(_l("Host to match"), body.get("match_host") or "", names_hosts=True)
    yield Text(_l("Application to match"), body.get("application") or "")
    yield Text(_l("Comment"), body.get("comment") or "")


KIND = ElementKind(
    slug="rules",
    title=_l("Rules"),
    one=_l("a rule"),
    lead=_l("Which messages the Event Console takes, and what becomes of them. The first rule that matches counts."),
    form=RuleForm,
    columns=(
        (_l("Rule pack"), lambda element: element.body.get("pack", "")),
        (_l("Text to match"), lambda element: element.body.get("match") or _l("Any text")),
        (_l("State"), lambda element: str(element.body.get("state", "")).upper()),
    ),
    is_ordered=True,
    is_named=False,
    references=_references,
    texts=_texts,
)
