"""Forms about super-user requests: entered for a call or a mail, approved, refused."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from ...accounts.hand_over import OldBecomes
from ...accounts.requests import Way
from ...web.fields import Files, Pick
from ...web.forms import Form, Plain
from .customers import TOO_LONG

WAYS = {Way.PORTAL: _l("In the portal"), Way.CALL: _l("By telephone"), Way.MAIL: _l("By mail")}
OUTCOMES = {OldBecomes.ADMIN: _l("Admin"), OldBecomes.USER: _l("User"), OldBecomes.DISABLED: _l("User, disabled")}
BECOMES_SENTENCES = {
    OldBecomes.ADMIN: _l("Stays, sees all documents and manages people with the role User"),
    OldBecomes.USER: _l("Stays, and manages nobody"),
    OldBecomes.DISABLED: _l("Can no longer sign in"),
}
REASON_LENGTH = 4000


class RequestForm(Form):
    """What somebody told the staff on the telephone or by mail."""

    customer = StringField(_l("Customer"), validators=[InputRequired(_l("Choose a customer.")), Plain()])
    nominee = StringField(
        _l("Who is to become super user"), validators=[InputRequired(_l("Choose a person.")), Plain()]
    )
    way = Pick(_l("How it came"), choices=[SelectChoice(way.value, WAYS[way]) for way in (Way.CALL, Way.MAIL)])
    asked_by = StringField(
        _l("Who asked"),
        validators=[
            InputRequired(_l("Say who asked, so that it stays on record.")),
            Plain(),
            Length(max=200, message=TOO_LONG),
        ],
    )
    reason = TextAreaField(
        _l("Why"),
        validators=[
            InputRequired(_l("Say why, so that the decision can be understood later.")),
            Plain(lines=True),
            Length(max=REASON_LENGTH, message=TOO_LONG),
        ],
    )
    evidence = Files(_l("Evidence"))


class ApprovalForm(Form):
    """What the present super user becomes."""

    old_becomes = Pick(
        _l("What the present super user becomes"),
        choices=[SelectChoice(one.value, OUTCOMES[one]) for one in OldBecomes],
    )


class RefusalForm(Form):
    """Why not."""

    reason = TextAreaField(
        _l("Reason"),
        validators=[
            InputRequired(_l("Say why: those concerned will read it.")),
            Plain(lines=True),
            Length(max=REASON_LENGTH, message=TOO_LONG),
        ],
    )
